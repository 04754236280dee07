#include "inlet/store/local_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::store {
namespace {

constexpr std::string_view kScheme = "file://";

class FileDescriptor {
 public:
  explicit FileDescriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> failed(const std::string& path, int code) {
  ErrorKind kind = ErrorKind::Unavailable;
  if (code == ENOENT || code == ENOTDIR) kind = ErrorKind::NotFound;
  if (code == EACCES || code == EPERM) kind = ErrorKind::Auth;
  return fail(kind, format("cannot read {}: {}", path, std::generic_category().message(code)));
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    const bool is_encoded = text[i] == '%' && i + 2 < text.size() &&
                            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    decoded += is_encoded ? static_cast<char>(byte) : text[i];
    if (is_encoded) i += 2;
  }
  return decoded;
}

std::optional<std::string> local_path(std::string_view url) {
  if (!url.starts_with(kScheme)) return std::nullopt;
  return percent_decoded(url.substr(kScheme.size()));
}

Result<std::string> read_local_range(const std::string& path, std::uint64_t offset,
                                     std::uint64_t length) {
  const FileDescriptor file(path);
  struct stat info = {};
  if (file.number() < 0 || ::fstat(file.number(), &info) != 0) return failed(path, errno);
  if (S_ISDIR(info.st_mode)) return failed(path, ENOENT);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  const std::uint64_t wanted = offset >= size ? 0 : std::min(length, size - offset);
  int code = 0;
  std::string bytes;
  bytes.resize_and_overwrite(wanted, [&](char* begin, std::size_t capacity) {
    std::size_t num_read = 0;
    while (num_read < capacity) {
      const ssize_t step = ::pread(file.number(), begin + num_read, capacity - num_read,
                                   static_cast<off_t>(offset + num_read));
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) code = errno;
      if (step <= 0) break;
      num_read += static_cast<std::size_t>(step);
    }
    return num_read;
  });
  if (code != 0) return failed(path, code);
  return bytes;
}

}  // namespace inlet::store
