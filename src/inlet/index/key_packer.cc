#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/index/key_packer_internal.h"

namespace inlet::index {
namespace {

constexpr std::size_t kNumKeyBytes = 16;
constexpr std::size_t kNumSequenceBytes = 8;
using KeyBytes = std::array<unsigned char, kNumKeyBytes>;

// RowKey's marker byte, 36 characters and the two bytes that end a text.
constexpr std::size_t kUuidKeySize = 39;

std::size_t width_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::Boolean: return 1;
    case TypeKind::Int:
    case TypeKind::Date:
    case TypeKind::Float: return 4;
    case TypeKind::Long:
    case TypeKind::Timestamp:
    case TypeKind::Double: return 8;
    case TypeKind::Decimal: return 16;
    default: return 0;
  }
}

// The widths of columns that together fit `max_bytes`; empty when they do not.
std::vector<std::size_t> fixed_widths(const std::vector<Type>& types, std::size_t max_bytes) {
  std::vector<std::size_t> widths;
  for (const Type& type : types) {
    widths.push_back(width_of(type.kind));
    if (widths.back() == 0) return {};
  }
  const std::size_t sum = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  return sum <= max_bytes ? widths : std::vector<std::size_t>{};
}

// Copies the values without their markers; false when one is null.
bool copy_values(std::string_view bytes, std::span<const std::size_t> widths, unsigned char* out) {
  for (const std::size_t width : widths) {
    if (bytes.size() <= width || bytes.front() == '\0') return false;
    std::memcpy(out, bytes.data() + 1, width);
    out += width;
    bytes.remove_prefix(width + 1);
  }
  return bytes.empty();
}

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

std::optional<KeyBytes> read_uuid(std::string_view text) {
  KeyBytes bytes = {};
  std::size_t num_digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    bytes[num_digits / 2] = static_cast<unsigned char>(bytes[num_digits / 2] << 4 | digit);
    ++num_digits;
  }
  return bytes;
}

std::uint64_t read_big_endian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

// The product's halves over each other: every bit of `value` reaches every bit of the result.
std::uint64_t scramble(std::uint64_t value) {
  __extension__ using Unsigned128 = unsigned __int128;
  const Unsigned128 product = Unsigned128{value} * 0x9E3779B97F4A7C15U;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Each round changes one half by a function of the other and so can be undone: no two keys become
// one. Afterwards keys that were close together lie anywhere, which interpolation counts on.
PackedKey mix(const KeyBytes& bytes, KeyKind kind) {
  std::uint64_t high = read_big_endian(bytes.data());
  std::uint64_t low = read_big_endian(bytes.data() + 8);
  low ^= scramble(high + 0xD1B54A32D192ED03U);
  high ^= scramble(low + 0x8CB92BA72F3D8DD7U);
  low ^= scramble(high + 0xABC98388FB8FAC03U);
  high ^= scramble(low + 0x6C62272E07BB0142U);
  return {high, low, kind};
}

}  // namespace

Result<KeyPacker> KeyPacker::make(const Schema& schema, const std::vector<std::string>& keys,
                                  const std::vector<std::string>& sequence, KeyHash hash) {
  const auto find_types = [&](const std::vector<std::string>& paths,
                              std::vector<std::string>& columns) -> Result<std::vector<Type>> {
    std::vector<Type> types;
    for (const std::string& path : paths) {
      const Field* field = schema.find(path);
      if (field == nullptr) return fail(ErrorKind::Config, format("no column {}", path));
      types.push_back(field->type);
      columns.push_back(path + " " + to_text(field->type));
    }
    return types;
  };
  KeyPacker packer;
  const std::vector<Type> key_types = TRY(find_types(keys, packer.key_columns_));
  const std::vector<Type> sequence_types = TRY(find_types(sequence, packer.sequence_columns_));
  packer.key_widths_ = fixed_widths(key_types, kNumKeyBytes);
  packer.sequence_widths_ = fixed_widths(sequence_types, kNumSequenceBytes);
  packer.may_be_uuid_ = key_types.size() == 1 && key_types.front().kind == TypeKind::String;
  packer.hash_ = hash;
  return packer;
}

PackedKey KeyPacker::pack(std::string_view key) const {
  KeyBytes bytes = {};
  if (!key_widths_.empty() && copy_values(key, key_widths_, bytes.data())) {
    return mix(bytes, KeyKind::Packed);
  }
  if (key.size() < kNumKeyBytes) {
    bytes = {};
    std::memcpy(bytes.data(), key.data(), key.size());
    bytes.back() = static_cast<unsigned char>(key.size());
    return mix(bytes, KeyKind::Short);
  }
  if (may_be_uuid_ && key.size() == kUuidKeySize) {
    if (const auto uuid = read_uuid(key.substr(1, 36))) return mix(*uuid, KeyKind::Uuid);
  }
  return {hash_(key), 0, KeyKind::Long};
}

PackedSequence KeyPacker::pack_sequence(std::string_view sequence) const {
  if (sequence_columns_.empty()) return {};
  std::array<unsigned char, kNumSequenceBytes> bytes = {};
  if (sequence_widths_.empty()) return {.kind = SequenceKind::Long};
  if (copy_values(sequence, sequence_widths_, bytes.data())) {
    return {.value = read_big_endian(bytes.data())};
  }
  return {.kind = sequence_columns_.size() == 1 ? SequenceKind::Null : SequenceKind::Long};
}

std::string KeyPacker::unpack_sequence(const PackedSequence& sequence) const {
  if (sequence.kind == SequenceKind::Null) return std::string(1, '\0');
  std::string bytes;
  std::uint64_t rest = sequence.value;
  for (const std::size_t width : sequence_widths_) {
    bytes.push_back('\1');
    for (std::size_t i = 0; i < width; ++i, rest <<= 8) {
      bytes.push_back(static_cast<char>(static_cast<unsigned char>(rest >> 56)));
    }
  }
  return bytes;
}

}  // namespace inlet::index
