#include <algorithm>
#include <tuple>
#include <utility>

#include "inlet/apply/row_completion_internal.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::apply {

void EarlierChanges::add(std::uint32_t key, EarlierChange change) {
  num_bytes_ += sizeof(EarlierChange) + change.sequence.size();
  by_key_[key].push_back(std::move(change));
}

void EarlierChanges::clear() {
  by_key_.clear();
  num_bytes_ = 0;
}

bool EarlierChanges::has_delete_after(std::uint32_t key, std::string_view sequence) const {
  const auto found = by_key_.find(key);
  return found != by_key_.end() &&
         std::ranges::any_of(found->second, [sequence](const EarlierChange& change) {
           return change.is_delete && change.sequence > sequence;
         });
}

std::vector<delta::RowPlace> EarlierChanges::upserts_of(std::uint32_t key) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return {};
  std::vector<const EarlierChange*> upserts;
  for (const EarlierChange& change : found->second) {
    if (!change.is_delete && !has_delete_after(key, change.sequence)) upserts.push_back(&change);
  }
  std::ranges::stable_sort(upserts, {}, &EarlierChange::sequence);
  std::vector<delta::RowPlace> places;
  for (auto next = upserts.rbegin(); next != upserts.rend(); ++next) {
    places.push_back((*next)->place);
  }
  return places;
}

Result<RowCompletion> RowCompletion::make(const delta::Snapshot& table, const HeldBatches& batches,
                                          const EarlierChanges& earlier) {
  RowCompletion made(table, earlier);
  for (const auto& batch : batches) TRY(made.gather_.add(*batch));
  return made;
}

Status RowCompletion::read(std::vector<ReplacedRow> rows, const std::vector<delta::DataFile>& files,
                           const std::vector<std::string>& lacking) {
  // No column asked for would mean all of them.
  if (lacking.empty()) return {};
  std::ranges::sort(rows, {},
                    [](const ReplacedRow& row) { return std::tie(row.file, row.position); });
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(
        first, rows.end(), [first](const ReplacedRow& row) { return row.file != first->file; });
    std::vector<std::uint64_t> positions;
    for (auto row = first; row != last; ++row) positions.push_back(row->position);
    const delta::DataFile& file = files[first->file];
    const auto keep = [&](Batch batch, std::span<const std::uint64_t>) -> Status {
      const std::uint32_t number = TRY(gather_.add(stored_.emplace_back(std::move(batch))));
      const std::size_t num_rows = stored_.back().num_rows();
      for (std::uint32_t row = 0; row < num_rows; ++row, ++first) {
        replaced_.insert_or_assign(first->key, delta::RowPlace{.batch = number, .row = row});
      }
      return {};
    };
    TRY(table_->read_rows(file, lacking, positions, keep));
    if (first == last) continue;
    return fail(ErrorKind::Bug, format("{} of {} rows asked for are not in {}", last - first,
                                       positions.size(), file.path));
  }
  return {};
}

void RowCompletion::append(BatchBuilder& rows, std::uint32_t key, delta::RowPlace place) const {
  std::vector<delta::RowPlace> tellers = {place};
  const std::vector<delta::RowPlace> earlier = earlier_->upserts_of(key);
  tellers.insert(tellers.end(), earlier.begin(), earlier.end());
  const auto replaced = replaced_.find(key);
  if (replaced != replaced_.end()) tellers.push_back(replaced->second);
  for (std::size_t column = 0; column < rows.columns().size(); ++column) {
    const auto teller = std::ranges::find_if(
        tellers, [&](delta::RowPlace of) { return gather_.find(column, of.batch).has_value(); });
    if (teller == tellers.end()) {
      rows.column(column).append_null();
    } else {
      gather_.append(rows.column(column), column, *teller);
    }
  }
}

}  // namespace inlet::apply
