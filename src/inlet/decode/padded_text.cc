#include <algorithm>
#include <cstring>

#include "inlet/decode/padded_text_internal.h"

namespace inlet::decode {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_ascii(char byte) {
  return static_cast<signed char>(byte) >= 0;
}

}  // namespace

PaddedText::PaddedText(const std::string& text)
    : original_(text), data_(text.data()), size_(text.size()) {
  if (text.capacity() - text.size() < simdjson::SIMDJSON_PADDING) copy();
}

PaddedText::PaddedText(std::string_view text) : original_(text), size_(text.size()) {
  copy();
}

void PaddedText::copy() {
  copy_.reserve(size_ + simdjson::SIMDJSON_PADDING);
  copy_.assign(original_);
  data_ = copy_.data();
}

void PaddedText::replace_invalid() {
  if (data_ != copy_.data()) copy();
  // A character never spans an ASCII byte, so each run of other bytes is right or wrong by itself.
  for (std::size_t begin = 0; begin < size_;) {
    if (is_ascii(copy_[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < size_ && !is_ascii(copy_[end])) ++end;
    if (!simdjson::validate_utf8(&copy_[begin], end - begin)) {
      std::memset(&copy_[begin], '?', end - begin);
    }
    begin = end;
  }
}

simdjson::padded_string_view PaddedText::part(std::size_t offset, std::size_t size) const {
  return simdjson::padded_string_view(data_ + offset, size,
                                      size_ - offset + simdjson::SIMDJSON_PADDING);
}

std::string_view PaddedText::original(std::string_view part) const {
  return part.empty()
             ? part
             : original_.substr(static_cast<std::size_t>(part.data() - data_), part.size());
}

std::string_view trim_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

std::string_view trim(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return trim_end(text);
}

simdjson::error_code iterate(simdjson::ondemand::parser& parser, PaddedText& text,
                             simdjson::ondemand::document& document) {
  const auto start = [&] {
    const std::string_view json = trim(text.view());
    const auto offset = static_cast<std::size_t>(json.data() - text.view().data());
    return parser.iterate(text.part(offset, json.size())).get(document);
  };
  const auto error = start();
  if (error != simdjson::UTF8_ERROR) return error;
  text.replace_invalid();
  return start();
}

}  // namespace inlet::decode
