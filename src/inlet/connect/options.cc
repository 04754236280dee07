#include "inlet/connect/options.h"

#include <algorithm>
#include <charconv>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/net/http.h"

namespace inlet {
namespace {

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

Result<long long> parse_integer(std::string_view text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::Config, format("expected a whole number, got \"{}\"", text));
  }
  return value;
}

Result<bool> parse_boolean(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return fail(ErrorKind::Config, format("expected true or false, got \"{}\"", text));
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A JSON list of texts, or texts with commas between them.
Result<std::vector<std::string>> parse_list(std::string_view text) {
  std::vector<std::string> list;
  if (trim(text).starts_with('[')) {
    const Json items = TRY(parse_json(text));
    for (const Json& item : items) {
      if (!item.is_string()) {
        return fail(ErrorKind::Config, format("expected a list of texts, got {}", to_text(item)));
      }
      list.push_back(item.get<std::string>());
    }
    return list;
  }
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string_view item = trim(text.substr(0, comma));
    if (!item.empty()) list.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return list;
}

Result<std::string> in_range(const OptionSpec& spec, const std::string& text,
                             const Result<long long>& parsed) {
  const long long value = TRY(parsed);
  const std::string_view unit = spec.type == OptionType::Duration ? " ms"
                                : spec.type == OptionType::Bytes  ? " bytes"
                                                                  : "";
  if (spec.minimum && value < *spec.minimum) {
    return fail(ErrorKind::Config,
                format("{}{} is below the minimum of {}{}", value, unit, *spec.minimum, unit));
  }
  if (spec.maximum && value > *spec.maximum) {
    return fail(ErrorKind::Config,
                format("{}{} is above the maximum of {}{}", value, unit, *spec.maximum, unit));
  }
  return text;
}

Result<std::string> parse_choice(const OptionSpec& spec, std::string_view text) {
  std::string known;
  for (const std::string& choice : spec.choices) {
    if (to_lower(choice) == to_lower(text)) return choice;
    known.append(known.empty() ? "" : ", ").append(choice);
  }
  return fail(ErrorKind::Config,
              format("\"{}\" is none of: {}{}", text, known,
                     did_you_mean(text, std::span<const std::string>(spec.choices))));
}

// The text to keep: valid for the type, within its range, in the spec's spelling.
Result<std::string> checked_text(const OptionSpec& spec, const std::string& text) {
  switch (spec.type) {
    case OptionType::Text:
    case OptionType::Secret: break;
    case OptionType::Integer: return in_range(spec, text, parse_integer(text));
    case OptionType::Boolean: return std::string(TRY(parse_boolean(text)) ? "true" : "false");
    case OptionType::Url: TRY(net::origin_of(text)); break;
    case OptionType::Duration: return in_range(spec, text, TRY(parse_duration(text)).count());
    case OptionType::Bytes: return in_range(spec, text, parse_bytes(text));
    case OptionType::Choice: return parse_choice(spec, text);
    case OptionType::TextList: TRY(parse_list(text)); break;
    case OptionType::Json: TRY(parse_json(text)); break;
  }
  return text;
}

std::string_view type_name(OptionType type) {
  switch (type) {
    case OptionType::Text: return "a text";
    case OptionType::Integer: return "an integer";
    case OptionType::Boolean: return "a boolean";
    case OptionType::Url: return "a URL";
    case OptionType::Duration: return "a duration";
    case OptionType::Bytes: return "a number of bytes";
    case OptionType::Choice: return "a choice";
    case OptionType::TextList: return "a list";
    case OptionType::Json: return "JSON";
    case OptionType::Secret: return "a secret";
  }
  return "a text";
}

const OptionSpec* find_spec(std::span<const OptionSpec> specs, std::string_view lower_name) {
  const auto is_named = [&](const OptionSpec& spec) { return to_lower(spec.name) == lower_name; };
  const auto spec = std::find_if(specs.begin(), specs.end(), is_named);
  return spec == specs.end() ? nullptr : &*spec;
}

Error unknown_option(std::string_view name, std::span<const OptionSpec> specs,
                     std::string_view whose) {
  std::vector<std::string_view> known;
  for (const OptionSpec& spec : specs) known.push_back(spec.name);
  return {ErrorKind::Config, format("no option \"{}\" for {}{}", name, whose,
                                    did_you_mean(name, std::span<const std::string_view>(known)))};
}

// What the user wrote, by lower-case name; fails on unknown names and on one name in two spellings.
Result<std::map<std::string, std::string>> match_names(
    std::span<const OptionSpec> specs, const std::map<std::string, std::string>& given,
    std::string_view whose) {
  std::map<std::string, std::string> matched;
  for (const auto& [name, text] : given) {
    std::string lower = to_lower(name);
    const OptionSpec* spec = find_spec(specs, lower);
    if (spec == nullptr) return std::unexpected(unknown_option(name, specs, whose));
    if (!matched.emplace(std::move(lower), text).second) {
      return fail(ErrorKind::Config,
                  format("option {} of {} is given twice (names are compared without regard to "
                         "case)",
                         spec->name, whose));
    }
  }
  return matched;
}

// Whether a word of `name` ends before its character `at`: words end at signs, digits and capitals.
bool is_border(std::string_view name, std::size_t at) {
  if (at == 0 || at == name.size()) return true;
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const char before = name[at - 1];
  const char after = name[at];
  const bool is_in_word = is_lower(after) || (is_capital(after) && is_capital(before));
  return !is_in_word || !(is_lower(before) || is_capital(before));
}

bool has_word(std::string_view name, std::string_view word) {
  const std::string lower = to_lower(name);
  for (auto at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
    if (is_border(name, at) && is_border(name, at + word.size())) return true;
  }
  return false;
}

}  // namespace

bool sounds_secret(std::string_view name) {
  const std::string lower = to_lower(name);
  if (lower.ends_with("key_id")) return false;
  constexpr std::string_view kParts[] = {"secret",     "token", "password", "passwd", "passphrase",
                                         "credential", "key",   "sas",      "bearer", "cookie"};
  const auto is_part = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (std::any_of(std::begin(kParts), std::end(kParts), is_part)) return true;
  // These are parts of harmless names, too: path, passenger, author.
  constexpr std::string_view kWords[] = {"pat", "pass", "pwd", "auth", "jwt"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return has_word(name, word); });
}

std::vector<OptionSpec> settle_names(std::span<const OptionSpec> specs,
                                     const std::map<std::string, std::string>& given) {
  std::vector<OptionSpec> settled(specs.begin(), specs.end());
  const OptionSpec* any = find_spec(specs, "*");
  if (any == nullptr) return settled;
  std::erase_if(settled, [](const OptionSpec& spec) { return spec.name == "*"; });
  for (const auto& [name, text] : given) {
    if (find_spec(settled, to_lower(name)) != nullptr) continue;
    OptionSpec spec = *any;
    spec.name = name;
    if (sounds_secret(name)) spec.type = OptionType::Secret;
    settled.push_back(std::move(spec));
  }
  return settled;
}

Result<Options> Options::make(std::span<const OptionSpec> declared,
                              const std::map<std::string, std::string>& given,
                              std::string_view whose) {
  const std::vector<OptionSpec> specs = settle_names(declared, given);
  const std::map<std::string, std::string> matched = TRY(match_names(specs, given, whose));
  Options options;
  options.whose_ = whose;
  options.specs_.assign(specs.begin(), specs.end());
  for (const OptionSpec& spec : specs) {
    std::string lower = to_lower(spec.name);
    const auto text = matched.find(lower);
    if (spec.is_required && (text == matched.end() || text->second.empty())) {
      return fail(ErrorKind::Config,
                  format("option {} of {} is required: {}", spec.name, whose, spec.help));
    }
    if (text == matched.end() && !spec.default_value) continue;
    Result<std::string> checked =
        checked_text(spec, text == matched.end() ? *spec.default_value : text->second);
    if (!checked) {
      return std::unexpected(
          std::move(checked).error().within(format("option {} of {}", spec.name, whose)));
    }
    Value value;
    if (spec.type == OptionType::Secret) {
      value.secret = Secret(*std::move(checked));
    } else {
      value.text = *std::move(checked);
    }
    options.values_.emplace(std::move(lower), std::move(value));
  }
  return options;
}

bool Options::has(std::string_view name) const {
  return values_.contains(to_lower(name));
}

Result<const Options::Value*> Options::value(std::string_view name,
                                             std::initializer_list<OptionType> types) const {
  const std::string lower = to_lower(name);
  const OptionSpec* spec = find_spec(specs_, lower);
  const std::string_view whose = whose_.empty() ? std::string_view("no owner") : whose_;
  if (spec == nullptr) return std::unexpected(unknown_option(name, specs_, whose));
  if (std::find(types.begin(), types.end(), spec->type) == types.end()) {
    return fail(ErrorKind::Config, format("option {} of {} is {}, not {}", spec->name, whose,
                                          type_name(spec->type), type_name(*types.begin())));
  }
  const auto value = values_.find(lower);
  if (value == values_.end()) {
    return fail(ErrorKind::Config, format("option {} of {} is not given", spec->name, whose));
  }
  return &value->second;
}

Result<std::string> Options::text(std::string_view name) const {
  using enum OptionType;
  const Value* found =
      TRY(value(name, {Text, Integer, Boolean, Url, Duration, Bytes, Choice, TextList, Json}));
  return found->text;
}

Result<long long> Options::integer(std::string_view name) const {
  const Value* found = TRY(value(name, {OptionType::Integer, OptionType::Bytes}));
  const Result<long long> number = parse_integer(found->text);
  return number ? number : parse_bytes(found->text);
}

Result<bool> Options::boolean(std::string_view name) const {
  const Value* found = TRY(value(name, {OptionType::Boolean}));
  return found->text == "true";
}

Result<std::chrono::milliseconds> Options::duration(std::string_view name) const {
  const Value* found = TRY(value(name, {OptionType::Duration}));
  return parse_duration(found->text);
}

Result<std::vector<std::string>> Options::list(std::string_view name) const {
  const Value* found = TRY(value(name, {OptionType::TextList}));
  return parse_list(found->text);
}

Result<Secret> Options::secret(std::string_view name) const {
  const Value* found = TRY(value(name, {OptionType::Secret}));
  return found->secret;
}

}  // namespace inlet
