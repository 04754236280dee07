#include <memory>
#include <utility>

#include "inlet/apply/row_writer_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"

namespace inlet::apply {
namespace {

constexpr std::size_t kBatchBytes = 8ULL << 20;
// num_bytes() walks all columns: asked for every so many rows only.
constexpr std::size_t kRowsBetweenLooks = 256;

}  // namespace

RowWriter::RowWriter(const delta::Snapshot& table, const KeyedColumns& columns)
    : columns_(columns), rows_(std::make_shared<const Schema>(table.schema())), writer_(table) {}

Status RowWriter::end_row() {
  const bool is_full =
      rows_.num_rows() % kRowsBetweenLooks == 0 && rows_.num_bytes() >= kBatchBytes;
  return is_full ? flush() : Status{};
}

Status RowWriter::flush() {
  if (rows_.num_rows() == 0) return {};
  Batch batch = rows_.finish();
  const RowKey key = TRY(RowKey::make(batch, columns_.keys));
  const RowKey sequence = TRY(RowKey::make(batch, columns_.sequence));
  for (std::size_t row = 0; row < batch.num_rows(); ++row) {
    key.append_to(keys_.emplace_back(), row);
    sequence.append_to(sequences_.emplace_back(), row);
  }
  return writer_.write(std::move(batch));
}

Result<std::vector<delta::StagedFile>> RowWriter::finish() {
  TRY(flush());
  files_ = TRY(writer_.finish());
  return files_;
}

std::vector<index::WrittenKeys> RowWriter::written() const {
  std::vector<index::WrittenKeys> written;
  const std::vector<std::uint64_t> rows = order();
  std::size_t next = 0;
  for (const delta::StagedFile& file : files_) {
    index::WrittenKeys& of_file = written.emplace_back(index::WrittenKeys{.path = file.path});
    for (std::uint64_t row = 0; row < file.num_rows; ++row, ++next) {
      const std::uint64_t at = rows.empty() ? next : rows[next];
      of_file.keys.push_back(keys_[at]);
      of_file.sequences.push_back(sequences_[at]);
    }
  }
  return written;
}

}  // namespace inlet::apply
