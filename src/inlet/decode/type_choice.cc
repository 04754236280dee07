#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "inlet/base/format.h"
#include "inlet/decode/type_choice_internal.h"

namespace inlet::decode {
namespace {

// A sparse object with this many different member names is a dictionary rather than a record.
constexpr std::size_t kMinMapNames = 17;
constexpr std::size_t kMinNamesPerMember = 4;
// So many fractions with equally many digits are no accident (one in ten would end in a dropped
// zero).
constexpr std::uint64_t kMinFixedFractions = 20;
// Seventeen digits name every double; with more, something would get lost.
constexpr int kMaxDoubleDigits = 17;
constexpr int kMaxPrecision = 38;
constexpr int kSmallPrecision = 18;
constexpr int kSpareDigits = 3;

struct Choice {
  Type type;
  std::string reason;
};

Type scalar(TypeKind kind) {
  return Type{.kind = kind};
}

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

class TypeChoice {
 public:
  std::vector<Field> members(const SeenValues& seen, const std::string& path);
  std::vector<InferredColumn> take_reasons() { return std::move(why_); }

 private:
  Type type(const SeenValues& seen, const std::string& path, std::uint64_t num_owners);
  Choice choose(const SeenValues& seen, const std::string& path);
  Choice choose_object(const SeenValues& seen, const std::string& path);

  std::vector<InferredColumn> why_;
};

// Room to grow: the sample's largest value is not the source's.
std::optional<Type> decimal_for(int integer_digits, int scale) {
  if (integer_digits + scale + kSpareDigits <= kSmallPrecision)
    return Type::decimal(kSmallPrecision, scale);
  if (integer_digits + scale <= kMaxPrecision) return Type::decimal(kMaxPrecision, scale);
  return std::nullopt;
}

Choice choose_number(const SeenValues::Numbers& numbers) {
  const std::string counts =
      format("{} integers, {} past 64 bit, {} fractions, {} with exponents", numbers.num_long,
             numbers.num_big, numbers.num_fractions, numbers.num_exponents);
  if (numbers.num_long == numbers.total())
    return {scalar(TypeKind::Long), format("{} integers", numbers.num_long)};
  if (numbers.num_exponents > 0) return {scalar(TypeKind::Double), counts};
  const bool is_fixed = numbers.num_fractions > 0 && numbers.min_scale == numbers.max_scale &&
                        (numbers.has_trailing_zero || numbers.num_fractions >= kMinFixedFractions);
  const bool needs_digits =
      numbers.num_big > 0 || numbers.max_significant_digits > kMaxDoubleDigits;
  if (!is_fixed && !needs_digits) return {scalar(TypeKind::Double), counts};
  if (const auto decimal = decimal_for(numbers.max_integer_digits, numbers.max_scale)) {
    return {*decimal, format("{}, up to {} digits before the point and {} behind it", counts,
                             numbers.max_integer_digits, numbers.max_scale)};
  }
  return {scalar(TypeKind::String), format("{}: more digits than a decimal holds", counts)};
}

Choice choose_string(const SeenValues& seen) {
  const std::uint64_t num = seen.num_strings();
  if (seen.num_timestamps() == num)
    return {scalar(TypeKind::Timestamp), format("{} RFC 3339 texts", num)};
  if (seen.num_dates() == num) return {scalar(TypeKind::Date), format("{} dates", num)};
  return {scalar(TypeKind::String), format("{} texts", num)};
}

std::string mixed_reason(const SeenValues& seen) {
  std::string out = "mixed kinds:";
  const auto add = [&](std::uint64_t number, std::string_view what) {
    if (number > 0) out += format(" {} {},", number, what);
  };
  add(seen.num_booleans(), "booleans");
  add(seen.numbers().total(), "numbers");
  add(seen.num_strings(), "texts");
  add(seen.num_objects(), "objects");
  add(seen.num_lists(), "lists");
  out.pop_back();
  return out;
}

bool is_map(const SeenValues& seen) {
  const std::size_t num_names = seen.members().size();
  if (num_names < kMinMapNames) return false;
  std::uint64_t num_members = 0;
  for (const auto& [name, member] : seen.members()) {
    num_members += member->num_nulls() + member->num_booleans() + member->numbers().total() +
                   member->num_strings() + member->num_objects() + member->num_lists() +
                   member->num_deep();
  }
  return num_members * kMinNamesPerMember <= num_names * seen.num_objects();
}

Choice TypeChoice::choose_object(const SeenValues& seen, const std::string& path) {
  if (is_map(seen)) {
    const auto values = seen.all_members();
    if (values->num_kinds() <= 1) {
      const std::size_t num_names = seen.members().size();
      return {Type::map(scalar(TypeKind::String), type(*values, path + ".value", num_names)),
              format("{} objects with {} different member names", seen.num_objects(), num_names)};
    }
  }
  std::vector<Field> fields = members(seen, path);
  if (fields.empty())
    return {scalar(TypeKind::Json), format("{} objects without members", seen.num_objects())};
  return {Type::structure(std::move(fields)), format("{} objects", seen.num_objects())};
}

Choice TypeChoice::choose(const SeenValues& seen, const std::string& path) {
  if (seen.num_deep() > 0)
    return {scalar(TypeKind::Json), "nested too deeply for columns of its own"};
  if (seen.num_kinds() == 0) return {scalar(TypeKind::String), "no value"};
  if (seen.num_kinds() > 1) return {scalar(TypeKind::String), mixed_reason(seen)};
  if (seen.num_booleans() > 0)
    return {scalar(TypeKind::Boolean), format("{} booleans", seen.num_booleans())};
  if (seen.numbers().total() > 0) return choose_number(seen.numbers());
  if (seen.num_strings() > 0) return choose_string(seen);
  if (seen.num_objects() > 0) return choose_object(seen, path);
  const SeenValues nothing;
  const SeenValues& elements = seen.elements() != nullptr ? *seen.elements() : nothing;
  return {Type::list(type(elements, path + ".element", seen.num_lists())),
          format("{} lists", seen.num_lists())};
}

Type TypeChoice::type(const SeenValues& seen, const std::string& path, std::uint64_t num_owners) {
  const std::size_t place = why_.size();
  why_.push_back({.path = path, .reason = {}});
  Choice choice = choose(seen, path);
  const std::string nulls = seen.num_nulls() > 0 ? format(", {} nulls", seen.num_nulls()) : "";
  const std::string_view kind = choice.type.kind == TypeKind::Struct ? "struct"
                                : choice.type.kind == TypeKind::List ? "array"
                                : choice.type.kind == TypeKind::Map  ? "map"
                                                                     : "";
  why_[place].reason =
      format("{}: {}{}, of {} {}", kind.empty() ? to_text(choice.type) : kind, choice.reason, nulls,
             num_owners, path.ends_with(".element") ? "lists" : "records");
  return std::move(choice.type);
}

// Delta's column names are unique without regard to case: the first one stays, the others are
// rescued data.
std::vector<Field> TypeChoice::members(const SeenValues& seen, const std::string& path) {
  std::vector<Field> fields;
  std::map<std::string, std::string> taken;
  for (const auto& [name, member] : seen.members()) {
    const std::string member_path = path.empty() ? name : path + "." + name;
    const auto [first, is_new] = taken.emplace(lower(name), name);
    if (name.empty()) {
      why_.push_back({member_path, "no column: a member without a name stays in the rescued data"});
    } else if (!is_new) {
      why_.push_back(
          {member_path,
           format("no column: only the case of letters tells it from {}; it stays in the "
                  "rescued data",
                  first->second)});
    } else {
      fields.push_back({.name = name, .type = type(*member, member_path, seen.num_objects())});
    }
  }
  return fields;
}

}  // namespace

InferredSchema choose_schema(const SeenValues& records) {
  TypeChoice choice;
  Schema schema{choice.members(records, "")};
  return {.schema = std::move(schema), .why = choice.take_reasons()};
}

}  // namespace inlet::decode
