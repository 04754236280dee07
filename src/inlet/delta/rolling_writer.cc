#include "inlet/delta/rolling_writer.h"

#include <utility>

#include "inlet/base/try.h"

namespace inlet::delta {

Status RollingWriter::open(const Schema& schema) {
  if (!writer_) writer_ = TRY(FileWriter::open(table_, schema));
  return {};
}

Status RollingWriter::write(Batch batch) {
  if (batch.num_rows() == 0) return {};
  TRY(open(batch.schema()));
  TRY(writer_->write(std::move(batch)));
  return roll_when_full();
}

Status RollingWriter::write(const Batch& batch, std::span<const std::uint32_t> rows) {
  if (rows.empty()) return {};
  TRY(open(batch.schema()));
  TRY(writer_->write(batch, rows));
  return roll_when_full();
}

Status RollingWriter::write(std::span<const Batch> batches, std::span<const RowPlace> rows) {
  if (rows.empty()) return {};
  TRY(open(batches.front().schema()));
  TRY(writer_->write(batches, rows));
  return roll_when_full();
}

Result<bool> RollingWriter::append(const DataFile& file) {
  TRY(open(table_.schema()));
  if (!TRY(writer_->append(file))) return false;
  TRY(roll_when_full());
  return true;
}

Status RollingWriter::roll_when_full() {
  if (writer_->file_bytes() < target_file_bytes_) return {};
  finished_.push_back(TRY(writer_->finish()));
  finished_bytes_ += finished_.back().size;
  writer_.reset();
  return {};
}

Result<std::vector<StagedFile>> RollingWriter::finish() {
  if (writer_) {
    finished_.push_back(TRY(writer_->finish()));
    writer_.reset();
  }
  finished_bytes_ = 0;
  return std::exchange(finished_, {});
}

std::uint64_t RollingWriter::num_rows_in_file() const {
  return writer_ ? writer_->num_rows() : 0;
}

std::uint64_t RollingWriter::buffered_bytes() const {
  return writer_ ? writer_->buffered_bytes() : 0;
}

std::uint64_t RollingWriter::staged_bytes() const {
  return finished_bytes_ + (writer_ ? writer_->file_bytes() : 0);
}

}  // namespace inlet::delta
