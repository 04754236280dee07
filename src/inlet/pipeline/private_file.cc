#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/pipeline/private_file_internal.h"

namespace inlet::pipeline {
namespace {

// A file descriptor that is closed with the scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

std::unexpected<Error> cannot_write(const std::filesystem::path& file) {
  return fail(ErrorKind::Config,
              format("cannot write {}: {}", file.string(), std::generic_category().message(errno)));
}

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return {};
  TRY(make_folder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return cannot_write(folder);
  return {};
}

Status write_all(int descriptor, std::string_view text, const std::filesystem::path& file) {
  while (!text.empty()) {
    const ssize_t num_written = ::write(descriptor, text.data(), text.size());
    if (num_written < 0 && errno == EINTR) continue;
    if (num_written < 0) return cannot_write(file);
    text.remove_prefix(static_cast<std::size_t>(num_written));
  }
  if (::fsync(descriptor) != 0) return cannot_write(file);
  return {};
}

}  // namespace

Status write_private_file(const std::filesystem::path& file, std::string_view text) {
  std::error_code error;
  std::filesystem::path target = std::filesystem::weakly_canonical(file, error);
  if (error) target = file;
  TRY(make_folder(target.parent_path()));
  std::string temporary = target.string() + ".XXXXXX";
  // mkstemp makes the file with mode 0600.
  const Descriptor descriptor(::mkstemp(temporary.data()));
  if (descriptor.number() < 0) return cannot_write(file);
  Status written = write_all(descriptor.number(), text, file);
  if (written && ::rename(temporary.c_str(), target.c_str()) != 0) written = cannot_write(file);
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  const Descriptor folder(::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY));
  if (folder.number() >= 0) ::fsync(folder.number());
  return {};
}

}  // namespace inlet::pipeline
