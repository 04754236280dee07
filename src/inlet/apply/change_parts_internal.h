#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/base/error.h"
#include "inlet/base/scratch_file.h"
#include "inlet/data/batch.h"
#include "inlet/delta/file_writer.h"

namespace inlet::apply {

/// Rows that change their keys in one way.
struct Changes {
  std::shared_ptr<const Batch> rows;
  ChangeKind kind = ChangeKind::Upsert;
};

/// Changes put aside on local disk, divided by the hash of their key: all that concern one key are
/// in one part, those of a kind in the order in which they came. For one thread.
class ChangeParts {
 public:
  static constexpr std::size_t kNumParts = 1024;

  /// `keys`: dotted paths. `scratch_folder`: see ScratchFile.
  ChangeParts(std::vector<std::string> keys, std::filesystem::path scratch_folder);

  /// Writes `changes`, which need not be held any longer. After a failure nothing of them is here:
  /// Unavailable when the disk does not take them. Memory besides theirs: 12 bytes per row.
  Status put_aside(std::span<const Changes> changes);
  /// The same for when the disk does not take them: copies stay in memory.
  Status keep(std::span<const Changes> changes);

  /// Bytes of the changes in this part.
  std::uint64_t num_bytes(std::size_t part) const { return part_bytes_[part]; }
  /// Of all parts.
  std::uint64_t num_bytes() const { return num_bytes_; }
  std::uint64_t largest_part_bytes() const;
  /// Calls `visit` with the changes of a part. May be repeated.
  Status visit(std::size_t part, const std::function<Status(Batch, ChangeKind)>& visit) const;

 private:
  /// Rows of one part: in the file, or in memory.
  struct Piece {
    std::uint32_t part = 0;
    std::uint64_t offset = 0;
    std::uint64_t num_bytes = 0;
    std::shared_ptr<const Batch> kept = {};
  };
  /// Changes of one kind and schema.
  struct Run {
    ChangeKind kind = ChangeKind::Upsert;
    std::shared_ptr<const Schema> schema;
    std::vector<Piece> pieces;  ///< ascending by part
  };
  using Store = std::function<Result<Piece>(Batch)>;

  Result<std::vector<Run>> divide(std::span<const Changes> changes, const Store& store) const;
  Result<Run> divide_run(std::span<const Changes> changes, const Store& store) const;
  void enter(std::vector<Run> runs);

  const std::vector<std::string> keys_;
  const std::filesystem::path scratch_folder_;
  std::optional<ScratchFile> file_;
  std::vector<Run> runs_;
  std::array<std::uint64_t, kNumParts> part_bytes_ = {};
  std::uint64_t num_bytes_ = 0;
};

}  // namespace inlet::apply
