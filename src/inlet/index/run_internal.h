#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/index/checked_file_internal.h"
#include "inlet/index/entry_internal.h"

namespace inlet::index {

/// A key that is looked for.
struct Wanted {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  KeyKind kind = KeyKind::Short;
  std::uint32_t number = 0;     // of the key among those asked for
  std::string_view bytes = {};  // RowKey bytes
};

/// Entries in order, in a file that never changes, and their long keys and sequences in a second
/// one, which there is only when there are any. Bytes are ordered as on this machine. Answers that
/// damaged data would have a part in are failures. For one thread.
class Run {
 public:
  static Result<Run> open(const std::filesystem::path& path);
  /// The file of the long keys and sequences of the run at `path`.
  static std::filesystem::path text_path(const std::filesystem::path& path);

  /// Calls `visit` with every entry of every key in `wanted`, which is in order, and the bytes of
  /// its sequence if that is a long one.
  Status find(
      std::span<const Wanted> wanted,
      const std::function<void(const Wanted&, const Entry&, std::string_view sequence)>& visit);

  std::uint64_t num_entries() const { return entries_.size(); }
  /// Of the whole content.
  std::uint64_t checksum() const { return file_.checksum(); }
  /// Entries `begin` to `end` - 1; borrowed while the run lives.
  Result<std::span<const Entry>> read(std::size_t begin, std::size_t end);
  /// The bytes behind a long key or sequence; likewise.
  Result<std::string_view> key_text(const Entry& entry);
  Result<std::string_view> sequence_text(const Entry& entry);
  /// Tells that all is going to be read in order.
  void expect_scan() const;

 private:
  explicit Run(CheckedFile file) : file_(std::move(file)) {}
  Result<std::string_view> text_at(std::uint64_t offset);
  Result<bool> is_of(const Entry& entry, const Wanted& wanted);
  /// About where `high` stands, going by the place of `known_high`, which is not above it: keys are
  /// spread evenly, so the guess is off by about the root of what lies between.
  std::size_t guess(std::uint64_t high, std::uint64_t known_high, std::size_t known) const;
  /// Where the first entry that is not before `key` stands or would stand; looked for from `at` on.
  std::size_t lower_bound(const Wanted& key, std::size_t at) const;

  CheckedFile file_;
  std::optional<CheckedFile> text_;
  std::span<const Entry> entries_;
};

/// Writes a run.
class RunWriter {
 public:
  static Result<RunWriter> create(const std::filesystem::path& path);
  /// In order. The texts are those of a long key and a long sequence.
  Status write(Entry entry, std::string_view key, std::string_view sequence);
  Status finish();

 private:
  RunWriter(std::filesystem::path path, CheckedWriter file)
      : path_(std::move(path)), file_(std::move(file)) {}
  Result<std::uint64_t> write_text(std::string_view text);

  std::filesystem::path path_;
  CheckedWriter file_;
  std::optional<CheckedWriter> text_;
};

}  // namespace inlet::index
