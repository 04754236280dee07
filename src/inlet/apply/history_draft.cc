#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "inlet/apply/history_cells_internal.h"
#include "inlet/apply/history_draft_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/key_value.h"
#include "inlet/delta/objects.h"

namespace inlet::apply {
namespace {

delta::Edit edit_of(const StoredRows* stored, const std::vector<const StoredRow*>& dead,
                    const std::vector<delta::StagedFile>& files) {
  delta::Edit edit{.operation = dead.empty() ? delta::Operation::Write : delta::Operation::Merge,
                   .add = files};
  if (!dead.empty()) edit.delete_rows = stored->positions_of(dead);
  return edit;
}

}  // namespace

HistoryDraft::HistoryDraft(const delta::Snapshot& base, const KeyedColumns& columns,
                           AuxiliaryTable& auxiliary, const RowGather& gather)
    : base_(base), columns_(columns), auxiliary_(auxiliary), gather_(gather) {}

Status HistoryDraft::take(std::string_view key, const HistoryEdit& edit, const StoredKey& stored) {
  for (const Version& version : edit.add) TRY(add(version));
  for (const Event& event : edit.keep) TRY(keep(key, event));
  for (const std::size_t i : edit.remove) removed_.push_back(stored.versions[i]);
  for (const std::size_t i : edit.forget) forgotten_.push_back(stored.kept[i]);
  return {};
}

Status HistoryDraft::add(const Version& version) {
  if (writer_ == nullptr) writer_ = std::make_unique<RowWriter>(base_, columns_);
  BatchBuilder& rows = writer_->rows();
  const std::vector<Field>& fields = rows.schema().fields;
  std::size_t cell = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool is_data =
        cell < gather_.columns().size() && fields[i].name == gather_.columns()[cell].name;
    if (is_data) {
      append_cell(rows.column(i), gather_, cell, version.cells[cell]);
      ++cell;
    } else if (fields[i].name == kStartAt) {
      TRY(append_sequence(rows.column(i), version.start));
    } else if (version.end) {
      TRY(append_sequence(rows.column(i), *version.end));
    } else {
      rows.column(i).append_null();
    }
  }
  return writer_->end_row();
}

// Columns that came into the table since have to be in the auxiliary table too.
Status HistoryDraft::open_auxiliary() {
  TRY(auxiliary_.open_or_create());
  delta::Snapshot base = TRY(auxiliary_.add_missing(gather_.columns()));
  for (const Field& field : base.schema().fields) {
    const auto found = std::ranges::find(gather_.columns(), field.name, &Field::name);
    auxiliary_columns_.emplace_back();
    if (found == gather_.columns().end()) continue;
    auxiliary_columns_.back() = static_cast<std::size_t>(found - gather_.columns().begin());
  }
  auxiliary_writer_ = std::make_unique<RowWriter>(base, columns_);
  auxiliary_base_ = std::move(base);
  return {};
}

Status HistoryDraft::keep(std::string_view key, const Event& event) {
  if (auxiliary_writer_ == nullptr) TRY(open_auxiliary());
  BatchBuilder& rows = auxiliary_writer_->rows();
  if (event.is_delete) {
    TRY(append_key_row(rows, columns_.keys, key, columns_.sequence, event.sequence,
                       {std::string(kIsDelete)}));
  }
  for (std::size_t i = 0; i < rows.columns().size(); ++i) {
    ColumnBuilder& column = rows.column(i);
    if (rows.schema().fields[i].name == kIsDelete) {
      column.append_boolean(event.is_delete);
    } else if (event.is_delete) {
      continue;
    } else if (const auto cell = auxiliary_columns_[i]) {
      append_cell(column, gather_, *cell, event.cells[*cell]);
    } else {
      column.append_null();
    }
  }
  return auxiliary_writer_->end_row();
}

Result<delta::Edit> HistoryDraft::finish(const StoredRows& target) {
  if (writer_ != nullptr) files_ = TRY(writer_->finish());
  return edit_of(&target, removed_, files_);
}

// No commit has them.
void HistoryDraft::discard() {
  delta::discard(base_, files_);
  if (auxiliary_base_) delta::discard(*auxiliary_base_, auxiliary_files_);
}

Result<bool> HistoryDraft::commit_auxiliary(const StoredRows* kept, index::KeyLocator& locator) {
  if (auxiliary_writer_ == nullptr && forgotten_.empty()) return false;
  if (!auxiliary_base_) auxiliary_base_ = TRY(auxiliary_.open());
  if (auxiliary_writer_ != nullptr) auxiliary_files_ = TRY(auxiliary_writer_->finish());
  const Status committed =
      auxiliary_.commit(*auxiliary_base_, edit_of(kept, forgotten_, auxiliary_files_));
  if (!committed && committed.error().kind == ErrorKind::Conflict) discard();
  TRY(committed);
  if (auxiliary_writer_ == nullptr) return true;
  const auto now = TRY(auxiliary_.open());
  // When it cannot be told, the next look-up reads the files instead.
  if (now) std::ignore = locator.note_commit(*now, auxiliary_writer_->written());
  return true;
}

}  // namespace inlet::apply
