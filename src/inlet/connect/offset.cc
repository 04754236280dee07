#include "inlet/connect/offset.h"

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet {
namespace {

// The parser turns fractions and integers beyond 64 bits into doubles: neither keeps its digits.
Status check_exact(const Json& value, std::string_view name) {
  if (value.is_number_float()) {
    return fail(ErrorKind::Config,
                format("an offset holds text, 64-bit integers and booleans only, but \"{}\" is {}",
                       name, to_text(value)));
  }
  if (!value.is_structured()) return {};
  for (const auto& [key, member] : value.items()) {
    TRY(check_exact(member, value.is_object() ? std::string_view(key) : name));
  }
  return {};
}

}  // namespace

Result<Offset> Offset::make(Json object) {
  if (!object.is_object()) {
    return fail(ErrorKind::Config,
                format("an offset must be a JSON object, got {}", inlet::to_text(object)));
  }
  TRY(check_exact(object, ""));
  Offset offset;
  offset.object_ = std::move(object);
  return offset;
}

Result<Offset> Offset::parse(std::string_view text) {
  return make(TRY(parse_json(text)));
}

Offset Offset::at(std::string_view name, std::string_view value) {
  Offset offset;
  offset.object_[std::string(name)] = value;
  return offset;
}

std::string Offset::text(std::string_view name, std::string_view fallback) const {
  const auto member = object_.find(name);
  if (member == object_.end() || !member->is_string()) return std::string(fallback);
  return member->get<std::string>();
}

}  // namespace inlet
