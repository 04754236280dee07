#pragma once

#include <cstdint>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/base/try.h"
#include "inlet/index/entry_batch_internal.h"
#include "inlet/index/run_builder_internal.h"

namespace inlet::index {

/// The entries of one file on their way to a builder.
class EntryFeed {
 public:
  EntryFeed(std::uint32_t ordinal, RunBuilder& builder) : ordinal_(ordinal), builder_(builder) {}

  /// The texts count where an entry cannot hold what they say.
  struct Key {
    PackedKey packed;
    std::string_view text;
  };
  struct Sequence {
    PackedSequence packed;
    std::string_view text = {};
  };
  Status add(const Key& key, const Sequence& sequence, std::uint32_t row) {
    entries_.add(Entry::make(key.packed, sequence.packed, ordinal_, row), key.text, sequence.text);
    return entries_.num_bytes() < kFeedBytes ? Status{} : flush();
  }
  Status flush() {
    TRY(builder_.add(entries_));
    entries_.clear();
    return {};
  }

 private:
  /// However many rows come at once, and however long their keys are, so much of them is copied
  /// before the builder takes it.
  static constexpr std::size_t kFeedBytes = 16 << 10;

  const std::uint32_t ordinal_;
  RunBuilder& builder_;
  EntryBatch entries_;
};

}  // namespace inlet::index
