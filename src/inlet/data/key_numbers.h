#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlet {

/// Gives keys (byte strings, see RowKey) the numbers 0, 1, 2 ... in the order in which they first
/// come, and holds their bytes. A key costs no allocation of its own. At most 2^32 - 2 keys.
class KeyNumbers {
 public:
  struct Added {
    std::uint32_t number = 0;
    bool is_new = false;
  };
  Added add(std::string_view key);
  std::optional<std::uint32_t> find(std::string_view key) const;

  /// Borrowed until the next add() or clear().
  std::string_view key(std::uint32_t number) const;
  std::vector<std::string_view> keys() const;
  std::size_t size() const { return ends_.size(); }
  /// Memory held.
  std::size_t num_bytes() const;
  void clear();

 private:
  struct Slot {
    std::uint32_t tag = 0;     // high bits of the hash: most unequal keys differ in them
    std::uint32_t number = 0;  // + 1; 0: free
  };
  /// The slot of the key, or the free one where it belongs.
  std::size_t slot_of(std::string_view key, std::uint64_t hash) const;
  void grow();

  std::vector<Slot> slots_;  // none, or a power of two
  std::string bytes_;
  std::vector<std::size_t> ends_;  // of each key in bytes_
};

}  // namespace inlet
