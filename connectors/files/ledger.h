#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/files/folder.h"
#include "inlet/connect/offset.h"

namespace inlet::files {

/// A file that is being read: how far.
struct Reading {
  std::string path;
  std::uint32_t version = 0;
  std::uint64_t position = 0;  ///< of the (decompressed) bytes
};

/// Which files were read, in a size that does not grow with their number. The newest kMaxKnown are
/// known one by one: each may arrive in any order, and a change of one is noticed. Of those that
/// did not change after a moment (`until`) only the number and a sum are kept: they may be removed,
/// but a file that turns up among them later is noticed as an error, because nobody can tell any
/// more which one it is.
class Ledger {
 public:
  static constexpr std::size_t kMaxKnown = 256;
  enum class State { New, Read, Changed, Old };

  /// Fails with Config when the offset is not one of ours.
  static Result<Ledger> parse(const Offset& offset);

  State state(const DataFile& file) const;
  /// Compares with a listing of all files: takes note of removed ones and of the times of the known
  /// ones. Fails with Config when an old file has come or changed.
  Status compare(const std::vector<DataFile>& listing);
  /// The file is read to its end.
  void add(const DataFile& file);

  const std::optional<Reading>& reading() const { return reading_; }
  Offset offset() const;
  /// The offset in the middle of `file`.
  Offset offset_within(const DataFile& file, std::uint64_t position) const;
  bool is_empty() const { return known_.empty() && num_old_ == 0; }

  static std::uint32_t version_of(const DataFile& file);

 private:
  struct Known {
    std::uint32_t version = 0;
    std::optional<Timestamp> modified = {};  // missing while no listing has shown the file
  };
  void shrink();
  Json to_json() const;

  std::map<std::uint64_t, Known> known_;  // by the hash of the path
  std::optional<Timestamp> until_;
  std::uint64_t num_old_ = 0;
  std::uint64_t old_sum_ = 0;
  std::optional<Reading> reading_;
};

}  // namespace inlet::files
