#pragma once

#include <cstdint>
#include <type_traits>

namespace inlet::index {

/// How an entry stands for a key.
enum class KeyKind : std::uint32_t {
  Short,   ///< the RowKey bytes and how many there are
  Uuid,    ///< one text column that holds a UUID in its canonical spelling
  Packed,  ///< columns of fixed width, none null, without RowKey's markers
  Long     ///< a hash; the RowKey bytes are in the run's text
};

/// Where the sequence of a row is.
enum class SequenceKind : std::uint32_t {
  Here,  ///< in the entry; also where a table has no sequence columns
  Null,  ///< the one sequence column is null
  Long   ///< in the run's text
};

/// A key as the index holds it: `high` is spread evenly over its range. Keys of one kind other than
/// Long that share both halves are equal.
struct PackedKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  KeyKind kind = KeyKind::Short;

  bool operator==(const PackedKey&) const = default;
};

struct PackedSequence {
  std::uint64_t value = 0;
  SequenceKind kind = SequenceKind::Here;
};

/// One row of a data file: what a run holds, on disk as in memory.
struct Entry {
  std::uint64_t high = 0;
  std::uint64_t low = 0;       // of a long key: where its bytes are in the text
  std::uint64_t sequence = 0;  // of a long sequence: likewise
  std::uint32_t tag = 0;       // 2 bits of KeyKind, 2 of SequenceKind, 28 of the file's ordinal
  std::uint32_t row = 0;

  static constexpr std::uint32_t kMaxOrdinals = 1U << 28;

  static Entry make(const PackedKey& key, const PackedSequence& sequence, std::uint32_t ordinal,
                    std::uint32_t row) {
    const std::uint32_t kinds =
        static_cast<std::uint32_t>(key.kind) << 2 | static_cast<std::uint32_t>(sequence.kind);
    return {key.high, key.low, sequence.value, kinds << 28 | ordinal, row};
  }
  KeyKind key_kind() const { return static_cast<KeyKind>(tag >> 30); }
  SequenceKind sequence_kind() const { return static_cast<SequenceKind>(tag >> 28 & 3); }
  std::uint32_t ordinal() const { return tag & (kMaxOrdinals - 1); }
};
static_assert(sizeof(Entry) == 32 && std::is_trivially_copyable_v<Entry>);

/// The order of a run: entries of one key stand together, among the few others of the same hash.
template <class Left, class Right>
bool is_before(const Left& left, const Right& right) {
  return left.high < right.high;
}

}  // namespace inlet::index
