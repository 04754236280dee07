#include "inlet/apply/row_gather.h"

#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::apply {
namespace {

TypeKind stored_kind(TypeKind kind) {
  return kind == TypeKind::Json ? TypeKind::String : kind;
}

// Stored alike, whatever may be null.
bool is_alike(const Type& a, const Type& b) {
  const bool is_same_kind = stored_kind(a.kind) == stored_kind(b.kind) &&
                            a.precision == b.precision && a.scale == b.scale;
  return is_same_kind && std::ranges::equal(a.fields, b.fields, [](const Field& x, const Field& y) {
           return x.name == y.name && is_alike(x.type, y.type);
         });
}

}  // namespace

Result<std::uint32_t> RowGather::add(const Batch& batch) {
  Source source{.batch = &batch, .places = {}};
  for (const Field& column : columns_) {
    const auto place = batch.schema().index_of(column.name);
    source.places.push_back(place);
    if (!place) continue;
    const Type& type = batch.schema().fields[*place].type;
    if (is_alike(type, column.type)) continue;
    return fail(ErrorKind::Config,
                format("column {} is {} in the table and {} in rows to be merged with it; rebuild "
                       "the table with a full refresh",
                       column.name, to_text(column.type), to_text(type)));
  }
  sources_.push_back(std::move(source));
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

Result<std::uint32_t> RowGather::add(const Batch& batch, const std::vector<std::string>& only) {
  const std::uint32_t number = TRY(add(batch));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const bool is_there = std::ranges::find(only, columns_[i].name) != only.end();
    if (!is_there) sources_.back().places[i].reset();
  }
  return number;
}

std::optional<ColumnView> RowGather::find(std::size_t column, std::uint32_t batch) const {
  const Source& source = sources_[batch];
  const auto place = source.places[column];
  if (!place) return std::nullopt;
  return ColumnView(source.batch->schema().fields[*place].type,
                    *source.batch->array().children[*place]);
}

void RowGather::append(ColumnBuilder& to, std::size_t column, delta::RowPlace place) const {
  if (const auto values = find(column, place.batch)) {
    to.append_rows(*values, place.row, 1);
  } else {
    to.append_null();
  }
}

}  // namespace inlet::apply
