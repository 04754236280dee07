#include "inlet/decode/binary_text.h"

namespace inlet::decode {
namespace {

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

bool append_base64(ColumnBuilder& column, std::string_view text) {
  if (text.size() % 4 != 0) return false;
  std::size_t num_padding = 0;
  while (num_padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++num_padding;
  }
  char* const bytes = column.reserve_bytes(text.size());
  std::size_t size = 0;
  unsigned pending = 0;
  unsigned num_pending = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return false;
    pending = (pending << 6 | static_cast<unsigned>(value)) & 0xFFFFU;
    num_pending += 6;
    if (num_pending >= 8) {
      num_pending -= 8;
      bytes[size++] = static_cast<char>(pending >> num_pending & 0xFFU);
    }
  }
  // Bits that no byte takes have to be zero: otherwise two spellings would mean the same bytes.
  if ((pending & ((1U << num_pending) - 1U)) != 0) return false;
  column.commit_bytes(size);
  return true;
}

bool append_hex(ColumnBuilder& column, std::string_view text) {
  if (text.size() % 2 != 0) return false;
  char* const bytes = column.reserve_bytes(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i / 2] = static_cast<char>(high * 16 + low);
  }
  column.commit_bytes(text.size() / 2);
  return true;
}

}  // namespace inlet::decode
