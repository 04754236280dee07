#include <algorithm>
#include <array>
#include <numeric>
#include <system_error>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/index/key_index_internal.h"
#include "inlet/index/merge_internal.h"

namespace inlet::index {
namespace {

/// So many runs of one size are merged into one.
constexpr std::size_t kFanIn = 8;
/// Runs below this are of the first size; each further one is kFanIn times as large.
constexpr std::uint64_t kFirstSize = 32 << 10;
/// Entries of rows that are gone do not matter below this.
constexpr std::uint64_t kFewEntries = 256 << 10;
constexpr std::uint32_t kNoFile = ~0U;

std::size_t tier_of(std::uint64_t num_entries) {
  std::size_t tier = 0;
  for (std::uint64_t size = kFirstSize; num_entries >= size; size *= kFanIn) ++tier;
  return tier;
}

}  // namespace

std::filesystem::path index_folder(const std::string& root, const std::string& table_url,
                                   std::span<const std::string> what) {
  std::string name = table_url;
  for (const std::string& part : what) name += '\n' + part;
  return std::filesystem::path(root) / format("{:016x}", hash_bytes(name));
}

Result<std::optional<KeyIndex>> KeyIndex::open(const std::filesystem::path& folder,
                                               const Identity& identity) {
  std::optional<FolderLock> lock = TRY(FolderLock::take(folder));
  if (!lock) return std::optional<KeyIndex>();
  KeyIndex index(folder, *std::move(lock));
  if (!index.load(identity)) {
    TRY(index.clear());
    index.manifest_.identity = identity;
  }
  index.remove_orphans();
  return std::optional(std::move(index));
}

Status KeyIndex::load(const Identity& identity) {
  manifest_ = TRY(load_manifest(folder_));
  if (manifest_.identity != identity) {
    return fail(ErrorKind::NotFound, "the key index is of another table or of other columns");
  }
  if (manifest_.next_ordinal > Entry::kMaxOrdinals / 2) {
    return fail(ErrorKind::NotFound, "the key index has used up its names for files");
  }
  for (const RunFile& file : manifest_.runs) {
    runs_.push_back(TRY(Run::open(folder_ / file.name)));
    if (runs_.back().checksum() != file.checksum) {
      return fail(ErrorKind::NotFound, "a run of the key index is not the one that was written");
    }
  }
  index_paths();
  return {};
}

// The manifest goes first: without it, what is left are orphans.
Status KeyIndex::clear() {
  manifest_ = {};
  runs_.clear();
  file_numbers_.clear();
  TRY(store_manifest(folder_, manifest_));
  remove_orphans();
  return {};
}

void KeyIndex::remove_orphans() const {
  std::error_code error;
  std::vector<std::filesystem::path> orphans;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    const bool is_known = std::ranges::any_of(manifest_.runs, [&](const RunFile& run) {
      return name == run.name || name == Run::text_path(run.name);
    });
    if (name.starts_with("run-") && !is_known) orphans.push_back(entry.path());
  }
  for (const std::filesystem::path& orphan : orphans) std::filesystem::remove(orphan, error);
}

void KeyIndex::index_paths() {
  file_numbers_.clear();
  for (std::size_t i = 0; i < manifest_.files.size(); ++i) {
    file_numbers_.emplace(manifest_.files[i].path, i);
  }
}

std::vector<std::uint32_t> KeyIndex::missing(std::span<const delta::DataFile> files) const {
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    const auto found = file_numbers_.find(files[i].path);
    if (found == file_numbers_.end() || !manifest_.files[found->second].covers(files[i])) {
      missing.push_back(i);
    }
  }
  return missing;
}

void KeyIndex::follow(std::int64_t version, std::span<const delta::DataFile> files,
                      Deletions deletions) {
  std::vector<IndexedFile> kept;
  for (const delta::DataFile& file : files) {
    const auto found = file_numbers_.find(file.path);
    if (found == file_numbers_.end()) continue;
    IndexedFile known = manifest_.files[found->second];
    const bool is_other = known.deletion_vector != file.deletion_vector;
    if (deletions == Deletions::OnlyGrew) known.deletion_vector = file.deletion_vector;
    if (!known.covers(file)) continue;
    known.deletion_vector = file.deletion_vector;
    is_changed_ |= is_other && known.is_pruned;
    kept.push_back(std::move(known));
  }
  is_changed_ |= kept.size() != manifest_.files.size();
  manifest_.version = version;
  manifest_.files = std::move(kept);
  index_paths();
}

std::filesystem::path KeyIndex::new_run_path() {
  new_run_ = format("run-{}", manifest_.next_run++);
  return folder_ / *new_run_;
}

Status KeyIndex::add(std::span<const delta::DataFile* const> files) {
  CHECK(new_run_);
  const std::string name = *std::exchange(new_run_, std::nullopt);
  Run run = TRY(Run::open(folder_ / name));
  if (run.num_entries() > 0) {
    manifest_.runs.push_back({.name = name, .checksum = run.checksum()});
    runs_.push_back(std::move(run));
  }
  for (const delta::DataFile* file : files) {
    manifest_.files.push_back({.path = file->path,
                               .size = file->size,
                               .num_rows = file->num_rows,
                               .modified_ms = file->modified_ms,
                               .ordinal = manifest_.next_ordinal++,
                               .deletion_vector = file->deletion_vector,
                               .is_pruned = !file->deletion_vector.empty()});
  }
  index_paths();
  is_changed_ = true;
  return {};
}

Status KeyIndex::tidy(std::span<const delta::DataFile> files, const FindDeadRows& find_dead_rows) {
  std::uint64_t num_live = 0;
  std::uint64_t num_entries = 0;
  for (const IndexedFile& file : manifest_.files) num_live += file.num_rows;
  for (const Run& run : runs_) num_entries += run.num_entries();
  if (num_entries > 2 * num_live + kFewEntries) {
    std::vector<std::size_t> all(runs_.size());
    std::iota(all.begin(), all.end(), 0);
    return merge(all, files, find_dead_rows);
  }
  for (std::size_t tier = 0; tier < 64 / 3; ++tier) {
    std::vector<std::size_t> chosen;
    std::size_t num_of_tier = 0;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const std::size_t own = tier_of(runs_[i].num_entries());
      if (own <= tier) chosen.push_back(i);
      if (own == tier) ++num_of_tier;
    }
    if (num_of_tier >= kFanIn) TRY(merge(chosen, files, find_dead_rows));
  }
  return {};
}

Status KeyIndex::merge(std::span<const std::size_t> chosen, std::span<const delta::DataFile> files,
                       const FindDeadRows& find_dead_rows) {
  struct Known {
    bool is_live = false;
    IndexedFile* file = nullptr;
    const std::vector<std::uint32_t>* dead = nullptr;
  };
  std::vector<Known> by_ordinal(manifest_.next_ordinal);
  for (const delta::DataFile& file : files) {
    const auto found = file_numbers_.find(file.path);
    if (found == file_numbers_.end()) continue;
    IndexedFile& indexed = manifest_.files[found->second];
    by_ordinal[indexed.ordinal] = {.file = &indexed, .dead = find_dead_rows(file)};
  }
  for (const IndexedFile& file : manifest_.files) by_ordinal[file.ordinal].is_live = true;

  std::vector<Run*> inputs;
  for (const std::size_t i : chosen) inputs.push_back(&runs_[i]);
  const std::string name = new_run_path().filename().string();
  new_run_.reset();
  RunWriter writer = TRY(RunWriter::create(folder_ / name));
  const auto keep = [&](const Entry& entry) {
    const Known& known = by_ordinal[entry.ordinal()];
    if (!known.is_live) return false;
    if (known.dead == nullptr || !std::ranges::binary_search(*known.dead, entry.row)) return true;
    known.file->is_pruned = true;
    return false;
  };
  Status merged = merge_runs(inputs, keep, writer);
  if (!merged) {
    TRY(clear());
    return merged;
  }
  TRY(writer.finish());
  Run run = TRY(Run::open(folder_ / name));

  std::vector<Run> runs;
  std::vector<RunFile> run_files;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (std::ranges::find(chosen, i) != chosen.end()) continue;
    runs.push_back(std::move(runs_[i]));
    run_files.push_back(std::move(manifest_.runs[i]));
  }
  if (run.num_entries() > 0) {
    run_files.push_back({.name = name, .checksum = run.checksum()});
    runs.push_back(std::move(run));
  }
  runs_ = std::move(runs);
  manifest_.runs = std::move(run_files);
  is_changed_ = true;
  return {};
}

Status KeyIndex::find(std::span<const delta::DataFile> files, std::span<const Wanted> wanted,
                      const std::function<void(const Wanted&, std::uint32_t, const Entry&,
                                               std::string_view)>& visit) {
  std::vector<std::uint32_t> by_ordinal(manifest_.next_ordinal, kNoFile);
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    const auto found = file_numbers_.find(files[i].path);
    if (found != file_numbers_.end()) by_ordinal[manifest_.files[found->second].ordinal] = i;
  }
  for (Run& run : runs_) {
    Status searched =
        run.find(wanted, [&](const Wanted& key, const Entry& entry, std::string_view sequence) {
          const std::uint32_t file = by_ordinal[entry.ordinal()];
          if (file != kNoFile) visit(key, file, entry, sequence);
        });
    if (searched) continue;
    TRY(clear());
    return searched;
  }
  return {};
}

void KeyIndex::set_probed_cost(std::uint64_t cost) {
  is_changed_ |= manifest_.probed_cost != cost;
  manifest_.probed_cost = cost;
}

Status KeyIndex::store() {
  if (!std::exchange(is_changed_, false)) return {};
  TRY(store_manifest(folder_, manifest_));
  remove_orphans();
  return {};
}

}  // namespace inlet::index
