#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/index/disk_internal.h"

namespace inlet::index {
namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

std::unexpected<Error> fail_at(std::string_view action, const std::filesystem::path& path) {
  const int code = errno;
  return fail(ErrorKind::Unavailable, format("cannot {} {}: {}", action, path.string(),
                                             std::generic_category().message(code)));
}

Result<Descriptor> open_file(const std::filesystem::path& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, kOwnerOnly));
  if (!file.is_open()) return fail_at("open", path);
  return file;
}

Result<std::uint64_t> size_of(const Descriptor& file, const std::filesystem::path& path) {
  struct stat info = {};
  if (::fstat(file.number(), &info) != 0) return fail_at("look at", path);
  return static_cast<std::uint64_t>(info.st_size);
}

}  // namespace

Descriptor::~Descriptor() {
  if (is_open()) ::close(number_);
}
Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Result<Descriptor> create_file(const std::filesystem::path& path) {
  return open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
}

Status write_at(const Descriptor& file, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail_at("write", "a file of the key index");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const Descriptor file = TRY(open_file(path, O_RDONLY));
  std::string content(TRY(size_of(file, path)), '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.number(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_at("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  content.resize(size);
  return content;
}

Status replace_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  {
    const Descriptor file = TRY(create_file(fresh));
    TRY(write_at(file, std::as_bytes(std::span(bytes)), 0));
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return fail_at("replace", path);
  return {};
}

Result<std::optional<FolderLock>> FolderLock::take(const std::filesystem::path& folder) {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorKind::Unavailable,
                format("cannot make the folder {}: {}", folder.string(), error.message()));
  }
  // Keys may be personal data.
  if (is_new) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  const std::filesystem::path path = folder / "lock";
  Descriptor file = TRY(open_file(path, O_RDWR | O_CREAT));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FolderLock>();
    return fail_at("lock", path);
  }
  FolderLock lock(path, std::move(file));
  // Between opening and locking, the last holder may have removed the file.
  if (!lock.is_held()) return std::optional<FolderLock>();
  return std::optional(std::move(lock));
}

bool FolderLock::is_held() const {
  struct stat ours = {};
  struct stat there = {};
  return ::fstat(file_.number(), &ours) == 0 && ::stat(path_.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code error;
  std::string path = (std::filesystem::temp_directory_path(error) / "inlet-XXXXXX").string();
  if (error || ::mkdtemp(path.data()) == nullptr) return fail_at("make the folder", path);
  return TemporaryFolder(path);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}
TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}
TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

Result<Mapping> Mapping::open(const std::filesystem::path& path) {
  const Descriptor file = TRY(open_file(path, O_RDONLY));
  const std::uint64_t size = TRY(size_of(file, path));
  if (size == 0) return Mapping(nullptr, 0);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (data == MAP_FAILED) return fail_at("map", path);
  return Mapping(static_cast<std::byte*>(data), size);
}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(data_, size_);
}
Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void Mapping::expect(Access access) const {
  if (data_ == nullptr) return;
  const int advice = access == Access::Random       ? MADV_RANDOM
                     : access == Access::Sequential ? MADV_SEQUENTIAL
                                                    : MADV_NORMAL;
  ::madvise(data_, size_, advice);
}

}  // namespace inlet::index
