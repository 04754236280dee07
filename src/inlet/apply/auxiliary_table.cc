#include "inlet/apply/auxiliary_table.h"

#include <algorithm>
#include <utility>

#include "inlet/base/try.h"

namespace inlet::apply {
namespace {

// The type at a dotted path, which is there.
const Type& type_at(const std::vector<Field>& fields, std::string_view path) {
  for (const Field& field : fields) {
    if (field.name == path) return field.type;
  }
  for (const Field& field : fields) {
    const bool is_inside = path.starts_with(field.name) && path.size() > field.name.size() &&
                           path[field.name.size()] == '.';
    if (is_inside) return type_at(field.type.fields, path.substr(field.name.size() + 1));
  }
  std::unreachable();
}

}  // namespace

Type interval_type(const Schema& source_schema, const std::vector<std::string>& sequence) {
  if (sequence.size() == 1) return type_at(source_schema.fields, sequence.front());
  std::vector<Field> members;
  for (const std::string& path : sequence) {
    members.push_back(
        {path.substr(path.rfind('.') + 1), type_at(source_schema.fields, path), true, ""});
  }
  return Type::structure(std::move(members));
}

AuxiliaryTable::AuxiliaryTable(const delta::Snapshot& target, const Schema& source_schema,
                               std::vector<std::string> never_null, std::function<void()> on_commit)
    : engine_(target.engine()),
      url_(target.url() + "_aux"),
      compatibility_(target.has_deletion_vectors() ? delta::Compatibility::Usual
                                                   : delta::Compatibility::Max),
      schema_(source_schema),
      on_commit_(std::move(on_commit)) {
  for (Field& field : schema_.fields) {
    field.is_nullable = std::ranges::find(never_null, field.name) == never_null.end();
  }
  schema_.fields.push_back({std::string(kIsDelete), {TypeKind::Boolean}, false, ""});
}

Result<std::optional<delta::Snapshot>> AuxiliaryTable::open() {
  if (!snapshot_ && !is_absent_) {
    Result<delta::Snapshot> opened = delta::Snapshot::open(engine_, url_);
    is_absent_ = !opened && opened.error().kind == ErrorKind::NotFound;
    if (!is_absent_) snapshot_ = TRY(std::move(opened));
  }
  return snapshot_;
}

Result<delta::Snapshot> AuxiliaryTable::open_or_create() {
  if (!snapshot_) {
    snapshot_ = TRY(
        delta::Snapshot::open_or_create(engine_, url_, schema_, {.compatibility = compatibility_}));
  }
  return add_missing(schema_.fields);
}

Result<delta::Snapshot> AuxiliaryTable::add_missing(const std::vector<Field>& columns) {
  std::vector<AddedField> missing = fields_lacking({columns}, snapshot_->schema());
  if (!missing.empty()) {
    snapshot_ = TRY(delta::commit(*snapshot_, {.add_columns = std::move(missing)}));
  }
  return *snapshot_;
}

Status AuxiliaryTable::remove_rows() {
  const auto table = TRY(open());
  if (!table) return {};
  delta::Edit edit{.operation = delta::Operation::Delete};
  for (const delta::DataFile& file : TRY(table->files())) edit.remove.push_back(file.path);
  return edit.remove.empty() ? Status{} : commit(*table, std::move(edit));
}

void AuxiliaryTable::forget() {
  snapshot_.reset();
  is_absent_ = false;
}

Status AuxiliaryTable::commit(const delta::Snapshot& base, delta::Edit edit) {
  if (on_commit_) on_commit_();
  snapshot_ = TRY(delta::commit(base, edit));
  if (on_commit_) on_commit_();
  return {};
}

}  // namespace inlet::apply
