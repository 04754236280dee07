#include "inlet/connect/option_reader.h"

#include <algorithm>
#include <array>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/connect/typed_text_internal.h"

namespace inlet {
namespace {

struct TypeName {
  std::string_view name;
  OptionType type;
};
constexpr std::array kTypes = {
    TypeName{"string", OptionType::Text},       TypeName{"integer", OptionType::Integer},
    TypeName{"boolean", OptionType::Boolean},   TypeName{"url", OptionType::Url},
    TypeName{"duration", OptionType::Duration}, TypeName{"bytes", OptionType::Bytes},
    TypeName{"choice", OptionType::Choice},     TypeName{"list", OptionType::TextList},
    TypeName{"json", OptionType::Json},         TypeName{"secret", OptionType::Secret},
};

Result<OptionType> parse_type(const Document& node, std::string_view text) {
  std::vector<std::string_view> known;
  for (const auto& [name, type] : kTypes) {
    if (name == text) return type;
    known.push_back(name);
  }
  return std::unexpected(
      node.error(format("\"{}\" is no option type{}", text,
                        did_you_mean(text, std::span<const std::string_view>(known)))));
}

// `min` and `max` in the option's own unit: 5m for a duration, 1MiB for bytes.
Result<std::optional<long long>> read_bound(const Document* node, OptionType type) {
  if (node == nullptr) return std::nullopt;
  if (type == OptionType::Duration) {
    const auto duration = parse_duration(node->text());
    if (!duration) return std::unexpected(node->error(duration.error().message));
    return duration->count();
  }
  if (type == OptionType::Bytes) {
    const auto bytes = parse_bytes(node->text());
    if (!bytes) return std::unexpected(node->error(bytes.error().message));
    return *bytes;
  }
  if (type != OptionType::Integer) {
    return std::unexpected(node->key_error("only integer, bytes and duration have a range"));
  }
  return TRY(node->as_integer());
}

std::string text_of(const Document* node) {
  return node == nullptr ? std::string() : node->text();
}

Result<OptionSpec> read_members(const Document& node, OptionSpec option) {
  const Document* type = node.find("type");
  const std::string type_text = text_of(type);
  const TypedText typed = split_typed_text(type_text);
  option.type = TRY(parse_type(*type, typed.type));
  const Document* required = node.find("required");
  option.is_required = typed.is_required || (required != nullptr && TRY(required->as_bool()));
  const Document* identity = node.find("identity");
  option.is_identity = identity != nullptr && TRY(identity->as_bool());
  option.help = text_of(node.find("help"));
  option.example = text_of(node.find("example"));
  if (const Document* value = node.find("default")) option.default_value = value->text();
  if (const Document* choices = node.find("choices")) {
    for (const Document& choice : choices->items()) option.choices.push_back(choice.text());
  }
  if (option.type == OptionType::Choice && option.choices.empty()) {
    return std::unexpected(type->error("a choice needs `choices: [...]`"));
  }
  option.minimum = TRY(read_bound(node.find("min"), option.type));
  option.maximum = TRY(read_bound(node.find("max"), option.type));
  return option;
}

Status check_default(const Document& node, const OptionSpec& option) {
  if (!option.default_value) return {};
  if (option.is_required) {
    return std::unexpected(node.key_error("a required option cannot have a default"));
  }
  const auto checked = Options::make(std::span(&option, 1), {}, "the connector");
  if (!checked) return std::unexpected(node.find("default")->error(checked.error().message));
  return {};
}

}  // namespace

Shape option_shape() {
  std::vector<std::string> types;
  for (const auto& [name, type] : kTypes) types.emplace_back(name);
  return Shape::any_of({
      Shape::text(),
      Shape::with({
          {"type", "string, integer, boolean, url, duration, bytes, choice, list, json or secret.",
           Shape::text(), Presence::Required},
          {"required", "Whether it must be given.", Shape::flag()},
          {"identity", "It says what is read: with another value the table starts anew.",
           Shape::flag()},
          {"default", "The value when it is not given.", Shape::scalar()},
          {"help", "One sentence for people.", Shape::text()},
          {"example", "A value as one would write it.", Shape::scalar()},
          {"choices", "The values of a choice.", Shape::list(Shape::scalar())},
          {"min", "The least value.", Shape::scalar()},
          {"max", "The greatest value.", Shape::scalar()},
      }),
  });
}

Result<std::vector<OptionSpec>> read_options(const Document& node) {
  std::vector<OptionSpec> options;
  for (const auto& [name, value] : node.members()) {
    OptionSpec option;
    option.name = name;
    if (value.is_scalar()) {
      const TypedText typed = split_typed_text(value.text());
      option.type = TRY(parse_type(value, typed.type));
      option.is_required = typed.is_required;
      option.help = typed.sentence;
      if (option.type == OptionType::Choice) {
        return std::unexpected(value.error("a choice needs `choices: [...]`"));
      }
    } else {
      option = TRY(read_members(value, std::move(option)));
    }
    TRY(check_default(value, option));
    options.push_back(std::move(option));
  }
  return options;
}

}  // namespace inlet
