#include "inlet/data/added_field.h"

#include <algorithm>

namespace inlet {
namespace {

void collect(const std::vector<Field>& wanted, const std::vector<Field>& present,
             const std::vector<std::string>& parent, std::vector<AddedField>& lacking);

void collect_inside(const Type& wanted, const Type& present, const std::vector<std::string>& path,
                    std::vector<AddedField>& lacking) {
  if (wanted.kind != present.kind) return;
  const auto step_into = [&](std::size_t index, const char* step) {
    std::vector<std::string> deeper = path;
    deeper.emplace_back(step);
    collect_inside(wanted.fields[index].type, present.fields[index].type, deeper, lacking);
  };
  switch (wanted.kind) {
    case TypeKind::Struct: collect(wanted.fields, present.fields, path, lacking); break;
    case TypeKind::List: step_into(0, "element"); break;
    case TypeKind::Map: step_into(1, "value"); break;
    default: break;
  }
}

void collect(const std::vector<Field>& wanted, const std::vector<Field>& present,
             const std::vector<std::string>& parent, std::vector<AddedField>& lacking) {
  for (const Field& field : wanted) {
    const auto found = std::ranges::find(present, field.name, &Field::name);
    if (found == present.end()) {
      AddedField& added = lacking.emplace_back(AddedField{.field = field, .parent = parent});
      added.field.is_nullable = true;
      continue;
    }
    std::vector<std::string> path = parent;
    path.push_back(field.name);
    collect_inside(field.type, found->type, path, lacking);
  }
}

// The step into a list or a map; nullptr when `type` is neither.
Type* inside(Type& type, const std::string& step) {
  if (type.kind == TypeKind::List) return &type.fields.front().type;
  if (type.kind == TypeKind::Map) return &type.fields[step == "key" ? 0 : 1].type;
  return nullptr;
}

}  // namespace

std::string AddedField::path() const {
  std::string path;
  for (const std::string& step : parent) path += step + '.';
  return path + field.name;
}

std::vector<AddedField> fields_lacking(const Schema& wanted, const Schema& present) {
  std::vector<AddedField> lacking;
  collect(wanted.fields, present.fields, {}, lacking);
  return lacking;
}

Schema with_fields(Schema schema, std::span<const AddedField> added) {
  for (const AddedField& next : added) {
    Type* type = nullptr;
    for (const std::string& step : next.parent) {
      Type* deeper = type == nullptr ? nullptr : inside(*type, step);
      if (deeper == nullptr) {
        std::vector<Field>& fields = type == nullptr ? schema.fields : type->fields;
        deeper = &std::ranges::find(fields, step, &Field::name)->type;
      }
      type = deeper;
    }
    (type == nullptr ? schema.fields : type->fields).push_back(next.field);
  }
  return schema;
}

}  // namespace inlet
