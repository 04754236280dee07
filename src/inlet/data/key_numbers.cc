#include "inlet/data/key_numbers.h"

#include "inlet/data/hash.h"

namespace inlet {
namespace {

constexpr std::size_t kLeastSlots = 64;

std::uint32_t tag_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32U);
}

}  // namespace

KeyNumbers::Added KeyNumbers::add(std::string_view key) {
  if (2 * (size() + 1) > slots_.size()) grow();
  const std::uint64_t hash = hash_bytes(key);
  Slot& slot = slots_[slot_of(key, hash)];
  if (slot.number != 0) return {.number = slot.number - 1};
  bytes_ += key;
  ends_.push_back(bytes_.size());
  slot = {.tag = tag_of(hash), .number = static_cast<std::uint32_t>(size())};
  return {.number = slot.number - 1, .is_new = true};
}

std::optional<std::uint32_t> KeyNumbers::find(std::string_view key) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[slot_of(key, hash_bytes(key))];
  if (slot.number == 0) return std::nullopt;
  return slot.number - 1;
}

std::string_view KeyNumbers::key(std::uint32_t number) const {
  const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view(bytes_).substr(begin, ends_[number] - begin);
}

std::vector<std::string_view> KeyNumbers::keys() const {
  std::vector<std::string_view> keys;
  keys.reserve(size());
  for (std::uint32_t number = 0; number < size(); ++number) keys.push_back(key(number));
  return keys;
}

std::size_t KeyNumbers::num_bytes() const {
  return bytes_.capacity() + ends_.capacity() * sizeof(std::size_t) +
         slots_.capacity() * sizeof(Slot);
}

void KeyNumbers::clear() {
  slots_.clear();
  bytes_.clear();
  ends_.clear();
}

std::size_t KeyNumbers::slot_of(std::string_view key, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t place = hash & mask;
  while (slots_[place].number != 0) {
    const Slot& slot = slots_[place];
    if (slot.tag == tag_of(hash) && this->key(slot.number - 1) == key) break;
    place = (place + 1) & mask;
  }
  return place;
}

void KeyNumbers::grow() {
  const std::size_t num_slots = slots_.empty() ? kLeastSlots : 2 * slots_.size();
  slots_.assign(num_slots, {});
  for (std::uint32_t number = 0; number < size(); ++number) {
    const std::uint64_t hash = hash_bytes(key(number));
    std::size_t place = hash & (num_slots - 1);
    while (slots_[place].number != 0) place = (place + 1) & (num_slots - 1);
    slots_[place] = {.tag = tag_of(hash), .number = number + 1};
  }
}

}  // namespace inlet
