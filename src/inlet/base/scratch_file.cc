#include "inlet/base/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "inlet/base/format.h"

namespace inlet {
namespace {

std::unexpected<Error> fail_in(const std::filesystem::path& folder, std::string_view action,
                               const std::string& cause) {
  return fail(ErrorKind::Unavailable,
              format("cannot {} a scratch file in {}: {}; make room there, or let TMPDIR name "
                     "another folder",
                     action, folder.string(), cause));
}

}  // namespace

Result<ScratchFile> ScratchFile::make(std::filesystem::path folder) {
  std::error_code code;
  if (folder.empty()) folder = std::filesystem::temp_directory_path(code);
  if (code) {
    const char* named = std::getenv("TMPDIR");
    return fail_in(named == nullptr ? "/tmp" : named, "make", code.message());
  }
  std::string name = (folder / "inlet-scratch-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return fail_in(folder, "make", std::generic_category().message(errno));
  // From here on it is gone with the last descriptor.
  ::unlink(name.c_str());
  return ScratchFile(std::move(folder), descriptor);
}

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      num_bytes_(other.num_bytes_) {}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(num_bytes_, other.num_bytes_);
  return *this;
}

Status ScratchFile::append(std::string_view bytes) {
  std::uint64_t end = num_bytes_;
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(end));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      return fail_in(folder_, "write to", std::generic_category().message(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
    end += static_cast<std::uint64_t>(written);
  }
  num_bytes_ = end;
  return {};
}

Result<std::string> ScratchFile::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_in(folder_, "read", std::generic_category().message(errno));
    if (got == 0) return fail_in(folder_, "read", "it ends too early");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace inlet
