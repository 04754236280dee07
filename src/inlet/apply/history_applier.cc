#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/apply/history_columns_internal.h"
#include "inlet/apply/history_draft_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/key_numbers.h"
#include "inlet/data/row_key.h"

namespace inlet::apply {
namespace {

constexpr int kMaxAttempts = 5;
struct HeldChange {
  std::string sequence;
  delta::RowPlace place = {};  // of an upsert
  bool is_delete = false;
  bool is_stored = false;  // an earlier prepare() has brought it into the auxiliary table
};

struct HeldKey {
  std::vector<HeldChange> changes;  // in source order
  std::string first_sequence;       // the least of theirs
};

bool lacks_members(const std::vector<Field>& columns, const Schema& table) {
  return std::ranges::any_of(fields_lacking({columns}, table),
                             [](const AddedField& added) { return !added.parent.empty(); });
}

class History final : public Applier {
 public:
  History(std::unique_ptr<index::KeyLocator> locator, KeyedColumns columns, HistoryOptions options,
          AuxiliaryTable auxiliary)
      : columns_(std::move(columns)),
        options_(std::move(options)),
        auxiliary_(std::move(auxiliary)),
        locator_(std::move(locator)),
        auxiliary_locator_(index::make_probe(columns_.keys, columns_.sequence)) {}

  Status add(Batch batch, ChangeKind kind) override {
    const RowKey key = TRY(RowKey::make(batch, columns_.keys));
    const RowKey sequence = TRY(RowKey::make(batch, columns_.sequence));
    HeldChange next{.sequence = {}, .is_delete = kind == ChangeKind::Delete};
    next.place.batch = static_cast<std::uint32_t>(batches_.size());
    std::string bytes;
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
      bytes.clear();
      key.append_to(bytes, row);
      next.sequence.clear();
      sequence.append_to(next.sequence, row);
      next.place.row = row;
      hold(numbers_.add(bytes).number, next);
    }
    if (next.is_delete) return {};
    held_bytes_ += batch.num_bytes();
    batches_.push_back(std::move(batch));
    return {};
  }

  std::uint64_t held_bytes() const override { return held_bytes_ + numbers_.num_bytes(); }
  std::uint64_t staged_bytes() const override { return held_bytes(); }

  Result<Prepared> prepare(const delta::Snapshot& base) override {
    writer_.reset();
    if (keys_.empty()) return Prepared{};
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
      Result<Prepared> prepared = try_prepare(base);
      if (prepared || prepared.error().kind != ErrorKind::Conflict) return prepared;
      auxiliary_.forget();
    }
    return fail(
        ErrorKind::Conflict,
        auxiliary_.url() + ": another run of the same object keeps writing it; let it finish");
  }

  void clear(const delta::Snapshot& now) override {
    std::vector<index::WrittenKeys> written;
    if (writer_ != nullptr) written = writer_->written();
    // When it cannot be told, the next look-up reads the files instead.
    std::ignore = locator_->note_commit(now, written);
    writer_.reset();
    batches_.clear();
    // Also its memory, which counts as held.
    numbers_ = KeyNumbers();
    keys_.clear();
    held_bytes_ = 0;
  }

 private:
  void hold(std::uint32_t key, const HeldChange& change) {
    if (key == keys_.size()) {
      keys_.push_back({.changes = {}, .first_sequence = change.sequence});
      held_bytes_ += sizeof(HeldKey);
    }
    HeldKey& held = keys_[key];
    held.changes.push_back(change);
    held.first_sequence = std::min(held.first_sequence, change.sequence);
    held_bytes_ += sizeof(HeldChange) + change.sequence.size();
  }

  // Conflict: another has written the auxiliary table meanwhile.
  Result<Prepared> try_prepare(const delta::Snapshot& base) {
    const HistoryColumns columns = TRY(HistoryColumns::make(base.schema(), columns_, options_));
    RowGather gather(columns.columns());
    for (const Batch& batch : batches_) TRY(gather.add(batch));
    const std::vector<std::string_view> keys = numbers_.keys();
    StoredRows target = TRY(StoredRows::locate(base, *locator_, keys));
    std::optional<StoredRows> kept;
    if (auto auxiliary = TRY(auxiliary_.open())) {
      // Columns it lacks read as null; values of structs are of one type here and there.
      if (lacks_members(columns.columns(), auxiliary->schema())) {
        auxiliary = TRY(auxiliary_.add_missing(columns.columns()));
      }
      kept = TRY(StoredRows::locate(*auxiliary, *auxiliary_locator_, keys));
    }
    const std::vector<StoredKey> stored = TRY(read(target, kept ? &*kept : nullptr, gather));

    Prepared prepared;
    std::vector<HeldChange*> news;
    HistoryDraft draft(base, columns_, auxiliary_, gather);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const HistoryEdit edit = edit_key(keys_[i], stored[i], columns, gather);
      TRY(draft.take(keys[i], edit, stored[i]));
      count(edit, keys_[i], prepared.counts, news);
    }
    prepared.edit = TRY(draft.finish(target));
    if (TRY(draft.commit_auxiliary(kept ? &*kept : nullptr, *auxiliary_locator_))) {
      for (HeldChange* change : news) change->is_stored = true;
    }
    writer_ = draft.release_writer();
    return prepared;
  }

  // Reads what the changes of each key need of its stored rows: all, or just the end.
  Result<std::vector<StoredKey>> read(StoredRows& target, StoredRows* kept, RowGather& gather) {
    std::vector<StoredKey> stored;
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
      stored.push_back(select_tail(i, target, kept));
      if (!stored.back().is_tail) stored.back() = select_all(i, target, kept);
    }
    TRY(read_selected(stored, target, kept, gather));
    // A row that shows a sequence from outside its interval is not where its sequence says.
    const auto is_misplaced = [](const StoredKey& key) {
      return key.is_tail && !is_inside(*key.versions.front());
    };
    if (std::ranges::none_of(stored, is_misplaced)) return stored;
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
      if (is_misplaced(stored[i])) stored[i] = select_all(i, target, kept);
    }
    TRY(read_selected(stored, target, kept, gather));
    return stored;
  }

  static bool is_inside(const StoredRow& row) {
    return row.sequence >= row.start && (!row.end || row.sequence < *row.end);
  }

  static StoredKey select_all(std::uint32_t key, StoredRows& target, StoredRows* kept) {
    StoredKey stored;
    for (StoredRow& row : target.of(key)) stored.versions.push_back(&row);
    if (kept == nullptr) return stored;
    for (StoredRow& row : kept->of(key)) stored.kept.push_back(&row);
    return stored;
  }

  // The latest version and what is kept after it, if no change goes further back.
  StoredKey select_tail(std::uint32_t key, StoredRows& target, StoredRows* kept) const {
    const std::span<StoredRow> versions = target.of(key);
    if (!options_.keeps_versions || versions.empty()) return {};
    StoredRow& latest = *std::ranges::max_element(versions, {}, &StoredRow::sequence);
    if (keys_[key].first_sequence <= latest.sequence) return {};
    if (std::ranges::count(versions, latest.sequence, &StoredRow::sequence) > 1) return {};
    StoredKey stored{.versions = {&latest}, .kept = {}, .is_tail = true};
    if (kept == nullptr) return stored;
    for (StoredRow& row : kept->of(key)) {
      if (row.sequence == latest.sequence) return {};
      if (row.sequence > latest.sequence) stored.kept.push_back(&row);
    }
    return stored;
  }

  static Status read_selected(const std::vector<StoredKey>& stored, StoredRows& target,
                              StoredRows* kept, RowGather& gather) {
    std::vector<StoredRow*> versions;
    std::vector<StoredRow*> events;
    for (const StoredKey& key : stored) {
      versions.insert(versions.end(), key.versions.begin(), key.versions.end());
      events.insert(events.end(), key.kept.begin(), key.kept.end());
    }
    TRY(target.read(std::move(versions), gather));
    return kept == nullptr ? Status{} : kept->read(std::move(events), gather);
  }

  static HistoryEdit edit_key(const HeldKey& key, const StoredKey& rows,
                              const HistoryColumns& columns, const RowGather& gather) {
    StoredHistory stored{.versions = {}, .kept = {}, .is_tail = rows.is_tail};
    for (const StoredRow* row : rows.versions) {
      stored.versions.push_back({.sequence = row->sequence,
                                 .start = row->start,
                                 .end = row->end,
                                 .cells = columns.read_stored(gather, row->place)});
    }
    for (const StoredRow* row : rows.kept) {
      Event& event =
          stored.kept.emplace_back(Event{.sequence = row->sequence, .is_delete = row->is_delete});
      if (!row->is_delete) event.cells = columns.read_stored(gather, row->place);
    }
    std::vector<Event> changes;
    for (const HeldChange& change : key.changes) {
      Event& event =
          changes.emplace_back(Event{.sequence = change.sequence, .is_delete = change.is_delete});
      if (!change.is_delete) event.cells = columns.read(gather, change.place);
    }
    return edit_history(stored, std::move(changes), columns.rules());
  }

  // What an earlier try has brought into the auxiliary table is news all the same.
  static void count(const HistoryEdit& edit, HeldKey& key, Counts& counts,
                    std::vector<HeldChange*>& news) {
    counts.num_deleted += edit.has_deleted ? 1 : 0;
    for (std::size_t i = 0; i < edit.outcomes.size(); ++i) {
      HeldChange& change = key.changes[i];
      const Outcome outcome = edit.outcomes[i];
      if (outcome == Outcome::Deduplicated) {
        ++counts.num_deduplicated;
      } else if (outcome == Outcome::Unchanged && !change.is_stored) {
        ++counts.num_unchanged;
      } else {
        ++counts.num_committed;
        news.push_back(&change);
      }
    }
  }

  const KeyedColumns columns_;
  const HistoryOptions options_;
  AuxiliaryTable auxiliary_;
  std::unique_ptr<index::KeyLocator> locator_;
  std::unique_ptr<index::KeyLocator> auxiliary_locator_;
  std::vector<Batch> batches_;
  KeyNumbers numbers_;
  std::vector<HeldKey> keys_;          // by their number
  std::unique_ptr<RowWriter> writer_;  // of the last prepare()
  std::uint64_t held_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Applier> make_history(std::unique_ptr<index::KeyLocator> locator,
                                      KeyedColumns columns, HistoryOptions options,
                                      AuxiliaryTable auxiliary) {
  return std::make_unique<History>(std::move(locator), std::move(columns), std::move(options),
                                   std::move(auxiliary));
}

}  // namespace inlet::apply
