#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inlet::apply {

/// What a full set of rows has said so far of a row of the table.
enum class RowState : std::uint8_t {
  Unseen,    ///< nothing: it goes when the set is complete
  Same,      ///< a row of the set says the same
  Replaced,  ///< a row of the set has its key and says something else
  Past       ///< it does not count: it was dead or closed before
};

/// The states of a data file's rows, in two bits each.
class RowStates {
 public:
  explicit RowStates(std::uint64_t num_rows)
      : num_rows_(num_rows), bits_((num_rows + kPerByte - 1) / kPerByte) {}

  std::uint64_t num_rows() const { return num_rows_; }
  RowState operator[](std::uint64_t row) const {
    return static_cast<RowState>(bits_[row / kPerByte] >> shift(row) & 3U);
  }
  void set(std::uint64_t row, RowState state) {
    std::uint8_t& byte = bits_[row / kPerByte];
    const unsigned others = byte & ~(3U << shift(row));
    byte = static_cast<std::uint8_t>(others | static_cast<unsigned>(state) << shift(row));
  }

 private:
  static constexpr std::uint64_t kPerByte = 4;
  static unsigned shift(std::uint64_t row) { return static_cast<unsigned>(row % kPerByte) * 2; }

  std::uint64_t num_rows_;
  std::vector<std::uint8_t> bits_;
};

}  // namespace inlet::apply
