#include "inlet/data/type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <set>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet {
namespace {

constexpr int kMaxPrecision = 38;

struct ScalarName {
  std::string_view name;
  TypeKind kind;
};
// The first name of a kind is the one written out.
constexpr std::array kScalarNames = {
    ScalarName{"boolean", TypeKind::Boolean},     ScalarName{"int", TypeKind::Int},
    ScalarName{"bigint", TypeKind::Long},         ScalarName{"float", TypeKind::Float},
    ScalarName{"double", TypeKind::Double},       ScalarName{"string", TypeKind::String},
    ScalarName{"binary", TypeKind::Binary},       ScalarName{"date", TypeKind::Date},
    ScalarName{"timestamp", TypeKind::Timestamp}, ScalarName{"json", TypeKind::Json},
    ScalarName{"long", TypeKind::Long},           ScalarName{"integer", TypeKind::Int},
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

Result<Type> parse_decimal(std::string_view text) {
  const auto refused = [&] {
    return fail(ErrorKind::Config,
                format("\"{}\" is no decimal type; write decimal(precision,scale) with precision 1 "
                       "to 38 and scale 0 to precision",
                       text));
  };
  std::string compact(text.substr(std::string_view("decimal").size()));
  std::erase(compact, ' ');
  Type type = Type::decimal(10, 0);
  if (compact.empty()) return type;
  if (compact.front() != '(' || compact.back() != ')') return refused();
  const char* at = compact.data() + 1;
  const char* const end = compact.data() + compact.size() - 1;
  auto number = std::from_chars(at, end, type.precision);
  if (number.ec != std::errc()) return refused();
  if (number.ptr != end) {
    if (*number.ptr != ',') return refused();
    number = std::from_chars(number.ptr + 1, end, type.scale);
    if (number.ec != std::errc() || number.ptr != end) return refused();
  }
  if (type.precision < 1 || type.precision > kMaxPrecision || type.scale < 0 ||
      type.scale > type.precision) {
    return refused();
  }
  return type;
}

Status validate_fields(const std::vector<Field>& fields, const std::string& path);

Status validate_type(const Type& type, const std::string& path) {
  const auto refused = [&](std::string_view why) {
    return fail(ErrorKind::Config, format("column {}: {}", path, why));
  };
  const std::size_t num_fields = type.fields.size();
  switch (type.kind) {
    case TypeKind::Decimal:
      if (type.precision < 1 || type.precision > kMaxPrecision || type.scale < 0 ||
          type.scale > type.precision) {
        return refused(format("decimal({},{}) is out of range", type.precision, type.scale));
      }
      break;
    case TypeKind::Struct:
      if (num_fields == 0) return refused("a struct needs at least one member");
      return validate_fields(type.fields, path + ".");
    case TypeKind::List:
      if (num_fields != 1) return refused("a list has exactly one element type");
      return validate_type(type.fields[0].type, path + ".element");
    case TypeKind::Map:
      if (num_fields != 2) return refused("a map has exactly a key and a value type");
      if (type.fields[0].is_nullable) return refused("a map key is never null");
      TRY(validate_type(type.fields[0].type, path + ".key"));
      return validate_type(type.fields[1].type, path + ".value");
    default: break;
  }
  if (num_fields != 0) return refused("a scalar type has no members");
  return {};
}

Status validate_fields(const std::vector<Field>& fields, const std::string& path) {
  std::set<std::string> names;
  for (const Field& field : fields) {
    if (field.name.empty()) {
      return fail(ErrorKind::Config, format("column {}: a name is empty", path));
    }
    if (!names.insert(lower(field.name)).second) {
      return fail(
          ErrorKind::Config,
          format("column {}{} is there twice; names differ by more than case", path, field.name));
    }
    TRY(validate_type(field.type, path + field.name));
  }
  return {};
}

const Field* find_field(const std::vector<Field>& fields, std::string_view path) {
  for (const Field& field : fields) {
    if (field.name == path) return &field;
  }
  for (const Field& field : fields) {
    const std::size_t size = field.name.size();
    if (path.size() <= size || !path.starts_with(field.name) || path[size] != '.') continue;
    if (const Field* found = find_field(field.type.fields, path.substr(size + 1))) return found;
  }
  return nullptr;
}

}  // namespace

Type Type::decimal(int precision, int scale) {
  return {TypeKind::Decimal, precision, scale};
}

Type Type::structure(std::vector<Field> fields) {
  return {.kind = TypeKind::Struct, .fields = std::move(fields)};
}

Type Type::list(Type element) {
  Type type{.kind = TypeKind::List};
  type.fields.push_back({.name = "element", .type = std::move(element)});
  return type;
}

Type Type::map(Type key, Type value) {
  Type type{.kind = TypeKind::Map};
  type.fields.push_back({.name = "key", .type = std::move(key), .is_nullable = false});
  type.fields.push_back({.name = "value", .type = std::move(value)});
  return type;
}

bool Type::operator==(const Type&) const = default;

bool Field::operator==(const Field& other) const {
  return name == other.name && is_nullable == other.is_nullable && type == other.type;
}

std::optional<std::size_t> Schema::index_of(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::name);
  if (found == fields.end()) return std::nullopt;
  return static_cast<std::size_t>(found - fields.begin());
}

const Field* Schema::find(std::string_view path) const {
  return find_field(fields, path);
}

Result<Type> parse_scalar_type(std::string_view text) {
  const std::string name = lower(text);
  if (name.starts_with("decimal")) return parse_decimal(name);
  std::vector<std::string_view> known;
  for (const ScalarName& scalar : kScalarNames) {
    if (scalar.name == name) return Type{scalar.kind};
    known.push_back(scalar.name);
  }
  known.emplace_back("decimal(p,s)");
  return fail(ErrorKind::Config, format("unknown type \"{}\"{}", text, did_you_mean(name, known)));
}

std::string to_text(const Type& type) {
  switch (type.kind) {
    case TypeKind::Decimal: return format("decimal({},{})", type.precision, type.scale);
    case TypeKind::List: return format("array<{}>", to_text(type.fields[0].type));
    case TypeKind::Map:
      return format("map<{},{}>", to_text(type.fields[0].type), to_text(type.fields[1].type));
    case TypeKind::Struct: {
      std::string text = "struct<";
      for (const Field& field : type.fields) {
        if (text.back() != '<') text += ',';
        text += format("{}:{}", field.name, to_text(field.type));
      }
      return text + ">";
    }
    default: break;
  }
  const auto scalar = std::ranges::find(kScalarNames, type.kind, &ScalarName::kind);
  return std::string(scalar->name);
}

Status validate(const Schema& schema) {
  return validate_fields(schema.fields, "");
}

}  // namespace inlet
