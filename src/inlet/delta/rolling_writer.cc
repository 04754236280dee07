#include "inlet/delta/rolling_writer.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/held_rows_internal.h"
#include "inlet/delta/objects.h"

namespace inlet::delta {
namespace {

// Each costs a buffer per column and the threads that encode it.
constexpr std::size_t kMaxOpenFiles = 8;
// What they hold together before their row groups are ended.
constexpr std::uint64_t kMaxOpenBytes = 64ULL << 20;

}  // namespace

// Rows that were given to the writer one after the other.
struct RollingWriter::Run {
  std::uint64_t first = 0;
  std::uint64_t num_rows = 0;

  static void add(std::vector<Run>& runs, Run next) {
    const bool goes_on = !runs.empty() && runs.back().first + runs.back().num_rows == next.first;
    if (goes_on) {
      runs.back().num_rows += next.num_rows;
    } else {
      runs.push_back(next);
    }
  }
};

struct RollingWriter::OpenFile {
  std::string partition;  // as of HeldRows::Group
  FileWriter writer;
  std::vector<Run> order = {};
};

struct RollingWriter::Impl {
  Impl(Snapshot snapshot, std::uint64_t target, std::uint64_t held)
      : table(std::move(snapshot)),
        target_file_bytes(target),
        held_bytes(held),
        is_partitioned(!table.partition_columns().empty()),
        held_rows(table.partition_columns()) {}

  // The file for rows of `partition` that come next; it is the last of `open` then.
  Result<OpenFile*> file_for(const std::string& partition, const Schema& schema) {
    const auto found = std::ranges::find(open, partition, &OpenFile::partition);
    if (found != open.end()) {
      std::rotate(found, found + 1, open.end());
      return &open.back();
    }
    if (open.size() == kMaxOpenFiles) TRY(close(0));
    open.push_back({.partition = partition, .writer = TRY(FileWriter::open(table, schema))});
    return &open.back();
  }

  Status close(std::size_t index) {
    if (open[index].writer.num_rows() == 0) {
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(index));
      return {};
    }
    finished.push_back(TRY(open[index].writer.finish()));
    finished_bytes += finished.back().size;
    for (const Run& run : open[index].order) Run::add(finished_order, run);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(index));
    return {};
  }

  Status close_when_full() {
    const bool is_full = open.back().writer.file_bytes() >= target_file_bytes;
    return is_full ? close(open.size() - 1) : Status{};
  }

  Status write_when_full() { return held_rows.num_bytes() < held_bytes ? Status{} : write_held(); }

  Status write_held() {
    if (held_rows.num_rows() == 0) return {};
    const std::uint64_t num_before = num_rows - held_rows.num_rows();
    const std::vector<HeldRows::Group> groups = TRY(held_rows.groups());
    for (const HeldRows::Group& group : groups) {
      Batch rows = held_rows.gather(group);
      OpenFile* file = TRY(file_for(group.partition, rows.schema()));
      TRY(file->writer.write(std::move(rows)));
      for (const RowPlace& row : group.rows) {
        Run::add(file->order, {.first = num_before + held_rows.number_of(row), .num_rows = 1});
      }
      TRY(close_when_full());
    }
    held_rows.clear();
    if (open_bytes() < kMaxOpenBytes) return {};
    for (OpenFile& file : open) TRY(file.writer.end_row_group());
    return {};
  }

  // As HeldRows names it. Reads a row of the first file of a partition.
  Result<std::string> partition_of(const DataFile& file) {
    if (!is_partitioned) return std::string();
    const auto known = partitions.find(file.partition);
    if (known != partitions.end()) return known->second;
    std::string partition;
    const Status read =
        table.read(file, table.partition_columns(), [&](const Batch& batch, auto) -> Status {
          const RowKey values = TRY(RowKey::make(batch, table.partition_columns()));
          values.append_to(partition, 0);
          return fail(ErrorKind::Cancelled, "one row is enough");
        });
    if (!read && read.error().kind != ErrorKind::Cancelled) return std::unexpected(read.error());
    return partitions.emplace(file.partition, std::move(partition)).first->second;
  }

  Result<bool> append(const DataFile& file) {
    // The rows before it come first.
    TRY(write_held());
    const std::string partition = TRY(partition_of(file));
    OpenFile* target = TRY(file_for(partition, table.schema()));
    if (!TRY(target->writer.append(file))) return false;
    if (is_partitioned) Run::add(target->order, {.first = num_rows, .num_rows = file.num_rows});
    num_rows += file.num_rows;
    TRY(close_when_full());
    return true;
  }

  std::uint64_t open_bytes() const {
    std::uint64_t bytes = 0;
    for (const OpenFile& file : open) bytes += file.writer.buffered_bytes();
    return bytes;
  }

  Snapshot table;
  std::uint64_t target_file_bytes;
  std::uint64_t held_bytes;
  bool is_partitioned;
  HeldRows held_rows;
  std::vector<OpenFile> open = {};  // one at most in a table without partitions
  std::vector<StagedFile> finished = {};
  std::uint64_t finished_bytes = 0;
  std::vector<Run> finished_order = {};                // of `finished`
  std::vector<Run> order = {};                         // of those before
  std::map<std::string, std::string> partitions = {};  // as HeldRows names them, by their texts
  std::uint64_t num_rows = 0;
};

RollingWriter::RollingWriter(Snapshot table, std::uint64_t target_file_bytes,
                             std::uint64_t held_bytes)
    : impl_(std::make_unique<Impl>(std::move(table), target_file_bytes, held_bytes)) {}
RollingWriter::~RollingWriter() = default;
RollingWriter::RollingWriter(RollingWriter&&) noexcept = default;
RollingWriter& RollingWriter::operator=(RollingWriter&&) noexcept = default;

Status RollingWriter::write(Batch batch) {
  if (batch.num_rows() == 0) return {};
  impl_->num_rows += batch.num_rows();
  if (impl_->is_partitioned) {
    TRY(impl_->held_rows.add(std::move(batch)));
    return impl_->write_when_full();
  }
  OpenFile* file = TRY(impl_->file_for("", batch.schema()));
  TRY(file->writer.write(std::move(batch)));
  return impl_->close_when_full();
}

Status RollingWriter::write(const Batch& batch, std::span<const std::uint32_t> rows) {
  if (rows.empty()) return {};
  if (impl_->is_partitioned) {
    std::vector<RowPlace> places;
    for (const std::uint32_t row : rows) places.push_back({.batch = 0, .row = row});
    return write(std::span(&batch, 1), places);
  }
  impl_->num_rows += rows.size();
  OpenFile* file = TRY(impl_->file_for("", batch.schema()));
  TRY(file->writer.write(batch, rows));
  return impl_->close_when_full();
}

Status RollingWriter::write(std::span<const Batch> batches, std::span<const RowPlace> rows) {
  if (rows.empty()) return {};
  impl_->num_rows += rows.size();
  if (impl_->is_partitioned) {
    TRY(impl_->held_rows.add(batches, rows));
    return impl_->write_when_full();
  }
  OpenFile* file = TRY(impl_->file_for("", batches.front().schema()));
  TRY(file->writer.write(batches, rows));
  return impl_->close_when_full();
}

Result<bool> RollingWriter::append(const DataFile& file) {
  return impl_->append(file);
}

Result<std::vector<StagedFile>> RollingWriter::finish() {
  TRY(impl_->write_held());
  while (!impl_->open.empty()) TRY(impl_->close(0));
  impl_->order = std::exchange(impl_->finished_order, {});
  impl_->finished_bytes = impl_->num_rows = 0;
  return std::exchange(impl_->finished, {});
}

void RollingWriter::discard() {
  delta::discard(impl_->table, impl_->finished);
  *this = RollingWriter(impl_->table, impl_->target_file_bytes, impl_->held_bytes);
}

std::vector<std::uint64_t> RollingWriter::order() const {
  std::vector<std::uint64_t> rows;
  for (const Run& run : impl_->order) {
    for (std::uint64_t row = 0; row < run.num_rows; ++row) rows.push_back(run.first + row);
  }
  return rows;
}

std::optional<RollingWriter::Place> RollingWriter::next_place() const {
  if (impl_->is_partitioned) return std::nullopt;
  return Place{.file = static_cast<std::uint32_t>(impl_->finished.size()),
               .position = impl_->open.empty() ? 0 : impl_->open.front().writer.num_rows()};
}

std::uint64_t RollingWriter::num_rows() const {
  return impl_->num_rows;
}

std::uint64_t RollingWriter::buffered_bytes() const {
  return impl_->open_bytes() + impl_->held_rows.num_bytes();
}

std::uint64_t RollingWriter::staged_bytes() const {
  std::uint64_t bytes = impl_->finished_bytes + impl_->held_rows.num_bytes();
  for (const OpenFile& file : impl_->open) bytes += file.writer.file_bytes();
  return bytes;
}

}  // namespace inlet::delta
