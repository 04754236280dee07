#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/type.h"
#include "inlet/index/entry_internal.h"

namespace inlet::index {

/// What a key that is too long for an entry is looked for by.
using KeyHash = std::uint64_t (*)(std::string_view bytes);

/// Turns RowKey bytes into what an entry holds. Safe from any thread.
class KeyPacker {
 public:
  /// Fails with Config for columns that the schema lacks.
  static Result<KeyPacker> make(const Schema& schema, const std::vector<std::string>& keys,
                                const std::vector<std::string>& sequence, KeyHash hash);

  PackedKey pack(std::string_view key) const;
  PackedSequence pack_sequence(std::string_view sequence) const;
  /// The RowKey bytes again. Not for SequenceKind::Long.
  std::string unpack_sequence(const PackedSequence& sequence) const;

  /// Columns and their types, which an index is good for and no others: `id bigint, seq bigint`.
  const std::vector<std::string>& key_columns() const { return key_columns_; }
  const std::vector<std::string>& sequence_columns() const { return sequence_columns_; }

 private:
  KeyPacker() = default;

  std::vector<std::string> key_columns_;
  std::vector<std::string> sequence_columns_;
  std::vector<std::size_t> key_widths_;       // empty unless all columns together fit 16 bytes
  std::vector<std::size_t> sequence_widths_;  // empty unless all columns together fit 8 bytes
  bool may_be_uuid_ = false;
  KeyHash hash_ = nullptr;
};

}  // namespace inlet::index
