#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/data_file.h"
#include "inlet/index/disk_internal.h"
#include "inlet/index/manifest_internal.h"
#include "inlet/index/run_internal.h"

namespace inlet::index {

/// Below `root`, one folder per table and what its index is of, whatever table is at that place.
std::filesystem::path index_folder(const std::string& root, const std::string& table_url,
                                   std::span<const std::string> what);

/// The entries of one table's live data files, in a folder on the local disk that nobody else uses
/// meanwhile. Changes are in the folder once store() returns; a crash before leaves what was there.
/// After a failed call the folder holds the old state or none, and this object is of no more use.
class KeyIndex {
 public:
  /// Whatever cannot be read, or is of something else than `identity`, is removed. Nullopt: another
  /// process has the folder.
  static Result<std::optional<KeyIndex>> open(const std::filesystem::path& folder,
                                              const Identity& identity);
  bool is_held() const { return lock_.is_held(); }
  const Identity& identity() const { return manifest_.identity; }

  /// Version of the table at the last follow().
  std::int64_t version() const { return manifest_.version; }
  /// Positions in `files` of those whose keys are not here.
  std::vector<std::uint32_t> missing(std::span<const delta::DataFile> files) const;
  /// Whether what other commits did to deletion vectors since the last follow() is known to be that
  /// more rows died.
  enum class Deletions { OnlyGrew, Unknown };
  /// Forgets the files that are not in `files` or not covered any more.
  void follow(std::int64_t version, std::span<const delta::DataFile> files, Deletions deletions);

  /// The place of a new run, which is part of the index once add() was called.
  std::filesystem::path new_run_path();
  /// An ordinal for each of `files`, whose entries the run just written holds. Ordinals begin at
  /// next_ordinal(), in the order given.
  Status add(std::span<const delta::DataFile* const> files);
  std::uint32_t next_ordinal() const { return manifest_.next_ordinal; }

  /// The dead rows of a file as far as they are known, ascending; null: not known.
  using FindDeadRows = std::function<const std::vector<std::uint32_t>*(const delta::DataFile&)>;
  /// Merges runs where there are many of a size, or many entries of no file, leaving out entries of
  /// rows that are gone.
  Status tidy(std::span<const delta::DataFile> files, const FindDeadRows& find_dead_rows);

  /// Calls `visit` with each live file's entries of the keys; `file` is the position in `files`,
  /// `sequence` the bytes of a long one.
  Status find(std::span<const delta::DataFile> files, std::span<const Wanted> wanted,
              const std::function<void(const Wanted&, std::uint32_t file, const Entry&,
                                       std::string_view sequence)>& visit);

  std::uint64_t probed_cost() const { return manifest_.probed_cost; }
  void set_probed_cost(std::uint64_t cost);
  /// Writes what has changed.
  Status store();
  std::size_t num_runs() const { return runs_.size(); }

 private:
  KeyIndex(std::filesystem::path folder, FolderLock lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}
  Status load(const Identity& identity);
  Status clear();
  void remove_orphans() const;
  void index_paths();
  Status merge(std::span<const std::size_t> chosen, std::span<const delta::DataFile> files,
               const FindDeadRows& find_dead_rows);

  std::filesystem::path folder_;
  FolderLock lock_;
  Manifest manifest_;
  std::vector<Run> runs_;  // as manifest_.runs
  std::unordered_map<std::string, std::size_t> file_numbers_;
  std::optional<std::string> new_run_;
  bool is_changed_ = false;
};

}  // namespace inlet::index
