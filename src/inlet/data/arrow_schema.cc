#include <charconv>
#include <cstdlib>
#include <string>
#include <vector>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/batch.h"

namespace inlet {
namespace {

std::string format_of(const Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean: return "b";
    case TypeKind::Int: return "i";
    case TypeKind::Long: return "l";
    case TypeKind::Float: return "f";
    case TypeKind::Double: return "g";
    case TypeKind::Decimal: return format("d:{},{}", type.precision, type.scale);
    case TypeKind::String:
    case TypeKind::Json: return "u";
    case TypeKind::Binary: return "z";
    case TypeKind::Date: return "tdD";
    case TypeKind::Timestamp: return "tsu:UTC";
    case TypeKind::Struct: return "+s";
    case TypeKind::List: return "+l";
    case TypeKind::Map: return "+m";
  }
  return "n";
}

/// What an ArrowSchema of ours points into.
struct Parts {
  std::string format;
  std::string name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
};

void release_schema(ArrowSchema* schema) {
  const std::unique_ptr<Parts> parts(static_cast<Parts*>(schema->private_data));
  for (ArrowSchema& child : parts->children) {
    if (child.release != nullptr) child.release(&child);
  }
  schema->release = nullptr;
}

ArrowSchema make_schema(std::string_view name, std::string format_text, int64_t flags,
                        std::vector<ArrowSchema> children) {
  auto parts = std::make_unique<Parts>();
  parts->format = std::move(format_text);
  parts->name = std::string(name);
  parts->children = std::move(children);
  for (ArrowSchema& child : parts->children) parts->child_pointers.push_back(&child);
  ArrowSchema schema = {};
  schema.format = parts->format.c_str();
  schema.name = parts->name.c_str();
  schema.flags = flags;
  schema.n_children = static_cast<int64_t>(parts->children.size());
  schema.children = parts->child_pointers.data();
  schema.release = &release_schema;
  schema.private_data = parts.release();
  return schema;
}

ArrowSchema schema_of(std::string_view name, const Type& type, bool is_nullable) {
  std::vector<ArrowSchema> children;
  if (type.kind == TypeKind::List) {
    children.push_back(schema_of("element", type.fields[0].type, type.fields[0].is_nullable));
  } else if (type.kind == TypeKind::Map) {
    std::vector<ArrowSchema> entry;
    entry.push_back(schema_of("key", type.fields[0].type, false));
    entry.push_back(schema_of("value", type.fields[1].type, type.fields[1].is_nullable));
    children.push_back(make_schema("key_value", "+s", 0, std::move(entry)));
  } else {
    for (const Field& field : type.fields) {
      children.push_back(schema_of(field.name, field.type, field.is_nullable));
    }
  }
  return make_schema(name, format_of(type), is_nullable ? ARROW_FLAG_NULLABLE : 0,
                     std::move(children));
}

Result<Type> decimal_from(std::string_view numbers) {
  Type type = Type::decimal(0, 0);
  const char* const end = numbers.data() + numbers.size();
  const auto precision = std::from_chars(numbers.data(), end, type.precision);
  if (precision.ec != std::errc() || precision.ptr == end || *precision.ptr != ',') {
    return fail(ErrorKind::Config, format("not a decimal format: \"d:{}\"", numbers));
  }
  const auto scale = std::from_chars(precision.ptr + 1, end, type.scale);
  // A third number is the width in bits; only 128 is read.
  const bool is_whole = scale.ptr == end || std::string_view(scale.ptr, end) == ",128";
  if (scale.ec != std::errc() || !is_whole) {
    return fail(ErrorKind::Config, format("unsupported decimal format: \"d:{}\"", numbers));
  }
  return type;
}

Result<Field> field_from(const ArrowSchema& schema);

Result<std::vector<Field>> fields_from(const ArrowSchema& schema) {
  std::vector<Field> fields;
  for (int64_t i = 0; i < schema.n_children; ++i) {
    fields.push_back(TRY(field_from(*schema.children[i])));
  }
  return fields;
}

Result<Type> nested_from(std::string_view text, const ArrowSchema& schema) {
  if (text == "+s") return Type::structure(TRY(fields_from(schema)));
  if (text == "+l" && schema.n_children == 1) {
    Field element = TRY(field_from(*schema.children[0]));
    Type type = Type::list(std::move(element.type));
    type.fields[0].is_nullable = element.is_nullable;
    return type;
  }
  if (text == "+m" && schema.n_children == 1 && schema.children[0]->n_children == 2) {
    std::vector<Field> entry = TRY(fields_from(*schema.children[0]));
    Type type = Type::map(std::move(entry[0].type), std::move(entry[1].type));
    type.fields[1].is_nullable = entry[1].is_nullable;
    return type;
  }
  return fail(ErrorKind::Config, format("unsupported Arrow type \"{}\"", text));
}

Result<Type> type_from(const ArrowSchema& schema) {
  const std::string_view text = schema.format;
  if (schema.dictionary != nullptr) {
    return fail(ErrorKind::Config, "dictionary-encoded columns are not supported");
  }
  if (text == "b") return Type{TypeKind::Boolean};
  if (text == "i") return Type{TypeKind::Int};
  if (text == "l") return Type{TypeKind::Long};
  if (text == "f") return Type{TypeKind::Float};
  if (text == "g") return Type{TypeKind::Double};
  if (text == "u") return Type{TypeKind::String};
  if (text == "z") return Type{TypeKind::Binary};
  if (text == "tdD") return Type{TypeKind::Date};
  if (text == "tsu:UTC" || text == "tsu:+00:00") return Type{TypeKind::Timestamp};
  if (text.starts_with("d:")) return decimal_from(text.substr(2));
  return nested_from(text, schema);
}

Result<Field> field_from(const ArrowSchema& schema) {
  const std::string name = schema.name == nullptr ? "" : schema.name;
  auto type = type_from(schema);
  if (!type) return std::unexpected(std::move(type.error()).within("column " + name));
  return Field{.name = name,
               .type = std::move(*type),
               .is_nullable = (schema.flags & ARROW_FLAG_NULLABLE) != 0};
}

}  // namespace

ArrowSchema to_arrow_schema(const Schema& schema) {
  std::vector<ArrowSchema> children;
  for (const Field& field : schema.fields) {
    children.push_back(schema_of(field.name, field.type, field.is_nullable));
  }
  return make_schema("", "+s", 0, std::move(children));
}

Result<Schema> from_arrow_schema(const ArrowSchema& schema) {
  if (std::string_view(schema.format) != "+s") {
    return fail(ErrorKind::Config,
                format("a batch is a struct in Arrow's form, not \"{}\"", schema.format));
  }
  return Schema{TRY(fields_from(schema))};
}

}  // namespace inlet
