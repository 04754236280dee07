#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/apply/auxiliary_table.h"
#include "inlet/index/key_locator.h"

namespace inlet::apply {

/// The deletes that an SCD 1 table remembers, one per key, so that a late older upsert stays out
/// (scd.md). Works on the keys of one commit at a time: look_up() them, ask, write() what changes.
class Tombstones {
 public:
  Tombstones(const KeyedColumns& columns, AuxiliaryTable table);

  Status look_up(std::span<const std::string_view> keys);
  /// The key at `index` was deleted later than `sequence`.
  bool holds_newer(std::size_t index, std::string_view sequence) const;
  /// write() has changed the key's tombstone since look_up() first saw these keys.
  bool has_moved(std::size_t index) const { return moved_[index]; }

  /// A delete sets its key's tombstone, unless there is a newer one; an upsert removes it.
  struct Change {
    std::size_t key = 0;
    std::string_view sequence;
    bool is_set = false;
  };
  /// Commits the auxiliary table, if there is anything to change.
  Status write(std::span<const std::string_view> keys, std::span<const Change> changes);
  /// The commit is done: the next keys are others.
  void clear();

 private:
  struct Place {
    std::uint32_t file = 0;
    std::uint64_t position = 0;
  };
  struct Stone {
    std::string sequence = {};  ///< empty: the key has none
    std::vector<Place> places = {};
  };
  Result<bool> try_write(std::span<const std::string_view> keys, std::span<const Change> changes);
  Result<std::vector<delta::StagedFile>> stage(const delta::Snapshot& base,
                                               std::span<const std::string_view> keys,
                                               std::span<const Change> changes) const;

  const KeyedColumns columns_;
  AuxiliaryTable table_;
  std::unique_ptr<index::KeyLocator> locator_;
  std::optional<delta::Snapshot> snapshot_;
  std::vector<delta::DataFile> files_;
  std::vector<Stone> stones_;
  std::vector<bool> moved_;
};

}  // namespace inlet::apply
