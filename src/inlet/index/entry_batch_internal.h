#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/index/entry_internal.h"

namespace inlet::index {

/// Entries on their way into a run, in any order, and the long keys and sequences that they refer
/// to.
class EntryBatch {
 public:
  /// The texts count for a long key and a long sequence only.
  void add(Entry entry, std::string_view key, std::string_view sequence);
  void append(const EntryBatch& other);
  void clear();
  void sort();
  /// All there is; what is left is empty and has room for as much.
  EntryBatch take();

  const std::vector<Entry>& entries() const { return entries_; }
  std::string_view key_text(const Entry& entry) const;
  std::string_view sequence_text(const Entry& entry) const;
  bool is_empty() const { return entries_.empty(); }
  std::size_t num_bytes() const { return entries_.size() * sizeof(Entry) + text_.size(); }

 private:
  std::uint64_t add_text(std::string_view text);
  std::string_view text_at(std::uint64_t offset) const;

  std::vector<Entry> entries_;
  std::string text_;  // each with its size before it
};

}  // namespace inlet::index
