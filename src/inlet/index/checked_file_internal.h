#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/index/disk_internal.h"

namespace inlet::index {

/// A file that never changes and tells when it was damaged: its content, then a checksum of every
/// page of it, then the size and a checksum of those. Pages are checked when they are first used.
/// For one thread.
class CheckedFile {
 public:
  /// Checks everything but the content.
  static Result<CheckedFile> open(const std::filesystem::path& path);

  std::size_t size() const { return content_.size(); }
  /// Not checked; borrowed while this object lives, as is what read() gives.
  std::span<const std::byte> content() const { return content_; }
  /// Fails when a page of the range is damaged, or the range is not within the content.
  Result<std::span<const std::byte>> read(std::size_t offset, std::size_t size);
  /// What the writer was given to keep beside the content.
  std::uint64_t note() const { return note_; }
  /// Of all there is; never 0.
  std::uint64_t checksum() const { return checksum_; }
  void expect(Mapping::Access access) const { mapping_.expect(access); }

 private:
  explicit CheckedFile(Mapping mapping) : mapping_(std::move(mapping)) {}

  Mapping mapping_;
  std::span<const std::byte> content_;
  std::span<const std::byte> checksums_;
  std::uint64_t note_ = 0;
  std::uint64_t checksum_ = 0;
  std::vector<bool> is_checked_;
};

/// Writes a CheckedFile. Not durable by itself: what a power failure leaves half-written does not
/// pass its checksums.
class CheckedWriter {
 public:
  static Result<CheckedWriter> create(const std::filesystem::path& path);
  Status write(std::span<const std::byte> bytes);
  /// Bytes written so far.
  std::uint64_t size() const { return offset_ + pending_.size(); }
  /// The checksum of all there is.
  Result<std::uint64_t> finish(std::uint64_t note);

 private:
  explicit CheckedWriter(Descriptor file) : file_(std::move(file)) {}
  Status flush();

  Descriptor file_;
  std::vector<std::byte> pending_;
  std::vector<std::uint32_t> checksums_;
  std::uint64_t offset_ = 0;
};

}  // namespace inlet::index
