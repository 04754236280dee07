#include <utility>

#include "inlet/base/try.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/key_numbers.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/held_rows_internal.h"

namespace inlet::delta {

namespace {

// Batches of one reader share their schema, so the comparison is a pointer's most of the time.
Status expect_one_schema(const Batch& first, const Batch& other) {
  const bool is_one =
      first.shared_schema() == other.shared_schema() || first.schema() == other.schema();
  return is_one ? Status{} : fail(ErrorKind::Bug, "a batch has another schema than its file");
}

}  // namespace

Status HeldRows::add(Batch batch) {
  if (!batches_.empty()) TRY(expect_one_schema(batches_.front(), batch));
  first_numbers_.push_back(num_rows_);
  num_rows_ += batch.num_rows();
  num_bytes_ += batch.num_bytes();
  batches_.push_back(std::move(batch));
  return {};
}

Status HeldRows::add(std::span<const Batch> batches, std::span<const RowPlace> rows) {
  for (const Batch& batch : batches) TRY(expect_one_schema(batches.front(), batch));
  BatchBuilder copy(batches.front().shared_schema());
  for (const RowPlace& row : rows) copy.append(batches[row.batch], row.row, 1);
  return add(copy.finish());
}

Result<std::vector<HeldRows::Group>> HeldRows::groups() const {
  std::vector<Group> groups;
  KeyNumbers numbers;
  std::string bytes;
  for (std::uint32_t batch = 0; batch < batches_.size(); ++batch) {
    std::vector<std::string> present;
    for (const std::string& name : columns_) {
      // In a batch that lacks the column all are null.
      if (batches_[batch].schema().index_of(name)) present.push_back(name);
    }
    const RowKey partition = TRY(RowKey::make(batches_[batch], present));
    for (std::uint32_t row = 0; row < batches_[batch].num_rows(); ++row) {
      bytes.clear();
      partition.append_to(bytes, row);
      const auto [number, is_new] = numbers.add(bytes);
      if (is_new) groups.push_back({.partition = bytes, .rows = {}});
      groups[number].rows.push_back({.batch = batch, .row = row});
    }
  }
  return groups;
}

Batch HeldRows::gather(const Group& group) const {
  BatchBuilder rows(batches_.front().shared_schema());
  for (auto first = group.rows.begin(); first != group.rows.end();) {
    auto last = first + 1;
    while (last != group.rows.end() && last->batch == first->batch && last->row == last[-1].row + 1)
      ++last;
    rows.append(batches_[first->batch], first->row, static_cast<std::size_t>(last - first));
    first = last;
  }
  return rows.finish();
}

void HeldRows::clear() {
  batches_.clear();
  first_numbers_.clear();
  num_bytes_ = 0;
  num_rows_ = 0;
}

}  // namespace inlet::delta
