#include <algorithm>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/index/hits_internal.h"
#include "inlet/index/parallel_internal.h"

namespace inlet::index {
namespace {

bool has_open_question(const Hit& hit) {
  return hit.is_hashed || hit.sequence.kind == SequenceKind::Away;
}

// The hits of one file.
class FileHits {
 public:
  FileHits(const KeyPaths& paths, const KeyPacker& packer, std::span<const std::string_view> keys,
           std::span<const Hit> hits)
      : paths_(paths), packer_(packer), keys_(keys), hits_(hits) {}

  Status read(const delta::Snapshot& base, const delta::DataFile& file) {
    std::vector<std::uint64_t> positions;
    bool has_hashed = false;
    bool has_away = false;
    for (const Hit& hit : hits_) {
      if (!has_open_question(hit)) continue;
      has_hashed |= hit.is_hashed;
      has_away |= hit.sequence.kind == SequenceKind::Away;
      if (positions.empty() || positions.back() != hit.row) positions.push_back(hit.row);
    }
    std::vector<std::string> wanted;
    if (has_hashed) wanted = paths_.keys;
    if (has_away) wanted.insert(wanted.end(), paths_.sequence.begin(), paths_.sequence.end());
    std::size_t next = 0;
    const auto visit = [&](const Batch& rows, std::span<const std::uint64_t> at) -> Status {
      const RowKey key = TRY(RowKey::make(rows, has_hashed ? paths_.keys : kNoPaths));
      const RowKey sequence = TRY(RowKey::make(rows, has_away ? paths_.sequence : kNoPaths));
      for (std::size_t row = 0; row < at.size(); ++row) {
        while (next < hits_.size() && hits_[next].row < at[row]) take(hits_[next++]);
        std::string key_bytes;
        std::string sequence_bytes;
        key.append_to(key_bytes, row);
        sequence.append_to(sequence_bytes, row);
        for (; next < hits_.size() && hits_[next].row == at[row]; ++next) {
          take(hits_[next], key_bytes, sequence_bytes);
        }
      }
      return {};
    };
    TRY(base.read_rows(file, columns_of(base.schema(), wanted), positions, visit));
    while (next < hits_.size()) take(hits_[next++]);
    return {};
  }

  void take_all() {
    for (const Hit& hit : hits_) take(hit);
  }
  std::vector<Located>& located() { return located_; }

 private:
  void take(const Hit& hit) {
    located_.push_back({.key = hit.key,
                        .file = hit.file,
                        .position = hit.row,
                        .sequence = packer_.unpack_sequence(hit.sequence)});
  }
  void take(const Hit& hit, const std::string& key, const std::string& sequence) {
    if (hit.is_hashed && key != keys_[hit.key]) return;
    if (hit.sequence.kind != SequenceKind::Away) return take(hit);
    located_.push_back(
        {.key = hit.key, .file = hit.file, .position = hit.row, .sequence = sequence});
  }

  inline static const std::vector<std::string> kNoPaths = {};
  const KeyPaths& paths_;
  const KeyPacker& packer_;
  std::span<const std::string_view> keys_;
  std::span<const Hit> hits_;
  std::vector<Located> located_;
};

// The hits of each file, as they follow each other.
std::vector<std::span<const Hit>> split_by_file(std::span<const Hit> hits) {
  std::vector<std::span<const Hit>> parts;
  for (std::size_t begin = 0, end = 0; begin < hits.size(); begin = end) {
    while (end < hits.size() && hits[end].file == hits[begin].file) ++end;
    parts.push_back(hits.subspan(begin, end - begin));
  }
  return parts;
}

}  // namespace

Status drop_dead(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                 DeadRows& dead_rows, std::uint64_t max_bytes, std::vector<Hit>& hits) {
  std::vector<Hit> live;
  live.reserve(hits.size());
  const std::vector<std::span<const Hit>> parts = split_by_file(hits);
  for (std::size_t begin = 0, end = 0; begin < parts.size(); begin = end) {
    std::uint64_t num_bytes = 0;
    std::vector<std::uint32_t> chosen;
    for (; end < parts.size() && (chosen.empty() || num_bytes < max_bytes); ++end) {
      chosen.push_back(parts[end].front().file);
      num_bytes += files[chosen.back()].num_dead * sizeof(std::uint32_t);
    }
    TRY(dead_rows.load(base, files, chosen));
    for (std::size_t i = begin; i < end; ++i) {
      const std::vector<std::uint32_t>* dead = dead_rows.find(files[parts[i].front().file]);
      CHECK(dead != nullptr);
      for (const Hit& hit : parts[i]) {
        if (!std::ranges::binary_search(*dead, hit.row)) live.push_back(hit);
      }
    }
  }
  hits = std::move(live);
  return {};
}

Result<std::vector<Located>> settle(const delta::Snapshot& base,
                                    const std::vector<delta::DataFile>& files,
                                    const KeyPaths& paths, const KeyPacker& packer,
                                    std::span<const std::string_view> keys,
                                    std::span<const Hit> hits, unsigned num_threads) {
  const std::vector<std::span<const Hit>> parts = split_by_file(hits);
  std::vector<FileHits> settled;
  settled.reserve(parts.size());
  for (const std::span<const Hit> part : parts) settled.emplace_back(paths, packer, keys, part);
  TRY(in_parallel(num_threads, parts.size(), [&](std::size_t i) -> Status {
    if (std::ranges::any_of(parts[i], has_open_question)) {
      return settled[i].read(base, files[parts[i].front().file]);
    }
    settled[i].take_all();
    return {};
  }));
  std::vector<Located> located;
  located.reserve(hits.size());
  for (FileHits& part : settled) {
    std::ranges::move(part.located(), std::back_inserter(located));
  }
  return located;
}

}  // namespace inlet::index
