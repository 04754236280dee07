#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/index/indexed_internal.h"
#include "inlet/index/random_table_test.h"

namespace inlet::index {

inline const std::vector<std::string> kSequence = {"at"};

/// A random table and an index of it, which is used whatever it costs.
class IndexedTest : public RandomTable {
 protected:
  IndexOptions options(IndexUse use = IndexUse::Always) const;
  std::filesystem::path index_folder() const { return folder_ / "index"; }
  std::unique_ptr<KeyLocator> indexed(const std::vector<std::string>& keys,
                                      const std::vector<std::string>& sequence = kSequence) const;
  /// Files of the index whose names begin with `start`.
  std::vector<std::filesystem::path> index_files(std::string_view start) const;
  /// The one file of the index that begins with `start` and ends with `extension`.
  std::filesystem::path index_file(std::string_view start, std::string_view extension) const;

  /// Adds `batch` to what `edit` does, and tells the locator.
  delta::Snapshot commit_and_note(KeyLocator& locator, const delta::Snapshot& base,
                                  const Batch& batch, const std::vector<std::string>& keys,
                                  delta::Edit edit = {});
  /// The table as another writer's RESTORE leaves it: `file` with all its rows alive again.
  delta::Snapshot restore(const delta::Snapshot& table, const delta::DataFile& file);
  /// A table of three files with some rows dead.
  delta::Snapshot some_table(std::mt19937_64& random);
  /// Nothing of the table's data can be read any more: who answers then does it from the index.
  void hide_data(const delta::Snapshot& table) const;
  void show_data(const delta::Snapshot& table) const;
};

}  // namespace inlet::index
