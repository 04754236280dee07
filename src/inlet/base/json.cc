#include "inlet/base/json.h"

#include "inlet/base/format.h"

namespace inlet {

Result<Json> parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return fail(ErrorKind::Config, format("invalid JSON at byte {}: {}", error.byte, error.what()));
  }
}

std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace inlet
