#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/index/run_internal.h"

namespace inlet::index {
namespace {

constexpr std::uint64_t kMagic = 0x316E75722E79656BU;  // "key.run1"
constexpr std::size_t kHeaderBytes = 4096;
constexpr std::size_t kBlockEntries = 128;
constexpr std::size_t kPendingEntries = 32 * kBlockEntries;
/// Below so many entries per key, going through all of them is cheaper than looking for each.
constexpr std::size_t kEntriesPerKeyOfScan = 16;
/// Keys that lie this far apart gain nothing from what is read ahead.
constexpr std::size_t kReadAheadBytes = 64 << 10;

struct Header {
  std::uint64_t magic = kMagic;
  std::uint64_t num_entries = 0;
  std::uint64_t checksum = 0;
};

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

std::uint64_t checksum_of(const Header& header) {
  return hash_bytes({reinterpret_cast<const char*>(&header), offsetof(Header, checksum)});
}

std::uint32_t checksum_of(std::span<const Entry> block) {
  return static_cast<std::uint32_t>(hash_bytes(bytes_of(block)));
}

std::uint64_t checksum_of(const Header& header, std::span<const std::uint32_t> checksums) {
  return hash_bytes(bytes_of(checksums), header.checksum);
}

std::size_t num_blocks(std::size_t num_entries) {
  return (num_entries + kBlockEntries - 1) / kBlockEntries;
}

std::unexpected<Error> fail_damaged() {
  return fail(ErrorKind::Unavailable, "a run of the key index is damaged; it has to be built anew");
}

}  // namespace

Result<Run> Run::open(const std::filesystem::path& path) {
  Run run(TRY(Mapping::open(path)));
  const std::span<const std::byte> bytes = run.mapping_.bytes();
  if (bytes.size() < kHeaderBytes) return fail_damaged();
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic || header.checksum != checksum_of(header)) return fail_damaged();
  const std::size_t num_entries = header.num_entries;
  const std::size_t entry_bytes = num_entries * sizeof(Entry);
  const std::size_t checksum_bytes = num_blocks(num_entries) * sizeof(std::uint32_t);
  std::uint64_t& last = run.checksum_;
  if (bytes.size() != kHeaderBytes + entry_bytes + checksum_bytes + sizeof last) {
    return fail_damaged();
  }
  const std::byte* entries = bytes.data() + kHeaderBytes;
  run.entries_ = {reinterpret_cast<const Entry*>(entries), num_entries};
  run.checksums_ = {reinterpret_cast<const std::uint32_t*>(entries + entry_bytes),
                    num_blocks(num_entries)};
  std::memcpy(&last, bytes.data() + bytes.size() - sizeof last, sizeof last);
  if (last != checksum_of(header, run.checksums_)) return fail_damaged();
  run.is_checked_.resize(num_blocks(num_entries));
  return run;
}

Status Run::check_blocks(std::size_t begin, std::size_t end) {
  for (std::size_t block = begin / kBlockEntries; block < num_blocks(end); ++block) {
    if (is_checked_[block]) continue;
    const std::size_t first = block * kBlockEntries;
    const std::size_t size = std::min(kBlockEntries, entries_.size() - first);
    if (checksum_of(entries_.subspan(first, size)) != checksums_[block]) return fail_damaged();
    is_checked_[block] = true;
  }
  return {};
}

Result<std::span<const Entry>> Run::read(std::size_t begin, std::size_t end) {
  TRY(check_blocks(begin, end));
  return entries_.subspan(begin, end - begin);
}

std::size_t Run::lower_bound(const Wanted& key) const {
  __extension__ using Unsigned128 = unsigned __int128;
  const std::size_t count = entries_.size();
  // Two guesses from how the keys are spread: the first is off by about the root of the count, the
  // second by the root of that.
  std::size_t at = static_cast<std::size_t>(Unsigned128{key.high} * count >> 64);
  const auto away = static_cast<std::int64_t>(key.high - entries_[at].high);
  const auto step =
      static_cast<std::int64_t>(static_cast<double>(away) * static_cast<double>(count) * 0x1p-64);
  const auto guess = static_cast<std::int64_t>(at) + step;
  at = static_cast<std::size_t>(
      std::clamp<std::int64_t>(guess, 0, static_cast<std::int64_t>(count) - 1));
  // From there in steps that double, whatever the spread.
  std::size_t begin = 0;
  std::size_t end = count;
  if (is_before(entries_[at], key)) {
    begin = at + 1;
    for (std::size_t stride = 8; begin < end; stride *= 2) {
      const std::size_t next = begin + std::min(stride, end - begin) - 1;
      if (!is_before(entries_[next], key)) {
        end = next;
        break;
      }
      begin = next + 1;
    }
  } else {
    end = at;
    for (std::size_t stride = 8; begin < end; stride *= 2) {
      const std::size_t next = end - std::min(stride, end - begin);
      if (is_before(entries_[next], key)) {
        begin = next + 1;
        break;
      }
      end = next;
    }
  }
  const auto found = std::lower_bound(
      entries_.begin() + static_cast<std::ptrdiff_t>(begin),
      entries_.begin() + static_cast<std::ptrdiff_t>(end), key,
      [](const Entry& entry, const Wanted& wanted) { return is_before(entry, wanted); });
  return static_cast<std::size_t>(found - entries_.begin());
}

Status Run::find(std::span<const Wanted> wanted,
                 const std::function<void(const Wanted&, const Entry&)>& visit) {
  if (entries_.empty() || wanted.empty()) return {};
  const std::size_t entries_per_key = entries_.size() / wanted.size();
  const bool is_scan = entries_per_key < kEntriesPerKeyOfScan;
  const bool is_dense = entries_per_key * sizeof(Entry) < kReadAheadBytes;
  mapping_.expect(is_dense ? Mapping::Access::Normal : Mapping::Access::Random);
  std::size_t at = 0;
  for (const Wanted& key : wanted) {
    if (is_scan) {
      while (at < entries_.size() && is_before(entries_[at], key)) ++at;
    } else {
      at = lower_bound(key);
    }
    std::size_t end = at;
    while (end < entries_.size() && !is_before(key, entries_[end])) ++end;
    // The neighbours prove that there is no more.
    TRY(check_blocks(at == 0 ? 0 : at - 1, std::min(end + 1, entries_.size())));
    for (std::size_t i = at; i < end; ++i) {
      if (entries_[i].key_kind() == key.kind) visit(key, entries_[i]);
    }
  }
  return {};
}

Result<RunWriter> RunWriter::create(const std::filesystem::path& path) {
  RunWriter writer(TRY(create_file(path)));
  writer.offset_ = kHeaderBytes;
  return writer;
}

Status RunWriter::write(std::span<const Entry> entries) {
  while (!entries.empty()) {
    const std::size_t size = std::min(entries.size(), kPendingEntries - pending_.size());
    pending_.insert(pending_.end(), entries.begin(),
                    entries.begin() + static_cast<std::ptrdiff_t>(size));
    entries = entries.subspan(size);
    if (pending_.size() == kPendingEntries) TRY(flush());
  }
  return {};
}

Status RunWriter::flush() {
  const std::span<const Entry> all(pending_);
  for (std::size_t first = 0; first < all.size(); first += kBlockEntries) {
    checksums_.push_back(
        checksum_of(all.subspan(first, std::min(kBlockEntries, all.size() - first))));
  }
  TRY(write_at(file_, std::as_bytes(all), offset_));
  offset_ += all.size_bytes();
  num_entries_ += all.size();
  pending_.clear();
  return {};
}

Status RunWriter::finish() {
  TRY(flush());
  const std::span<const std::uint32_t> checksums(checksums_);
  TRY(write_at(file_, std::as_bytes(checksums), offset_));
  Header header[] = {{.num_entries = num_entries_}};
  header->checksum = checksum_of(*header);
  const std::uint64_t last[] = {checksum_of(*header, checksums)};
  TRY(write_at(file_, std::as_bytes(std::span(last)), offset_ + checksums.size_bytes()));
  TRY(write_at(file_, std::as_bytes(std::span(header)), 0));
  file_ = Descriptor();
  return {};
}

}  // namespace inlet::index
