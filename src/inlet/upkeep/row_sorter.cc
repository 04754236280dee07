#include "inlet/upkeep/row_sorter.h"

#include <algorithm>
#include <span>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/upkeep/scratch_table.h"

namespace inlet::upkeep {
namespace {

// Rows in memory may take so many times the bytes that they take in a file; where they take more,
// so does a part.
constexpr std::uint64_t kMaxExpansion = 32;
constexpr std::uint64_t kMaxParts = 4096;
// Handed to a writer at once: it looks at the size of its file in between.
constexpr std::size_t kRowsPerWrite = 1U << 12U;

std::size_t num_parts(std::uint64_t file_bytes, std::uint64_t memory_bytes) {
  const std::uint64_t parts = file_bytes * kMaxExpansion / std::max<std::uint64_t>(1, memory_bytes);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(parts, 2, kMaxParts));
}

template <class Rows, class Writer>
Status write_rows(const std::vector<Batch>& batches, const Rows& rows, Writer& out) {
  std::vector<delta::RowPlace> places;
  for (std::size_t begin = 0; begin < rows.size(); begin += kRowsPerWrite) {
    places.clear();
    const std::size_t end = std::min(rows.size(), begin + kRowsPerWrite);
    for (std::size_t row = begin; row < end; ++row) places.push_back(rows[row].place);
    TRY(out.write(batches, places));
  }
  return {};
}

}  // namespace

RowSorter::RowSorter(const RowOrder& order, Schema schema, std::uint64_t memory_bytes,
                     std::uint64_t file_bytes)
    : order_(order),
      schema_(std::move(schema)),
      memory_bytes_(memory_bytes),
      cuts_(order.cuts(num_parts(file_bytes, memory_bytes))) {}

RowSorter::~RowSorter() = default;

Status RowSorter::hold(Held& held, Batch batch, std::uint64_t first_row) const {
  std::vector<std::string> keys = TRY(order_.keys(batch, first_row));
  held.num_bytes += batch.num_bytes();
  const auto index = static_cast<std::uint32_t>(held.batches.size());
  for (std::uint32_t row = 0; row < keys.size(); ++row) {
    held.num_bytes += sizeof(Held::Row) + keys[row].size();
    held.rows.push_back({.key = std::move(keys[row]), .place = {.batch = index, .row = row}});
  }
  held.batches.push_back(std::move(batch));
  return {};
}

void RowSorter::sort(Held& held) {
  std::ranges::sort(held.rows, {}, &Held::Row::key);
}

Status RowSorter::add(Batch batch) {
  if (batch.num_rows() == 0) return {};
  const std::uint64_t first_row = num_rows_;
  num_rows_ += batch.num_rows();
  const std::uint64_t before = held_.num_bytes;
  TRY(hold(held_, std::move(batch), first_row));
  num_bytes_ += held_.num_bytes - before;
  return held_.num_bytes >= memory_bytes_ ? spill() : Status{};
}

Status RowSorter::spill() {
  if (held_.rows.empty()) return {};
  if (!scratch_) scratch_ = std::make_unique<ScratchTable>(TRY(ScratchTable::make(schema_)));
  sort(held_);
  auto writer = TRY(delta::FileWriter::open(scratch_->table(), schema_));
  Piece piece;
  std::size_t begin = 0;
  for (std::size_t part = 0; part <= cuts_.size(); ++part) {
    piece.begins.push_back(begin);
    const auto end = part == cuts_.size()
                         ? held_.rows.end()
                         : std::ranges::lower_bound(held_.rows, cuts_[part], {}, &Held::Row::key);
    const std::span rows(held_.rows.begin() + static_cast<std::ptrdiff_t>(begin), end);
    TRY(write_rows(held_.batches, rows, writer));
    TRY(writer.end_row_group());
    begin += rows.size();
  }
  piece.begins.push_back(begin);
  piece.file = TRY(writer.finish());
  pieces_.push_back(std::move(piece));
  held_ = {};
  return {};
}

std::uint64_t RowSorter::rows_of_part(std::size_t part) const {
  std::uint64_t num_rows = 0;
  for (const Piece& piece : pieces_) num_rows += piece.begins[part + 1] - piece.begins[part];
  return num_rows;
}

// Pieces hold ever later rows, so that reading them in turn numbers equal rows as they were.
Status RowSorter::read_parts(Held& held, std::size_t first, std::size_t end) const {
  std::uint64_t next_row = 0;
  for (const Piece& piece : pieces_) {
    const delta::RowRange range{.first = piece.begins[first],
                                .num_rows = piece.begins[end] - piece.begins[first]};
    if (range.num_rows == 0) continue;
    TRY(scratch_->table().read(
        piece.file,
        [&](Batch batch, std::span<const std::uint64_t>) -> Status {
          const std::uint64_t first_row = std::exchange(next_row, next_row + batch.num_rows());
          return hold(held, std::move(batch), first_row);
        },
        range));
  }
  return {};
}

Status RowSorter::write_to(delta::RollingWriter& out) {
  if (pieces_.empty()) {
    sort(held_);
    return write_rows(held_.batches, held_.rows, out);
  }
  TRY(spill());
  const std::uint64_t row_bytes = std::max<std::uint64_t>(1, num_bytes_ / num_rows_);
  const std::uint64_t max_rows = memory_bytes_ / row_bytes;
  const std::size_t num_parts = cuts_.size() + 1;
  for (std::size_t first = 0; first < num_parts;) {
    std::size_t end = first;
    std::uint64_t num_rows = 0;
    do {
      num_rows += rows_of_part(end++);
    } while (end < num_parts && num_rows + rows_of_part(end) <= max_rows);
    Held held;
    TRY(read_parts(held, first, end));
    sort(held);
    TRY(write_rows(held.batches, held.rows, out));
    first = end;
  }
  return {};
}

}  // namespace inlet::upkeep
