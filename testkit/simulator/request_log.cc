#include "testkit/simulator/request_log.h"

#include <algorithm>
#include <cctype>

namespace inlet::simulator {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

std::string shape_of(std::string_view path) {
  std::string shape;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    shape += is_number(segment.substr(1)) ? std::string_view("/{n}") : segment;
    path.remove_prefix(end);
  }
  return shape;
}

}  // namespace

void RequestLog::add(std::string_view path, int status) {
  std::string shape = shape_of(path);
  const std::lock_guard lock(mutex_);
  ++counts_.num_requests;
  ++counts_.by_status[status];
  ++counts_.by_path[std::move(shape)];
}

RequestCounts RequestLog::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void RequestLog::clear() {
  const std::lock_guard lock(mutex_);
  counts_ = {};
}

}  // namespace inlet::simulator
