#include "inlet/connect/column_reader.h"

#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/connect/typed_text_internal.h"

namespace inlet {
namespace {

constexpr std::string_view kSentence = "_";
constexpr std::string_view kAnyName = "*";

Result<Field> read_column(std::string name, const Document& node);

Result<std::vector<Field>> read_fields(const Document& node) {
  std::vector<Field> fields;
  for (const auto& [name, value] : node.members()) {
    if (name != kSentence) fields.push_back(TRY(read_column(name, value)));
  }
  return fields;
}

Result<Field> read_scalar(std::string name, const Document& node) {
  const TypedText typed = split_typed_text(node.text());
  auto type = parse_scalar_type(typed.type);
  if (!type) return std::unexpected(node.error(type.error().message));
  return Field{std::move(name), *std::move(type), !typed.is_required, typed.sentence};
}

Result<Field> read_list(std::string name, const Document& node) {
  if (node.items().size() != 1) {
    return std::unexpected(node.error("a list column is written with one item: [string]"));
  }
  Field element = TRY(read_column("element", node.items()[0]));
  std::string sentence = std::exchange(element.comment, "");
  return Field{std::move(name), Type::list(std::move(element.type)), true, std::move(sentence)};
}

Result<Field> read_map(std::string name, const Document& node) {
  Field value = TRY(read_column("value", *node.find(kAnyName)));
  std::string sentence = std::exchange(value.comment, "");
  return Field{std::move(name), Type::map(Type{TypeKind::String}, std::move(value.type)), true,
               std::move(sentence)};
}

Result<Field> read_column(std::string name, const Document& node) {
  if (node.is_scalar()) return read_scalar(std::move(name), node);
  if (node.is_list()) return read_list(std::move(name), node);
  if (!node.is_map() || node.members().empty()) {
    return std::unexpected(node.key_error(format("column \"{}\" has no type", name)));
  }
  if (node.find(kAnyName) != nullptr) return read_map(std::move(name), node);
  Field field{std::move(name), Type::structure(TRY(read_fields(node)))};
  if (const Document* sentence = node.find(kSentence)) field.comment = sentence->text();
  return field;
}

}  // namespace

Result<Schema> read_columns(const Document& node) {
  Schema schema{TRY(read_fields(node))};
  if (const Status valid = validate(schema); !valid) {
    return std::unexpected(node.key_error(valid.error().message));
  }
  return schema;
}

}  // namespace inlet
