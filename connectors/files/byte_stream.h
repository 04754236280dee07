#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/decode/decompress.h"
#include "inlet/store/store.h"

namespace inlet::files {

/// The bytes of one file, decompressed, from its start to its end.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// The next bytes: fewer than `num_bytes` only at the end. Fails when the file is shorter than it
  /// was listed, cut off, or not of its codec.
  virtual Result<std::string> read(std::size_t num_bytes) = 0;
  /// Gives back the last bytes of what was read, to be read again.
  virtual void unread(std::string_view tail) = 0;
  /// Leaves out the next bytes.
  virtual Status skip(std::uint64_t num_bytes) = 0;
};

/// `size` as listed: what is written to the file later belongs to the next run. The store outlives
/// the stream.
std::unique_ptr<ByteStream> make_byte_stream(store::Store& store, std::string url,
                                             std::uint64_t size, decode::Codec codec);

}  // namespace inlet::files
