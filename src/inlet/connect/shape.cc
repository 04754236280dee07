#include "inlet/connect/shape.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet {
namespace {

using Kind = Shape::Kind;

std::string_view kind_name(const Shape& shape) {
  switch (shape.kind) {
    case Kind::Flag: return "true or false";
    case Kind::Whole: return "a whole number";
    case Kind::List: return "a list";
    case Kind::Map:
    case Kind::Columns:
    case Kind::Members: return "members (name: value)";
    case Kind::Text:
    case Kind::Scalar:
    case Kind::Any:
    case Kind::AnyOf: break;
  }
  return "text";
}

bool has_kind_of(const Document& node, const Shape& shape) {
  switch (shape.kind) {
    case Kind::Any: return true;
    case Kind::List: return node.is_list();
    case Kind::Map:
    case Kind::Columns:
    case Kind::Members: return node.is_map();
    case Kind::AnyOf:
      return std::any_of(shape.parts.begin(), shape.parts.end(),
                         [&](const Shape& part) { return has_kind_of(node, part); });
    case Kind::Text:
    case Kind::Flag:
    case Kind::Whole:
    case Kind::Scalar: return node.is_scalar();
  }
  return false;
}

Status check_choice(const Document& node, const std::vector<std::string>& choices) {
  if (choices.empty() || std::find(choices.begin(), choices.end(), node.text()) != choices.end()) {
    return {};
  }
  std::string known;
  for (const std::string& choice : choices) known.append(known.empty() ? "" : ", ").append(choice);
  return std::unexpected(
      node.error(format("\"{}\" is none of: {}{}", node.text(), known,
                        did_you_mean(node.text(), std::span<const std::string>(choices)))));
}

Status check_members(const Document& node, const std::vector<Member>& members) {
  std::vector<std::string_view> known;
  for (const Member& member : members) known.push_back(member.name);
  TRY(node.expect_members(known));
  for (const Member& member : members) {
    const Document* value = node.find(member.name);
    if (value != nullptr) {
      TRY(check_shape(*value, member.shape));
    } else if (member.presence == Presence::Required) {
      return std::unexpected(
          node.key_error(format("\"{}\" is missing: {}", member.name, member.help)));
    }
  }
  return {};
}

Status check_any_of(const Document& node, const Shape& shape) {
  for (const Shape& part : shape.parts) {
    if (has_kind_of(node, part)) return check_shape(node, part);
  }
  std::string expected;
  for (const Shape& part : shape.parts) {
    expected.append(expected.empty() ? "" : " or ").append(kind_name(part));
  }
  return std::unexpected(node.error(format("expected {}", expected)));
}

Json to_schema(const Shape& shape);

Json members_schema(const std::vector<Member>& members) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Member& member : members) {
    Json schema = to_schema(member.shape);
    schema["description"] = member.help;
    properties[member.name] = std::move(schema);
    if (member.presence == Presence::Required) required.push_back(member.name);
  }
  Json schema = {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

Json to_schema(const Shape& shape) {
  switch (shape.kind) {
    case Kind::Text:
      if (!shape.choices.empty()) return {{"enum", shape.choices}};
      return {{"type", "string"}};
    case Kind::Flag: return {{"type", "boolean"}};
    case Kind::Whole: return {{"type", "integer"}};
    case Kind::Scalar: return {{"type", Json::array({"string", "number", "boolean"})}};
    case Kind::Any: return Json::object();
    case Kind::Columns: return {{"$ref", "#/definitions/columns"}};
    case Kind::List: return {{"type", "array"}, {"items", to_schema(shape.parts[0])}};
    case Kind::Map:
      return {{"type", "object"}, {"additionalProperties", to_schema(shape.parts[0])}};
    case Kind::Members: return members_schema(shape.members);
    case Kind::AnyOf: break;
  }
  Json parts = Json::array();
  for (const Shape& part : shape.parts) parts.push_back(to_schema(part));
  return {{"anyOf", std::move(parts)}};
}

// A column is `type sentence`, a struct of columns, or a list of one column.
Json column_definition() {
  const Json column = {{"$ref", "#/definitions/column"}};
  Json alternatives = Json::array();
  alternatives.push_back({{"type", "string"}});
  alternatives.push_back({{"$ref", "#/definitions/columns"}});
  alternatives.push_back({{"type", "array"}, {"items", column}, {"minItems", 1}, {"maxItems", 1}});
  return {{"anyOf", std::move(alternatives)}};
}

// Only whether it is there matters.
template <class T>
Status discard(const Result<T>& result) {
  return result ? Status{} : std::unexpected(result.error());
}

}  // namespace

Shape Shape::text() {
  return {.kind = Kind::Text};
}
Shape Shape::choice(std::vector<std::string> choices) {
  return {.kind = Kind::Text, .choices = std::move(choices)};
}
Shape Shape::flag() {
  return {.kind = Kind::Flag};
}
Shape Shape::whole() {
  return {.kind = Kind::Whole};
}
Shape Shape::scalar() {
  return {.kind = Kind::Scalar};
}
Shape Shape::any() {
  return {.kind = Kind::Any};
}
Shape Shape::columns() {
  return {.kind = Kind::Columns};
}

Shape Shape::list(Shape item) {
  Shape shape{Kind::List};
  shape.parts.push_back(std::move(item));
  return shape;
}

Shape Shape::map(Shape value) {
  Shape shape{Kind::Map};
  shape.parts.push_back(std::move(value));
  return shape;
}

Shape Shape::with(std::vector<Member> members) {
  Shape shape{Kind::Members};
  shape.members = std::move(members);
  return shape;
}

Shape Shape::any_of(std::vector<Shape> parts) {
  Shape shape{Kind::AnyOf};
  shape.parts = std::move(parts);
  return shape;
}

Status check_shape(const Document& node, const Shape& shape) {
  if (shape.kind == Kind::AnyOf) return check_any_of(node, shape);
  if (!has_kind_of(node, shape)) {
    return std::unexpected(node.error(format("expected {}", kind_name(shape))));
  }
  switch (shape.kind) {
    case Kind::Text: return check_choice(node, shape.choices);
    case Kind::Flag: return discard(node.as_bool());
    case Kind::Whole: return discard(node.as_integer());
    case Kind::List:
      for (const Document& item : node.items()) TRY(check_shape(item, shape.parts[0]));
      return {};
    case Kind::Map:
      for (const auto& [name, value] : node.members()) TRY(check_shape(value, shape.parts[0]));
      return {};
    case Kind::Members: return check_members(node, shape.members);
    case Kind::Scalar:
    case Kind::Any:
    case Kind::Columns:
    case Kind::AnyOf: break;
  }
  return {};
}

Json json_schema_of(const Shape& shape, std::string_view title) {
  Json schema = to_schema(shape);
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["title"] = title;
  schema["definitions"]["column"] = column_definition();
  schema["definitions"]["columns"] = {{"type", "object"},
                                      {"additionalProperties", {{"$ref", "#/definitions/column"}}}};
  return schema;
}

}  // namespace inlet
