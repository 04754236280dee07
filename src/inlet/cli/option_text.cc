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

std::string bound_text(OptionType type, long long bound) {
  if (type != OptionType::Duration) return format("{}", bound);
  return bound % 1000 == 0 ? format("{}s", bound / 1000) : format("{}ms", bound);
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
  return spec.default_value.value_or("");
}

}  // namespace inlet::cli
