#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/index/dead_rows_internal.h"

namespace inlet::index {

const std::vector<std::uint32_t>* DeadRows::find(const delta::DataFile& file) const {
  static const std::vector<std::uint32_t> kNone;
  if (file.deletion_vector.empty()) return &kNone;
  const auto found = by_path_.find(file.path);
  if (found == by_path_.end() || found->second.deletion_vector != file.deletion_vector) {
    return nullptr;
  }
  return &found->second.rows;
}

Status DeadRows::load(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                      std::span<const std::uint32_t> chosen) {
  std::vector<std::uint32_t> unknown;
  for (const std::uint32_t file : chosen) {
    if (find(files[file]) == nullptr) unknown.push_back(file);
  }
  if (unknown.empty()) return {};
  forget_others(files);
  std::uint64_t num_more = 0;
  for (const std::uint32_t file : unknown) num_more += files[file].num_dead * sizeof(std::uint32_t);
  if (num_bytes_ + num_more > max_bytes_) {
    by_path_.clear();
    num_bytes_ = 0;
    unknown.assign(chosen.begin(), chosen.end());
  }
  std::vector<std::string_view> paths;
  for (const std::uint32_t file : unknown) paths.push_back(files[file].path);
  return base.dead_rows(paths, [&](std::size_t index, std::span<const std::uint64_t> positions) {
    const delta::DataFile& file = files[unknown[index]];
    Kept& kept = by_path_[file.path];
    num_bytes_ -= kept.rows.size() * sizeof(std::uint32_t);
    num_bytes_ += positions.size() * sizeof(std::uint32_t);
    kept.deletion_vector = file.deletion_vector;
    kept.rows.assign(positions.begin(), positions.end());
  });
}

void DeadRows::forget_others(const std::vector<delta::DataFile>& files) {
  std::unordered_set<std::string_view> paths;
  for (const delta::DataFile& file : files) paths.insert(file.path);
  std::erase_if(by_path_, [&](const auto& entry) {
    const bool is_gone = !paths.contains(entry.first);
    if (is_gone) num_bytes_ -= entry.second.rows.size() * sizeof(std::uint32_t);
    return is_gone;
  });
}

Status DeadRows::drop_dead(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                           std::vector<Located>& located) {
  std::vector<Located> live;
  live.reserve(located.size());
  for (std::size_t begin = 0, end = 0; begin < located.size(); begin = end) {
    // As many files at a time as memory is meant to hold.
    std::uint64_t num_bytes = 0;
    std::vector<std::uint32_t> chosen;
    for (; end < located.size(); ++end) {
      const std::uint32_t file = located[end].file;
      if (!chosen.empty() && chosen.back() == file) continue;
      if (!chosen.empty() && num_bytes >= max_bytes_) break;
      chosen.push_back(file);
      num_bytes += files[file].num_dead * sizeof(std::uint32_t);
    }
    TRY(load(base, files, chosen));
    for (std::size_t i = begin; i < end; ++i) {
      const std::vector<std::uint32_t>* dead = find(files[located[i].file]);
      CHECK(dead != nullptr);
      const bool is_dead = std::ranges::binary_search(*dead, located[i].position);
      if (!is_dead) live.push_back(std::move(located[i]));
    }
  }
  located = std::move(live);
  return {};
}

}  // namespace inlet::index
