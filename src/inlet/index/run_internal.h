#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/index/disk_internal.h"
#include "inlet/index/entry_internal.h"

namespace inlet::index {

/// A key that is looked for.
struct Wanted {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  KeyKind kind = KeyKind::Short;
  std::uint32_t number = 0;  // of the key among those asked for
};

/// Entries in order, in a file that never changes. Layout: a page with the header, the entries, a
/// checksum of every 128 of them, a checksum of the checksums; all as this machine orders bytes.
/// For one thread.
class Run {
 public:
  /// Checks the header, the size and the checksums' checksum. Entries are checked when an answer
  /// depends on them.
  static Result<Run> open(const std::filesystem::path& path);

  /// Calls `visit` with every entry of every key in `wanted`, which is in order. Fails when the
  /// entries that prove an answer are damaged.
  Status find(std::span<const Wanted> wanted,
              const std::function<void(const Wanted&, const Entry&)>& visit);

  std::uint64_t num_entries() const { return entries_.size(); }
  /// Of the whole content.
  std::uint64_t checksum() const { return checksum_; }
  /// Entries `begin` to `end` - 1, checked; borrowed while the run lives.
  Result<std::span<const Entry>> read(std::size_t begin, std::size_t end);
  /// Tells that all is going to be read in order.
  void expect_scan() const { mapping_.expect(Mapping::Access::Sequential); }

 private:
  explicit Run(Mapping mapping) : mapping_(std::move(mapping)) {}
  Status check_blocks(std::size_t begin, std::size_t end);
  /// Where the first entry that is not before `key` stands or would stand.
  std::size_t lower_bound(const Wanted& key) const;

  Mapping mapping_;
  std::span<const Entry> entries_;
  std::span<const std::uint32_t> checksums_;
  std::uint64_t checksum_ = 0;
  std::vector<bool> is_checked_;
};

/// Writes a run. Not durable by itself: what a power failure leaves half-written does not pass its
/// checksums.
class RunWriter {
 public:
  static Result<RunWriter> create(const std::filesystem::path& path);
  /// In order.
  Status write(std::span<const Entry> entries);
  Status finish();
  std::uint64_t num_entries() const { return num_entries_; }

 private:
  explicit RunWriter(Descriptor file) : file_(std::move(file)) {}
  Status flush();

  Descriptor file_;
  std::vector<Entry> pending_;
  std::vector<std::uint32_t> checksums_;
  std::uint64_t num_entries_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace inlet::index
