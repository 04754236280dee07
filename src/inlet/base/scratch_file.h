#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "inlet/base/error.h"

namespace inlet {

/// Bytes on local disk that have no name there: they go with this object, and with the process
/// however it ends. For one thread.
class ScratchFile {
 public:
  /// In `folder`; empty: among the system's temporary files. Unavailable when nothing can be
  /// written there; the message names the folder and what to do.
  static Result<ScratchFile> make(std::filesystem::path folder = {});
  ~ScratchFile();
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;

  /// Adds `bytes` at the end. After a failure (Unavailable) the end is where it was.
  Status append(std::string_view bytes);
  std::uint64_t num_bytes() const { return num_bytes_; }
  /// `size` bytes from `offset` on, which were appended.
  Result<std::string> read(std::uint64_t offset, std::size_t size) const;

 private:
  ScratchFile(std::filesystem::path folder, int descriptor)
      : folder_(std::move(folder)), descriptor_(descriptor) {}

  std::filesystem::path folder_;
  int descriptor_ = -1;
  std::uint64_t num_bytes_ = 0;
};

}  // namespace inlet
