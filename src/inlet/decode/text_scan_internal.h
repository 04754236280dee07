#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace inlet::decode {

/// Bytes that TextBlock looks at together: so many have to be readable, and writable where it is
/// copied to.
inline constexpr std::size_t kBlockBytes = 32;

/// A block of a JSON string's text.
class TextBlock {
 public:
#if defined(__SSE2__)
  explicit TextBlock(const char* at)
      : low_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))),
        high_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16))) {}

  /// A bit for each byte that plain text cannot have: the quote, the backslash, control characters.
  std::uint32_t special() const { return special(low_) | special(high_) << 16; }
  void copy_to(char* out) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), low_);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 16), high_);
  }

 private:
  static std::uint32_t special(__m128i bytes) {
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    return static_cast<std::uint32_t>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control)));
  }

  __m128i low_;
  __m128i high_;
#else
  explicit TextBlock(const char* at) { std::memcpy(bytes_, at, kBlockBytes); }

  std::uint32_t special() const {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < kBlockBytes; ++i) {
      const char c = bytes_[i];
      const bool is_special = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
      bits |= static_cast<std::uint32_t>(is_special) << i;
    }
    return bits;
  }
  void copy_to(char* out) const { std::memcpy(out, bytes_, kBlockBytes); }

 private:
  char bytes_[kBlockBytes];
#endif
};

/// The first byte from `at` on that plain text cannot have; `end` when there is none before it.
inline const char* find_special(const char* at, const char* end) {
  for (; static_cast<std::size_t>(end - at) >= kBlockBytes; at += kBlockBytes) {
    const std::uint32_t special = TextBlock(at).special();
    if (special != 0) return at + std::countr_zero(special);
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

/// A fixed text that is compared by words: a member's name in quotes with its colon.
class TextPattern {
 public:
  TextPattern() = default;
  /// Borrows `text`.
  TextPattern(const char* text, std::size_t size) : text_(text), size_(size) {
    if (size >= 8) {
      std::memcpy(&first_, text, 8);
      std::memcpy(&last_, text + size - 8, 8);
    } else {
      std::memcpy(&first_, text, size);
      mask_ = (std::uint64_t{1} << (size * 8)) - 1;
      last_ = first_;
    }
  }

  std::size_t size() const { return size_; }
  /// True when the text from `at` on starts with the pattern.
  bool matches(const char* at, const char* end) const {
    if (static_cast<std::size_t>(end - at) < size_ + 8) [[unlikely]] {
      return static_cast<std::size_t>(end - at) >= size_ && std::memcmp(at, text_, size_) == 0;
    }
    if (((word(at) ^ first_) & mask_) != 0) return false;
    if (size_ <= 8) return true;
    if (word(at + size_ - 8) != last_) return false;
    return size_ <= 16 || std::memcmp(at + 8, text_ + 8, size_ - 16) == 0;
  }

 private:
  static std::uint64_t word(const char* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, sizeof(value));
    return value;
  }

  const char* text_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t mask_ = ~std::uint64_t{0};
};

}  // namespace inlet::decode
