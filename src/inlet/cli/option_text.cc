#include "inlet/cli/option_text.h"

#include "inlet/base/format.h"

namespace inlet::cli {
namespace {

std::string_view type_name(OptionType type) {
  switch (type) {
    case OptionType::Text: return "text";
    case OptionType::Integer: return "integer";
    case OptionType::Boolean: return "true or false";
    case OptionType::Url: return "URL";
    case OptionType::Duration: return "duration";
    case OptionType::Bytes: return "size";
    case OptionType::Choice: return "one of";
    case OptionType::TextList: return "list";
    case OptionType::Json: return "JSON";
    case OptionType::Secret: return "secret";
  }
  return "text";
}

// The largest unit that the duration is a whole number of.
std::string duration_text(long long millis) {
  constexpr std::pair<long long, std::string_view> kUnits[] = {
      {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
  for (const auto& [size, unit] : kUnits) {
    if (millis != 0 && millis % size == 0) return format("{}{}", millis / size, unit);
  }
  return millis == 0 ? "0s" : format("{}ms", millis);
}

std::string bound_text(OptionType type, long long bound) {
  return type == OptionType::Duration ? duration_text(bound) : format("{}", bound);
}

}  // namespace

std::string type_text(const OptionSpec& spec) {
  std::string text(type_name(spec.type));
  for (std::size_t i = 0; i < spec.choices.size(); ++i) {
    text += (i == 0 ? ": " : ", ") + spec.choices[i];
  }
  if (spec.minimum && spec.maximum) {
    text += format(", {} to {}", bound_text(spec.type, *spec.minimum),
                   bound_text(spec.type, *spec.maximum));
  } else if (spec.minimum) {
    text += format(", from {}", bound_text(spec.type, *spec.minimum));
  } else if (spec.maximum) {
    text += format(", up to {}", bound_text(spec.type, *spec.maximum));
  }
  return text;
}

std::string default_text(const OptionSpec& spec) {
  if (spec.is_required) return "required";
  if (!spec.default_value) return "";
  if (spec.type == OptionType::Duration) {
    if (const auto duration = parse_duration(*spec.default_value)) {
      return duration_text(duration->count());
    }
  }
  return *spec.default_value;
}

}  // namespace inlet::cli
