#include "testkit/simulator/service.h"

namespace inlet::simulator {

const std::string* Request::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? nullptr : &found->second;
}

const std::string* Request::parameter(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? nullptr : &found->second;
}

}  // namespace inlet::simulator
