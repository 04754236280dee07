#include <algorithm>
#include <cstring>
#include <utility>

#include "inlet/index/entry_batch_internal.h"

namespace inlet::index {

void EntryBatch::add(Entry entry, std::string_view key, std::string_view sequence) {
  if (entry.key_kind() == KeyKind::Long) entry.low = add_text(key);
  if (entry.sequence_kind() == SequenceKind::Long) entry.sequence = add_text(sequence);
  entries_.push_back(entry);
}

void EntryBatch::append(const EntryBatch& other) {
  const std::uint64_t base = text_.size();
  text_ += other.text_;
  for (Entry entry : other.entries_) {
    if (entry.key_kind() == KeyKind::Long) entry.low += base;
    if (entry.sequence_kind() == SequenceKind::Long) entry.sequence += base;
    entries_.push_back(entry);
  }
}

void EntryBatch::clear() {
  entries_.clear();
  text_.clear();
}

void EntryBatch::sort() {
  std::ranges::sort(entries_, [](const Entry& a, const Entry& b) { return is_before(a, b); });
}

EntryBatch EntryBatch::take() {
  EntryBatch room;
  room.entries_.reserve(entries_.size());
  room.text_.reserve(text_.size());
  return std::exchange(*this, std::move(room));
}

std::string_view EntryBatch::key_text(const Entry& entry) const {
  return entry.key_kind() == KeyKind::Long ? text_at(entry.low) : std::string_view();
}

std::string_view EntryBatch::sequence_text(const Entry& entry) const {
  return entry.sequence_kind() == SequenceKind::Long ? text_at(entry.sequence) : std::string_view();
}

std::uint64_t EntryBatch::add_text(std::string_view text) {
  const std::uint64_t offset = text_.size();
  const auto size = static_cast<std::uint32_t>(text.size());
  char bytes[sizeof size];
  std::memcpy(bytes, &size, sizeof size);
  text_.append(bytes, sizeof size).append(text);
  return offset;
}

std::string_view EntryBatch::text_at(std::uint64_t offset) const {
  std::uint32_t size = 0;
  std::memcpy(&size, text_.data() + offset, sizeof size);
  return std::string_view(text_).substr(offset + sizeof size, size);
}

}  // namespace inlet::index
