#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet::decode {

enum class Codec { None, Gzip, Zstd };

/// Decompresses a stream piece by piece, in bounded memory; members or frames that follow each
/// other are one stream. Not for several threads at once.
class Decompressor {
 public:
  struct Progress {
    std::size_t num_read = 0;     ///< bytes of the input
    std::size_t num_written = 0;  ///< bytes of the output
  };

  /// Not for Codec::None.
  static std::unique_ptr<Decompressor> make(Codec codec);
  virtual ~Decompressor() = default;

  /// Goes on until the input is used up or the output is full. Fails with Config on bytes that are
  /// not of the codec.
  virtual Result<Progress> run(std::string_view input, std::span<char> output) = 0;
  /// False between the first and the last byte of a member: a stream that ends there was cut off.
  virtual bool is_complete() const = 0;
};

}  // namespace inlet::decode
