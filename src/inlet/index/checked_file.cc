#include <algorithm>
#include <cstring>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/index/checked_file_internal.h"

namespace inlet::index {
namespace {

/// "checked" and the number of this layout.
constexpr std::uint64_t kMagic = 0x316465636B656863U;
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kPendingBytes = 32 * kPageBytes;

struct Tail {
  std::uint64_t magic = kMagic;
  std::uint64_t num_bytes = 0;
  std::uint64_t note = 0;
  std::uint64_t checksum = 0;
};

std::uint64_t hash(std::span<const std::byte> bytes, std::uint64_t seed = 0) {
  return hash_bytes({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, seed);
}

std::uint32_t checksum_of_page(std::span<const std::byte> page) {
  return static_cast<std::uint32_t>(hash(page));
}

std::uint64_t checksum_of_all(const Tail& tail, std::span<const std::byte> checksums) {
  const std::uint64_t parts[] = {tail.magic, tail.num_bytes, tail.note};
  return std::max<std::uint64_t>(hash(checksums, hash(std::as_bytes(std::span(parts)))), 1);
}

std::size_t num_pages(std::size_t num_bytes) {
  return (num_bytes + kPageBytes - 1) / kPageBytes;
}

std::unexpected<Error> fail_damaged() {
  return fail(ErrorKind::Unavailable, "a file of the key index is damaged; it is built anew");
}

}  // namespace

Result<CheckedFile> CheckedFile::open(const std::filesystem::path& path) {
  CheckedFile file(TRY(Mapping::open(path)));
  const std::span<const std::byte> all = file.mapping_.bytes();
  Tail tail;
  if (all.size() < sizeof tail) return fail_damaged();
  std::memcpy(&tail, all.last(sizeof tail).data(), sizeof tail);
  const std::size_t rest = all.size() - sizeof tail;
  const std::size_t checksum_bytes = num_pages(tail.num_bytes) * sizeof(std::uint32_t);
  if (tail.magic != kMagic || tail.num_bytes > rest || rest - tail.num_bytes != checksum_bytes) {
    return fail_damaged();
  }
  file.content_ = all.first(tail.num_bytes);
  file.checksums_ = all.subspan(tail.num_bytes, checksum_bytes);
  file.note_ = tail.note;
  file.checksum_ = tail.checksum;
  if (tail.checksum != checksum_of_all(tail, file.checksums_)) return fail_damaged();
  file.is_checked_.resize(num_pages(tail.num_bytes));
  return file;
}

Result<std::span<const std::byte>> CheckedFile::read(std::size_t offset, std::size_t size) {
  if (offset > content_.size() || size > content_.size() - offset) return fail_damaged();
  for (std::size_t page = offset / kPageBytes; page < num_pages(offset + size); ++page) {
    if (is_checked_[page]) continue;
    const std::size_t begin = page * kPageBytes;
    std::uint32_t expected = 0;
    std::memcpy(&expected, checksums_.data() + page * sizeof expected, sizeof expected);
    const auto bytes = content_.subspan(begin, std::min(kPageBytes, content_.size() - begin));
    if (checksum_of_page(bytes) != expected) return fail_damaged();
    is_checked_[page] = true;
  }
  return content_.subspan(offset, size);
}

Result<CheckedWriter> CheckedWriter::create(const std::filesystem::path& path) {
  return CheckedWriter(TRY(create_file(path)));
}

Status CheckedWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kPendingBytes - pending_.size());
    pending_.insert(pending_.end(), bytes.begin(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes = bytes.subspan(size);
    if (pending_.size() == kPendingBytes) TRY(flush());
  }
  return {};
}

Status CheckedWriter::flush() {
  const std::span<const std::byte> all(pending_);
  for (std::size_t begin = 0; begin < all.size(); begin += kPageBytes) {
    checksums_.push_back(
        checksum_of_page(all.subspan(begin, std::min(kPageBytes, all.size() - begin))));
  }
  TRY(write_at(file_, all, offset_));
  offset_ += all.size();
  pending_.clear();
  return {};
}

Result<std::uint64_t> CheckedWriter::finish(std::uint64_t note) {
  TRY(flush());
  const auto checksums = std::as_bytes(std::span(checksums_));
  Tail tail[] = {{.num_bytes = offset_, .note = note}};
  tail->checksum = checksum_of_all(*tail, checksums);
  TRY(write_at(file_, checksums, offset_));
  TRY(write_at(file_, std::as_bytes(std::span(tail)), offset_ + checksums.size()));
  file_ = Descriptor();
  return tail->checksum;
}

}  // namespace inlet::index
