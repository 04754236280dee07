#include <algorithm>
#include <utility>

#include "inlet/apply/change_parts_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/batch_bytes.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/hash.h"
#include "inlet/data/row_key.h"

namespace inlet::apply {
namespace {

// Written to the file at once.
constexpr std::size_t kWriteBytes = 1 << 20;
// Not the seed of other hashes of keys: those are unequal within a part, too.
constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;

std::uint32_t part_of(std::string_view key) {
  return static_cast<std::uint32_t>(hash_bytes(key, kSeed) % ChangeParts::kNumParts);
}

bool is_alike(const Changes& a, const Changes& b) {
  const bool is_one_schema =
      a.rows->shared_schema() == b.rows->shared_schema() || a.rows->schema() == b.rows->schema();
  return a.kind == b.kind && is_one_schema;
}

// Changes of one kind and schema that follow each other; between the kinds the order of coming does
// not matter.
std::vector<std::vector<Changes>> split(std::span<const Changes> changes) {
  std::vector<std::vector<Changes>> runs;
  for (const ChangeKind kind : {ChangeKind::Upsert, ChangeKind::Delete}) {
    const std::size_t first = runs.size();
    for (const Changes& next : changes) {
      if (next.kind != kind) continue;
      if (runs.size() == first || !is_alike(runs.back().back(), next)) runs.emplace_back();
      runs.back().push_back(next);
    }
  }
  return runs;
}

}  // namespace

ChangeParts::ChangeParts(std::vector<std::string> keys, std::filesystem::path scratch_folder)
    : keys_(std::move(keys)), scratch_folder_(std::move(scratch_folder)) {}

Status ChangeParts::put_aside(std::span<const Changes> changes) {
  if (!file_) file_ = TRY(ScratchFile::make(scratch_folder_));
  std::string waiting;
  const auto flush = [&]() -> Status {
    TRY(file_->append(waiting));
    waiting.clear();
    return {};
  };
  std::vector<Run> runs = TRY(divide(changes, [&](const Batch& rows) -> Result<Piece> {
    if (waiting.size() >= kWriteBytes) TRY(flush());
    const std::size_t begin = waiting.size();
    append_bytes(waiting, rows);
    return Piece{.offset = file_->num_bytes() + begin, .num_bytes = waiting.size() - begin};
  }));
  TRY(flush());
  enter(std::move(runs));
  return {};
}

Status ChangeParts::keep(std::span<const Changes> changes) {
  enter(TRY(divide(changes, [](Batch rows) -> Result<Piece> {
    const std::uint64_t num_bytes = rows.num_bytes();
    return Piece{.num_bytes = num_bytes, .kept = std::make_shared<const Batch>(std::move(rows))};
  })));
  return {};
}

void ChangeParts::enter(std::vector<Run> runs) {
  for (Run& run : runs) {
    for (const Piece& piece : run.pieces) {
      part_bytes_[piece.part] += piece.num_bytes;
      num_bytes_ += piece.num_bytes;
    }
    runs_.push_back(std::move(run));
  }
}

Result<std::vector<ChangeParts::Run>> ChangeParts::divide(std::span<const Changes> changes,
                                                          const Store& store) const {
  std::vector<Run> runs;
  for (const std::vector<Changes>& run : split(changes))
    runs.push_back(TRY(divide_run(run, store)));
  return runs;
}

Result<ChangeParts::Run> ChangeParts::divide_run(std::span<const Changes> changes,
                                                 const Store& store) const {
  std::vector<std::uint32_t> parts;  // of the rows, as they came
  std::vector<std::size_t> begins(kNumParts + 1, 0);
  std::string key;
  for (const Changes& next : changes) {
    const RowKey keys = TRY(RowKey::make(*next.rows, keys_));
    for (std::size_t row = 0; row < next.rows->num_rows(); ++row) {
      key.clear();
      keys.append_to(key, row);
      parts.push_back(part_of(key));
      ++begins[parts.back() + 1];
    }
  }
  for (std::size_t part = 0; part < kNumParts; ++part) begins[part + 1] += begins[part];
  std::vector<delta::RowPlace> rows(parts.size());
  std::vector<std::size_t> ends(begins.begin(), begins.end() - 1);
  std::size_t number = 0;
  for (std::uint32_t batch = 0; batch < changes.size(); ++batch) {
    for (std::uint32_t row = 0; row < changes[batch].rows->num_rows(); ++row, ++number) {
      rows[ends[parts[number]]++] = {.batch = batch, .row = row};
    }
  }
  Run run{
      .kind = changes.front().kind, .schema = changes.front().rows->shared_schema(), .pieces = {}};
  BatchBuilder builder(run.schema);
  for (std::uint32_t part = 0; part < kNumParts; ++part) {
    if (begins[part] == begins[part + 1]) continue;
    for (std::size_t i = begins[part]; i < begins[part + 1]; ++i) {
      builder.append(*changes[rows[i].batch].rows, rows[i].row, 1);
    }
    run.pieces.push_back(TRY(store(builder.finish())));
    run.pieces.back().part = part;
  }
  return run;
}

std::uint64_t ChangeParts::largest_part_bytes() const {
  return *std::ranges::max_element(part_bytes_);
}

Status ChangeParts::visit(std::size_t part,
                          const std::function<Status(Batch, ChangeKind)>& visit) const {
  for (const Run& run : runs_) {
    const auto piece = std::ranges::lower_bound(run.pieces, part, {}, &Piece::part);
    if (piece == run.pieces.end() || piece->part != part) continue;
    if (piece->kept) {
      TRY(visit(share(piece->kept), run.kind));
      continue;
    }
    const std::string bytes = TRY(file_->read(piece->offset, piece->num_bytes));
    TRY(visit(TRY(read_batch(run.schema, bytes)), run.kind));
  }
  return {};
}

}  // namespace inlet::apply
