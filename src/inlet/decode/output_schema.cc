#include <utility>

#include "inlet/decode/output_schema_internal.h"

namespace inlet::decode {
namespace {

void make_nullable(Field& field) {
  field.is_nullable = true;
  for (Field& child : field.type.fields) {
    if (field.type.kind != TypeKind::Map || child.name != "key") make_nullable(child);
  }
}

}  // namespace

Schema output_schema_of(Schema schema, const DecodeOptions& options) {
  if (options.policy == CoercionPolicy::Lakeflow) {
    for (Field& field : schema.fields) make_nullable(field);
  }
  if (options.has_rescued_column) {
    schema.fields.push_back({.name = std::string(kRescuedColumn),
                             .type = Type{.kind = TypeKind::String},
                             .comment = "What the columns had no place for, as {path: value}."});
  }
  return schema;
}

}  // namespace inlet::decode
