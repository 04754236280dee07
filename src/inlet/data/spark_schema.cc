#include "inlet/data/spark_schema.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet {
namespace {

constexpr std::string_view kJsonMark = "inlet.type";

// Where Spark's JSON name differs from the one in SQL ("bigint"), the log holds this one.
constexpr std::array<std::pair<TypeKind, std::string_view>, 10> kScalarNames = {{
    {TypeKind::Boolean, "boolean"},
    {TypeKind::Int, "integer"},
    {TypeKind::Long, "long"},
    {TypeKind::Float, "float"},
    {TypeKind::Double, "double"},
    {TypeKind::String, "string"},
    {TypeKind::Binary, "binary"},
    {TypeKind::Date, "date"},
    {TypeKind::Timestamp, "timestamp"},
    {TypeKind::Json, "string"},
}};

Json struct_json(const std::vector<Field>& fields);

Json type_json(const Type& type) {
  switch (type.kind) {
    case TypeKind::Struct: return struct_json(type.fields);
    case TypeKind::List:
      return {{"type", "array"},
              {"elementType", type_json(type.fields[0].type)},
              {"containsNull", type.fields[0].is_nullable}};
    case TypeKind::Map:
      return {{"type", "map"},
              {"keyType", type_json(type.fields[0].type)},
              {"valueType", type_json(type.fields[1].type)},
              {"valueContainsNull", type.fields[1].is_nullable}};
    case TypeKind::Decimal: return format("decimal({},{})", type.precision, type.scale);
    default: break;
  }
  for (const auto& [kind, name] : kScalarNames) {
    if (kind == type.kind) return std::string(name);
  }
  return nullptr;
}

// Elements, keys and values have no metadata of their own: the field above them names them by their
// path
// ("inlet.type.element"). Members of structs are fields again and carry their own mark.
void mark_json(const Type& type, const std::string& mark, Json& metadata) {
  if (type.kind == TypeKind::Json) metadata[mark] = "json";
  if (type.kind != TypeKind::List && type.kind != TypeKind::Map) return;
  for (const Field& part : type.fields) mark_json(part.type, mark + "." + part.name, metadata);
}

Json struct_json(const std::vector<Field>& fields) {
  Json list = Json::array();
  for (const Field& field : fields) {
    Json metadata = Json::object();
    if (!field.comment.empty()) metadata["comment"] = field.comment;
    mark_json(field.type, std::string(kJsonMark), metadata);
    list.push_back({{"name", field.name},
                    {"type", type_json(field.type)},
                    {"nullable", field.is_nullable},
                    {"metadata", std::move(metadata)}});
  }
  return {{"type", "struct"}, {"fields", std::move(list)}};
}

// The mark of one value: whose metadata it is in, and under which name.
struct Mark {
  const Json& metadata;
  std::string name;
  Mark below(std::string_view part) const { return {metadata, format("{}.{}", name, part)}; }
};

const Json* member(const Json& json, const char* name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  return found == json.end() ? nullptr : &*found;
}

bool flag(const Json& json, const char* name) {
  const Json* value = member(json, name);
  return value == nullptr || !value->is_boolean() || value->get<bool>();
}

std::string text_member(const Json& json, const char* name) {
  const Json* value = member(json, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::unexpected<Error> unknown_type(const std::string& path, const Json& json) {
  return fail(ErrorKind::Config,
              format("column {}: type {} is not one that Inlet can write", path, to_text(json)));
}

// The two numbers of "decimal(p,s)"; a scale of 0 may be left out.
Result<Type> parse_decimal(std::string_view text, const std::string& path, const Json& json) {
  Type type = Type::decimal(0, 0);
  const char* end = text.data() + text.size();
  const auto precision = std::from_chars(text.data(), end, type.precision);
  auto rest = std::string_view(precision.ptr, static_cast<std::size_t>(end - precision.ptr));
  if (rest.starts_with(',')) {
    const auto scale = std::from_chars(rest.data() + 1, end, type.scale);
    rest = std::string_view(scale.ptr, static_cast<std::size_t>(end - scale.ptr));
  }
  const bool is_valid = rest == ")" && type.precision >= 1 && type.precision <= 38 &&
                        type.scale >= 0 && type.scale <= type.precision;
  if (!is_valid) return unknown_type(path, json);
  return type;
}

Result<Type> parse_scalar(const Json& json, const std::string& path, const Mark& mark) {
  const auto name = json.get<std::string>();
  constexpr std::string_view kDecimal = "decimal(";
  if (name == "decimal") return Type::decimal(10, 0);
  if (name.starts_with(kDecimal)) {
    return parse_decimal(std::string_view(name).substr(kDecimal.size()), path, json);
  }
  if (name == "string" && text_member(mark.metadata, mark.name.c_str()) == "json") {
    return Type{.kind = TypeKind::Json};
  }
  for (const auto& [kind, known] : kScalarNames) {
    if (known == name) return Type{.kind = kind};
  }
  return unknown_type(path, json);
}

Result<std::vector<Field>> parse_fields(const Json& json, const std::string& path);

Result<Type> parse_type(const Json* json, const std::string& path, const Mark& mark) {
  if (json == nullptr) return fail(ErrorKind::Config, format("column {}: no type is given", path));
  if (json->is_string()) return parse_scalar(*json, path, mark);
  const std::string kind = text_member(*json, "type");
  if (kind == "struct") return Type::structure(TRY(parse_fields(*json, path)));
  if (kind == "array") {
    auto element =
        TRY(parse_type(member(*json, "elementType"), path + ".element", mark.below("element")));
    Type list = Type::list(std::move(element));
    list.fields[0].is_nullable = flag(*json, "containsNull");
    return list;
  }
  if (kind == "map") {
    auto key = TRY(parse_type(member(*json, "keyType"), path + ".key", mark.below("key")));
    auto value = TRY(parse_type(member(*json, "valueType"), path + ".value", mark.below("value")));
    Type map = Type::map(std::move(key), std::move(value));
    map.fields[1].is_nullable = flag(*json, "valueContainsNull");
    return map;
  }
  return unknown_type(path, *json);
}

Result<std::vector<Field>> parse_fields(const Json& json, const std::string& path) {
  const Json* list = member(json, "fields");
  if (list == nullptr || !list->is_array()) {
    const std::string_view whose = path.empty() ? "the schema" : std::string_view(path);
    return fail(ErrorKind::Config, format("{}: a struct needs a list of fields", whose));
  }
  static const Json kNoMetadata = Json::object();
  std::vector<Field> fields;
  for (const Json& item : *list) {
    Field field;
    field.name = text_member(item, "name");
    if (field.name.empty()) {
      return fail(ErrorKind::Config, format("a field without a name: {}", to_text(item)));
    }
    const std::string field_path = path.empty() ? field.name : path + "." + field.name;
    const Json* metadata = member(item, "metadata");
    const Mark mark{metadata == nullptr ? kNoMetadata : *metadata, std::string(kJsonMark)};
    field.type = TRY(parse_type(member(item, "type"), field_path, mark));
    field.is_nullable = flag(item, "nullable");
    field.comment = text_member(mark.metadata, "comment");
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace

Json to_spark_json(const Schema& schema) {
  return struct_json(schema.fields);
}

Result<Schema> from_spark_json(const Json& json) {
  if (text_member(json, "type") != "struct") {
    return fail(ErrorKind::Config, "a schema is a JSON object of type \"struct\" with fields");
  }
  auto fields = TRY(parse_fields(json, ""));
  return Schema{std::move(fields)};
}

}  // namespace inlet
