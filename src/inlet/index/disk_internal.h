#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet::index {

/// An open file of the operating system; closed with this object.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// A new, empty file that only its owner may read.
Result<Descriptor> create_file(const std::filesystem::path& path);
/// All of `bytes` at `offset`.
Status write_at(const Descriptor& file, std::span<const std::byte> bytes, std::uint64_t offset);

Result<std::string> read_file(const std::filesystem::path& path);
/// Readers, and a crash of this process, find the old content or the new one.
Status replace_file(const std::filesystem::path& path, std::string_view bytes);

/// The right to be the only one that works in a folder, among all processes. Held until this object
/// goes.
class FolderLock {
 public:
  /// Makes the folder where there is none. Nullopt: somebody else has the right.
  static Result<std::optional<FolderLock>> take(const std::filesystem::path& folder);
  /// False once the folder or its lock file were removed behind our back: another process may then
  /// have taken a lock of its own.
  bool is_held() const;

 private:
  FolderLock(std::filesystem::path path, Descriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  Descriptor file_;
};

/// A new folder among the system's temporary ones, which only its owner may read; removed, with all
/// that is in it, with this object.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

/// A file's content in memory, read-only. Pages are read when they are touched.
class Mapping {
 public:
  static Result<Mapping> open(const std::filesystem::path& path);
  ~Mapping();
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  enum class Access { Normal, Sequential, Random };
  /// What comes next, for the operating system to read ahead or not.
  void expect(Access access) const;

 private:
  Mapping(std::byte* data, std::size_t size) : data_(data), size_(size) {}

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace inlet::index
