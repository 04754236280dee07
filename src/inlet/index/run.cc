#include <algorithm>
#include <cstring>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/index/run_internal.h"

namespace inlet::index {
namespace {

/// Below so many entries per key, going through all of them is cheaper than looking for each.
constexpr std::size_t kEntriesPerKeyOfScan = 16;
/// Keys that lie this far apart gain nothing from what is read ahead.
constexpr std::size_t kReadAheadBytes = 64 << 10;
/// Of so many keys the places are on their way into the cache.
constexpr std::size_t kKeysAhead = 6;

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

}  // namespace

std::filesystem::path Run::text_path(const std::filesystem::path& path) {
  std::filesystem::path text = path;
  text += ".text";
  return text;
}

// The entries' file notes the checksum of the text: the two belong together.
Result<Run> Run::open(const std::filesystem::path& path) {
  Run run(TRY(CheckedFile::open(path)));
  const std::span<const std::byte> content = run.file_.content();
  if (run.file_.note() != 0) run.text_ = TRY(CheckedFile::open(text_path(path)));
  const bool is_own_text = !run.text_ || run.text_->checksum() == run.file_.note();
  if (!is_own_text || content.size() % sizeof(Entry) != 0) {
    return fail(ErrorKind::Unavailable, format("not a run of a key index: {}", path.string()));
  }
  run.entries_ = {reinterpret_cast<const Entry*>(content.data()), content.size() / sizeof(Entry)};
  return run;
}

Result<std::span<const Entry>> Run::read(std::size_t begin, std::size_t end) {
  TRY(file_.read(begin * sizeof(Entry), (end - begin) * sizeof(Entry)));
  return entries_.subspan(begin, end - begin);
}

Result<std::string_view> Run::text_at(std::uint64_t offset) {
  if (!text_) return fail(ErrorKind::Unavailable, "a run of the key index lacks its text");
  std::uint32_t size = 0;
  const std::span<const std::byte> head = TRY(text_->read(offset, sizeof size));
  std::memcpy(&size, head.data(), sizeof size);
  const std::span<const std::byte> text = TRY(text_->read(offset + sizeof size, size));
  return std::string_view(reinterpret_cast<const char*>(text.data()), text.size());
}

Result<std::string_view> Run::key_text(const Entry& entry) {
  if (entry.key_kind() != KeyKind::Long) return std::string_view();
  return text_at(entry.low);
}

Result<std::string_view> Run::sequence_text(const Entry& entry) {
  if (entry.sequence_kind() != SequenceKind::Long) return std::string_view();
  return text_at(entry.sequence);
}

Result<bool> Run::is_of(const Entry& entry, const Wanted& wanted) {
  if (entry.key_kind() != wanted.kind) return false;
  if (wanted.kind != KeyKind::Long) return entry.low == wanted.low;
  const std::string_view key = TRY(key_text(entry));
  return key == wanted.bytes;
}

void Run::expect_scan() const {
  file_.expect(Mapping::Access::Sequential);
  if (text_) text_->expect(Mapping::Access::Sequential);
}

std::size_t Run::guess(std::uint64_t high, std::uint64_t known_high, std::size_t known) const {
  __extension__ using Unsigned128 = unsigned __int128;
  const auto away =
      static_cast<std::size_t>(Unsigned128{high - known_high} * entries_.size() >> 64);
  return std::min(known + away, entries_.size() - 1);
}

std::size_t Run::lower_bound(const Wanted& key, std::size_t at) const {
  // In steps that double, whatever the spread.
  std::size_t begin = 0;
  std::size_t end = entries_.size();
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
  const auto found =
      std::lower_bound(entries_.begin() + static_cast<std::ptrdiff_t>(begin),
                       entries_.begin() + static_cast<std::ptrdiff_t>(end), key,
                       [](const Entry& a, const Wanted& b) { return is_before(a, b); });
  return static_cast<std::size_t>(found - entries_.begin());
}

Status Run::find(std::span<const Wanted> wanted,
                 const std::function<void(const Wanted&, const Entry&, std::string_view)>& visit) {
  if (entries_.empty() || wanted.empty()) return {};
  const std::size_t entries_per_key = entries_.size() / wanted.size();
  const bool is_scan = entries_per_key < kEntriesPerKeyOfScan;
  const bool is_dense = entries_per_key * sizeof(Entry) < kReadAheadBytes;
  file_.expect(is_dense ? Mapping::Access::Normal : Mapping::Access::Random);
  if (text_) text_->expect(is_dense ? Mapping::Access::Normal : Mapping::Access::Random);
  std::size_t at = 0;
  std::uint64_t last_high = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Wanted& key = wanted[i];
    if (is_scan) {
      while (at < entries_.size() && is_before(entries_[at], key)) ++at;
    } else {
      const Wanted& later = wanted[std::min(i + kKeysAhead, wanted.size() - 1)];
      __builtin_prefetch(&entries_[guess(later.high, last_high, at)]);
      at = lower_bound(key, guess(key.high, last_high, at));
      last_high = key.high;
    }
    std::size_t end = at;
    while (end < entries_.size() && !is_before(key, entries_[end])) ++end;
    // The neighbours prove that there is no more.
    TRY(read(at == 0 ? 0 : at - 1, std::min(end + 1, entries_.size())));
    for (const Entry& entry : entries_.subspan(at, end - at)) {
      if (!TRY(is_of(entry, key))) continue;
      const std::string_view sequence = TRY(sequence_text(entry));
      visit(key, entry, sequence);
    }
  }
  return {};
}

Result<RunWriter> RunWriter::create(const std::filesystem::path& path) {
  CheckedWriter file = TRY(CheckedWriter::create(path));
  return RunWriter(path, std::move(file));
}

Result<std::uint64_t> RunWriter::write_text(std::string_view text) {
  if (!text_) text_ = TRY(CheckedWriter::create(Run::text_path(path_)));
  const std::uint64_t offset = text_->size();
  const auto size = static_cast<std::uint32_t>(text.size());
  TRY(text_->write(bytes_of(size)));
  TRY(text_->write(std::as_bytes(std::span(text))));
  return offset;
}

Status RunWriter::write(Entry entry, std::string_view key, std::string_view sequence) {
  if (entry.key_kind() == KeyKind::Long) entry.low = TRY(write_text(key));
  if (entry.sequence_kind() == SequenceKind::Long) entry.sequence = TRY(write_text(sequence));
  return file_.write(bytes_of(entry));
}

Status RunWriter::finish() {
  const std::uint64_t text_checksum = text_ ? TRY(text_->finish(0)) : 0;
  TRY(file_.finish(text_checksum));
  return {};
}

}  // namespace inlet::index
