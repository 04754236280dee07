#include "inlet/apply/key_editor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "inlet/apply/history_cells_internal.h"
#include "inlet/apply/history_columns_internal.h"
#include "inlet/apply/history_edit.h"
#include "inlet/apply/row_marks_internal.h"
#include "inlet/apply/snapshot_edit_internal.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/key_value.h"

namespace inlet::apply {
namespace {

// A row of the key whose rows are coming in.
struct KeyRow {
  RowRole role = RowRole::Stored;
  StoredRow row = {};
};

std::shared_ptr<const Schema> with_fields(Schema schema, std::vector<Field> more) {
  for (Field& field : schema.fields) field.is_nullable = true;
  for (Field& field : more) schema.fields.push_back(std::move(field));
  return std::make_shared<const Schema>(std::move(schema));
}

Field plain(std::string_view name, TypeKind kind) {
  return {std::string(name), {kind}, true, ""};
}

}  // namespace

struct KeyEditor::Impl {
  Impl(const Schema& table, KeyRules given, HistoryColumns history)
      : rules(std::move(given)),
        columns(std::move(history)),
        input(with_fields(table, {plain(kRole, TypeKind::Int), plain(kPosition, TypeKind::Long)})),
        output(
            with_fields(table, {plain(kEdit, TypeKind::Int),
                                plain(kIsDelete, TypeKind::Boolean),
                                {std::string(kCounts), Type::list({TypeKind::Long}), true, ""}})),
        edits(output),
        gather(columns.columns()) {}

  const KeyRules rules;
  const HistoryColumns columns;
  const std::shared_ptr<const Schema> input;
  const std::shared_ptr<const Schema> output;
  BatchBuilder edits;
  Counts counts;

  std::vector<std::shared_ptr<const Batch>> held;  // with rows of `key`, and behind
  RowGather gather;                                // of them: as stored rows, then by what was sent
  std::string key;
  std::vector<KeyRow> rows;  // of `key`

  Status enter(const Batch& batch);
  Status hold(Batch batch);
  Status drop_past();
  Result<KeyRow> read(std::size_t row, RowRole role, const RowMarks& marks,
                      const RowKey& sequence) const;
  Status end_key();
  StoredHistory stored_of(std::vector<const StoredRow*>& versions,
                          std::vector<const StoredRow*>& kept) const;
  std::vector<Event> changes_of() const;
  Event event_of(const KeyRow& change) const;
  Status give(const HistoryEdit& edit, const std::vector<const StoredRow*>& versions,
              const std::vector<const StoredRow*>& kept);
  void give_stored(RowEdit what, const StoredRow& row);
  void give_values(const std::vector<Cell>& cells);
  Status give_version(const Version& version);
  Status give_event(const Event& event);
  void give_marks(RowEdit what, std::optional<bool> is_delete);
  void count(const HistoryEdit& edit);
  std::size_t num_columns() const { return columns.columns().size(); }
  std::size_t num_views() const { return 1 + rules.sent.size(); }
};

Status KeyEditor::Impl::enter(const Batch& batch) {
  TRY(gather.add(batch));
  for (const std::vector<std::string>& sent : rules.sent) TRY(gather.add(batch, sent));
  return {};
}

Status KeyEditor::Impl::hold(Batch batch) {
  held.push_back(std::make_shared<const Batch>(std::move(batch)));
  return enter(*held.back());
}

// Batches without a row of the key that goes on.
Status KeyEditor::Impl::drop_past() {
  const std::size_t first = rows.empty() ? held.size() : rows.front().row.place.batch / num_views();
  held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(first));
  gather = RowGather(columns.columns());
  for (const std::shared_ptr<const Batch>& batch : held) TRY(enter(*batch));
  for (KeyRow& row : rows) row.row.place.batch -= static_cast<std::uint32_t>(first * num_views());
  return {};
}

// Of the batch that was held last.
Result<KeyRow> KeyEditor::Impl::read(std::size_t row, RowRole role, const RowMarks& marks,
                                     const RowKey& sequence) const {
  const std::size_t first_view = (held.size() - 1) * num_views();
  const bool is_upsert = role >= RowRole::Upsert;
  const std::size_t sent =
      static_cast<std::size_t>(role) - static_cast<std::size_t>(RowRole::Upsert);
  if (is_upsert && sent >= rules.sent.size()) {
    return fail(ErrorKind::Bug, format("a row has the role {}", static_cast<int>(role)));
  }
  KeyRow read{.role = is_upsert ? RowRole::Upsert : role, .row = {}};
  read.row.place = {.batch = static_cast<std::uint32_t>(first_view + (is_upsert ? 1 + sent : 0)),
                    .row = static_cast<std::uint32_t>(row)};
  sequence.append_to(read.row.sequence, row);
  if (role == RowRole::Stored) marks.read(row, read.row);
  read.row.is_delete = role == RowRole::KeptDelete || role == RowRole::Delete;
  return read;
}

Event KeyEditor::Impl::event_of(const KeyRow& change) const {
  const StoredRow& row = change.row;
  Event event{.sequence = row.sequence, .is_delete = row.is_delete};
  if (!row.is_delete) event.cells = columns.read(gather, row.place);
  return event;
}

StoredHistory KeyEditor::Impl::stored_of(std::vector<const StoredRow*>& versions,
                                         std::vector<const StoredRow*>& kept) const {
  StoredHistory stored;
  for (const KeyRow& one : rows) {
    if (one.role == RowRole::Stored) {
      versions.push_back(&one.row);
      stored.versions.push_back({.sequence = one.row.sequence,
                                 .start = one.row.start,
                                 .end = one.row.end,
                                 .cells = columns.read(gather, one.row.place)});
    } else if (one.role == RowRole::KeptUpsert || one.role == RowRole::KeptDelete) {
      kept.push_back(&one.row);
      stored.kept.push_back(event_of(one));
    }
  }
  return stored;
}

std::vector<Event> KeyEditor::Impl::changes_of() const {
  std::vector<const KeyRow*> changes;
  for (const KeyRow& one : rows) {
    if (one.role == RowRole::Upsert || one.role == RowRole::Delete) changes.push_back(&one);
  }
  std::ranges::stable_sort(changes, {}, [](const KeyRow* one) { return one->row.position; });
  std::vector<Event> events;
  for (const KeyRow* one : changes) events.push_back(event_of(*one));
  return events;
}

Status KeyEditor::Impl::end_key() {
  if (rows.empty()) return {};
  std::vector<const StoredRow*> versions;
  std::vector<const StoredRow*> kept;
  const StoredHistory stored = stored_of(versions, kept);
  std::vector<Event> changes = changes_of();
  if (!changes.empty() || rules.snapshot) {
    const HistoryEdit edit = rules.snapshot
                                 ? edit_snapshot(stored, std::move(changes), *rules.snapshot,
                                                 rules.history.keeps_versions)
                                 : edit_history(stored, std::move(changes), columns.rules());
    count(edit);
    TRY(give(edit, versions, kept));
  }
  rows.clear();
  return {};
}

void KeyEditor::Impl::count(const HistoryEdit& edit) {
  counts.num_deleted += edit.has_deleted ? 1 : 0;
  for (const Outcome outcome : edit.outcomes) {
    switch (outcome) {
      case Outcome::Committed: ++counts.num_committed; break;
      case Outcome::Unchanged: ++counts.num_unchanged; break;
      case Outcome::Deduplicated: ++counts.num_deduplicated; break;
    }
  }
}

// Rows that cannot be told from one that goes go with it, and come again.
Status KeyEditor::Impl::give(const HistoryEdit& edit, const std::vector<const StoredRow*>& versions,
                             const std::vector<const StoredRow*>& kept) {
  const auto settle = [&](const std::vector<std::size_t>& gone,
                          const std::vector<const StoredRow*>& stored, RowEdit removal,
                          RowEdit addition, const auto& is_twin) {
    std::vector<const StoredRow*> told;
    for (const std::size_t i : gone) {
      const auto is_same = [&](const StoredRow* other) { return is_twin(*stored[i], *other); };
      if (std::ranges::any_of(told, is_same)) continue;
      told.push_back(stored[i]);
      give_stored(removal, *stored[i]);
      for (std::size_t j = 0; j < stored.size(); ++j) {
        const bool stays = std::ranges::find(gone, j) == gone.end();
        if (stays && is_same(stored[j])) give_stored(addition, *stored[j]);
      }
    }
  };
  settle(edit.remove, versions, RowEdit::Remove, RowEdit::Add,
         [](const StoredRow& a, const StoredRow& b) { return a.start == b.start; });
  settle(edit.forget, kept, RowEdit::Forget, RowEdit::Keep,
         [](const StoredRow& a, const StoredRow& b) {
           return a.sequence == b.sequence && a.is_delete == b.is_delete;
         });
  for (const Version& version : edit.add) TRY(give_version(version));
  for (const Event& event : edit.keep) TRY(give_event(event));
  return {};
}

void KeyEditor::Impl::give_marks(RowEdit what, std::optional<bool> is_delete) {
  const std::size_t first = output->fields.size() - 3;
  edits.column(first).append_int32(static_cast<std::int32_t>(what));
  if (is_delete) {
    edits.column(first + 1).append_boolean(*is_delete);
  } else {
    edits.column(first + 1).append_null();
  }
  edits.column(first + 2).append_null();
}

void KeyEditor::Impl::give_stored(RowEdit what, const StoredRow& row) {
  const Batch& batch = *held[row.place.batch / num_views()];
  for (std::size_t i = 0; i + 3 < output->fields.size(); ++i) {
    edits.column(i).append_rows({batch.schema().fields[i].type, *batch.array().children[i]},
                                row.place.row, 1);
  }
  const bool is_event = what == RowEdit::Forget || what == RowEdit::Keep;
  give_marks(what, is_event ? std::optional(row.is_delete) : std::nullopt);
}

void KeyEditor::Impl::give_values(const std::vector<Cell>& cells) {
  for (std::size_t i = 0; i < num_columns(); ++i) append_cell(edits.column(i), gather, i, cells[i]);
}

Status KeyEditor::Impl::give_version(const Version& version) {
  give_values(version.cells);
  if (rules.history.keeps_versions) {
    TRY(append_sequence(edits.column(num_columns()), version.start));
    ColumnBuilder& end = edits.column(num_columns() + 1);
    if (version.end) {
      TRY(append_sequence(end, *version.end));
    } else {
      end.append_null();
    }
  }
  give_marks(RowEdit::Add, std::nullopt);
  return {};
}

Status KeyEditor::Impl::give_event(const Event& event) {
  const std::size_t num_marks = output->fields.size() - num_columns();
  if (event.is_delete) {
    std::vector<std::string> others;
    for (std::size_t i = 0; i < num_marks; ++i) {
      others.push_back(output->fields[num_columns() + i].name);
    }
    TRY(append_key_row(edits, rules.columns.keys, key, rules.columns.sequence, event.sequence,
                       others));
  } else {
    give_values(event.cells);
  }
  for (std::size_t i = num_columns(); i + 3 < output->fields.size(); ++i) {
    edits.column(i).append_null();
  }
  give_marks(RowEdit::Keep, event.is_delete);
  return {};
}

Result<KeyEditor> KeyEditor::make(const Schema& table, KeyRules rules) {
  HistoryColumns columns = TRY(HistoryColumns::make(table, rules.columns, rules.history));
  return KeyEditor(std::make_unique<Impl>(table, std::move(rules), std::move(columns)));
}

KeyEditor::KeyEditor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KeyEditor::~KeyEditor() = default;
KeyEditor::KeyEditor(KeyEditor&&) noexcept = default;

const std::shared_ptr<const Schema>& KeyEditor::input() const {
  return impl_->input;
}

const std::shared_ptr<const Schema>& KeyEditor::output() const {
  return impl_->output;
}

Result<Batch> KeyEditor::take(Batch rows) {
  Impl& impl = *impl_;
  TRY(impl.hold(std::move(rows)));
  const Batch& batch = *impl.held.back();
  const RowKey key = TRY(RowKey::make(batch, impl.rules.columns.keys));
  const RowKey sequence = TRY(RowKey::make(batch, impl.rules.columns.sequence));
  const RowMarks marks = TRY(RowMarks::make(batch));
  const ColumnView roles = *ColumnView::find(batch, kRole);
  const ColumnView positions = *ColumnView::find(batch, kPosition);
  std::string bytes;
  for (std::size_t row = 0; row < batch.num_rows(); ++row) {
    bytes.clear();
    key.append_to(bytes, row);
    if (bytes != impl.key) {
      TRY(impl.end_key());
      impl.key = bytes;
    }
    KeyRow next = TRY(impl.read(row, static_cast<RowRole>(roles.int32(row)), marks, sequence));
    if (!positions.is_null(row)) {
      next.row.position = static_cast<std::uint64_t>(positions.int64(row));
    }
    impl.rows.push_back(std::move(next));
  }
  TRY(impl.drop_past());
  return impl.edits.finish();
}

Result<Batch> KeyEditor::finish() {
  Impl& impl = *impl_;
  TRY(impl.end_key());
  const std::size_t last = impl.output->fields.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    const bool is_edit = impl.output->fields[i].name == kEdit;
    if (is_edit) {
      impl.edits.column(i).append_int32(static_cast<std::int32_t>(RowEdit::Count));
    } else {
      impl.edits.column(i).append_null();
    }
  }
  const Counts& counts = impl.counts;
  for (const std::uint64_t count : std::array{counts.num_committed, counts.num_unchanged,
                                              counts.num_deduplicated, counts.num_deleted}) {
    impl.edits.column(last).child(0).append_int64(static_cast<std::int64_t>(count));
  }
  impl.edits.column(last).end_list();
  return impl.edits.finish();
}

}  // namespace inlet::apply
