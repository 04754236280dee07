#include "inlet/rest/scope.h"

#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/decode/record_scan.h"

namespace inlet::rest {
namespace {

using Meaning = Scope::Meaning;
using Resolved = std::expected<Meaning, std::string>;

ValueType type_of(OptionType type) {
  switch (type) {
    case OptionType::Integer:
    case OptionType::Bytes: return ValueType::Integer;
    case OptionType::Boolean: return ValueType::Boolean;
    case OptionType::Duration: return ValueType::Duration;
    case OptionType::TextList: return ValueType::List;
    case OptionType::Json: return ValueType::Any;
    case OptionType::Text:
    case OptionType::Url:
    case OptionType::Choice:
    case OptionType::Secret: break;
  }
  return ValueType::Text;
}

ValueType type_of(const Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean: return ValueType::Boolean;
    case TypeKind::Int:
    case TypeKind::Long: return ValueType::Integer;
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Decimal: return ValueType::Number;
    case TypeKind::Struct:
    case TypeKind::Map: return ValueType::Object;
    case TypeKind::List: return ValueType::List;
    case TypeKind::Json: return ValueType::Any;
    case TypeKind::Timestamp:
    case TypeKind::Date:
    case TypeKind::String:
    case TypeKind::Binary: break;
  }
  return ValueType::Text;  // times in records are the API's own texts
}

std::string hint(std::string_view given, const std::vector<std::string_view>& known) {
  return did_you_mean(given, std::span<const std::string_view>(known));
}

Resolved in_columns(const Schema& schema, const Reference& reference) {
  const std::vector<Field>* fields = &schema.fields;
  Type type = Type::structure({});
  for (const Step& step : reference.steps) {
    if (type.kind == TypeKind::Json || type.kind == TypeKind::Map) return Meaning{};
    if (type.kind == TypeKind::List) {
      if (!std::holds_alternative<long long>(step)) {
        return std::unexpected(
            format("{} is a list: its items have numbers", spelling_of(reference)));
      }
      type = Type(type.fields[0].type);
      fields = &type.fields;
      continue;
    }
    const auto* name = std::get_if<std::string>(&step);
    const auto field = std::find_if(fields->begin(), fields->end(), [&](const Field& candidate) {
      return name != nullptr && candidate.name == *name;
    });
    if (field == fields->end()) {
      std::vector<std::string_view> known;
      for (const Field& candidate : *fields) known.push_back(candidate.name);
      const std::string given = name == nullptr ? "[...]" : *name;
      return std::unexpected(
          format("{} has no column \"{}\"{}", reference.root, given, hint(given, known)));
    }
    Type next = field->type;
    type = std::move(next);
    fields = &type.fields;
  }
  return Meaning{type_of(type), false};
}

Resolved in_members(const Reference& reference,
                    const std::vector<std::pair<std::string_view, ValueType>>& members) {
  std::vector<std::string_view> known;
  const auto* name =
      reference.steps.size() == 1 ? std::get_if<std::string>(&reference.steps[0]) : nullptr;
  for (const auto& [member, type] : members) {
    if (name != nullptr && *name == member) return Meaning{type, false};
    known.push_back(member);
  }
  const std::string given = name == nullptr ? std::string() : *name;
  return std::unexpected(
      format("{} has no member \"{}\"{}", reference.root, given, hint(given, known)));
}

const OptionSpec* find_in(const std::vector<OptionSpec>& specs, std::string_view name) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const OptionSpec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

Result<Json> option_value(const Options& options, std::string_view name) {
  const OptionSpec* spec = find_in(options.specs(), name);
  if (spec == nullptr || !options.has(name)) return Json();
  switch (spec->type) {
    case OptionType::Integer:
    case OptionType::Bytes: return TRY(options.integer(name));
    case OptionType::Boolean: return TRY(options.boolean(name));
    case OptionType::Duration: return TRY(options.duration(name)).count() * 1000;
    case OptionType::TextList: return TRY(options.list(name));
    case OptionType::Json: return parse_json(TRY(options.text(name)));
    case OptionType::Secret: return TRY(options.secret(name)).reveal();
    case OptionType::Text:
    case OptionType::Url:
    case OptionType::Choice: break;
  }
  return TRY(options.text(name));
}

Json picked(const PickedValues& values, const std::string& pointer) {
  for (const auto& [known, value] : values) {
    if (known == pointer) return value;
  }
  return nullptr;
}

// `options.owner` is `owner`.
std::string_view option_name(const Reference& reference) {
  if (reference.root != "options" || reference.steps.empty()) return reference.root;
  const auto* name = std::get_if<std::string>(&reference.steps[0]);
  return name == nullptr ? std::string_view("options") : std::string_view(*name);
}

// Steps into an option's value.
std::size_t num_steps_behind(const Reference& reference) {
  const std::size_t of_name = reference.root == "options" && !reference.steps.empty() ? 1 : 0;
  return reference.steps.size() - of_name;
}

Json step_into(Json value, const Reference& reference) {
  for (std::size_t i = reference.steps.size() - num_steps_behind(reference);
       i < reference.steps.size(); ++i) {
    const Step& step = reference.steps[i];
    Json next;
    if (const auto* item = std::get_if<long long>(&step)) {
      const auto size = static_cast<long long>(value.size());
      if (value.is_array() && *item >= 0 && *item < size) {
        next = value[static_cast<std::size_t>(*item)];
      }
    } else if (value.is_object()) {
      next = value.value(std::get<std::string>(step), Json());
    }
    value = std::move(next);
  }
  return value;
}

}  // namespace

const OptionSpec* Scope::find_option(std::string_view name) const {
  const OptionSpec* found = find_in(options, name);
  return found != nullptr ? found : find_in(connection, name);
}

Resolved Scope::resolve(const Reference& reference) const {
  for (const auto& [name, schema] : parents) {
    if (name != reference.root) continue;
    if (schema != nullptr) return in_columns(*schema, reference);
    if (reference.steps.empty()) return Meaning{ValueType::Text, false};
    return std::unexpected(format("{} is a text, without members", name));
  }
  if (reference.root == "record") {
    if (record == nullptr) return std::unexpected("there is no record here");
    return in_columns(*record, reference);
  }
  if (reference.root == "cursor" && built_ins.has_cursor) {
    return in_members(reference, {{"from", ValueType::Any}, {"to", ValueType::Any}});
  }
  if (reference.root == "page" && built_ins.has_page) {
    return in_members(reference, {{"number", ValueType::Integer},
                                  {"offset", ValueType::Integer},
                                  {"size", ValueType::Integer}});
  }
  if (reference.root == "response" && built_ins.has_response) return Meaning{};
  if (reference.root == "now") return Meaning{ValueType::Time, false};
  const std::string_view name = option_name(reference);
  if (const OptionSpec* option = find_option(name)) {
    const bool is_secret = option->type == OptionType::Secret;
    if (is_secret && !built_ins.allows_secrets) {
      return std::unexpected(
          format("{} is a secret: it may stand in auth only, where it is not written down", name));
    }
    if (num_steps_behind(reference) == 0) return Meaning{type_of(option->type), is_secret};
    if (option->type == OptionType::TextList || option->type == OptionType::Json) return Meaning{};
    return std::unexpected(format("option {} has no members", name));
  }
  std::vector<std::string_view> known;
  for (const OptionSpec& option : options) known.push_back(option.name);
  for (const OptionSpec& option : connection) known.push_back(option.name);
  for (const auto& [parent, schema] : parents) known.push_back(parent);
  if (built_ins.has_cursor) known.emplace_back("cursor");
  if (built_ins.has_page) known.emplace_back("page");
  if (built_ins.has_response) known.emplace_back("response");
  return std::unexpected(format("no option \"{}\" for {}{}", name, whose, hint(name, known)));
}

Result<Json> Environment::look_up(const Reference& reference) const {
  for (const auto& [name, values] : parents) {
    if (name == reference.root) return picked(values, to_pointer(reference));
  }
  if (reference.root == "record")
    return record == nullptr ? Json() : picked(*record, to_pointer(reference));
  const bool has_member =
      !reference.steps.empty() && std::holds_alternative<std::string>(reference.steps[0]);
  const std::string member = has_member ? std::get<std::string>(reference.steps[0]) : "";
  if (reference.root == "cursor") return cursor.value(member, Json());
  if (reference.root == "page") return page.value(member, Json());
  if (reference.root == "now") return now.time_since_epoch().count();
  if (reference.root == "response") {
    if (response == nullptr) return Json();
    const auto text = decode::value_at(*response, to_pointer(reference));
    if (!text && text.error().kind == ErrorKind::NotFound) return Json();
    return parse_json(TRY(text));
  }
  const std::string_view name = option_name(reference);
  if (options != nullptr && find_in(options->specs(), name) != nullptr) {
    return step_into(TRY(option_value(*options, name)), reference);
  }
  if (connection == nullptr) return Json();
  return step_into(TRY(option_value(*connection, name)), reference);
}

}  // namespace inlet::rest
