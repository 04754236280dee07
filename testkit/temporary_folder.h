#pragma once

#include <filesystem>
#include <string_view>

namespace inlet::testkit {

/// A fresh folder below the system's temporary one; it goes with this object, whatever is in it
/// then.
class TemporaryFolder {
 public:
  /// Throws when the folder cannot be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace inlet::testkit
