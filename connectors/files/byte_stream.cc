#include "connectors/files/byte_stream.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::files {
namespace {

constexpr std::size_t kCompressedStep = std::size_t{1} << 20;

/// What is not compressed needs no memory of its own: given back means read again.
class PlainStream final : public ByteStream {
 public:
  PlainStream(store::Store& store, std::string url, std::uint64_t size)
      : store_(store), url_(std::move(url)), size_(size) {}

  Result<std::string> read(std::size_t num_bytes) override {
    const std::uint64_t length = std::min<std::uint64_t>(num_bytes, size_ - position_);
    if (length == 0) return std::string();
    std::string bytes = TRY(store_.get_range(url_, position_, length));
    if (bytes.size() != length) {
      return fail(ErrorKind::Unavailable,
                  format("the file ends at byte {}, but had {} when it was listed: it was "
                         "changed meanwhile",
                         position_ + bytes.size(), size_));
    }
    position_ += length;
    return bytes;
  }
  void unread(std::string_view tail) override { position_ -= tail.size(); }
  Status skip(std::uint64_t num_bytes) override {
    position_ = std::min(size_, position_ + num_bytes);
    return {};
  }

 private:
  store::Store& store_;
  const std::string url_;
  const std::uint64_t size_;
  std::uint64_t position_ = 0;
};

class CompressedStream final : public ByteStream {
 public:
  CompressedStream(store::Store& store, std::string url, std::uint64_t size, decode::Codec codec)
      : packed_(store, std::move(url), size), decompressor_(decode::Decompressor::make(codec)) {}

  Result<std::string> read(std::size_t num_bytes) override {
    std::string bytes = std::exchange(unread_, {});
    std::size_t filled = std::min(bytes.size(), num_bytes);
    unread_.assign(bytes, filled);
    bytes.resize(num_bytes);
    while (filled < num_bytes) {
      const std::size_t num_more = TRY(decompress({bytes.data() + filled, num_bytes - filled}));
      if (num_more == 0) break;
      filled += num_more;
    }
    bytes.resize(filled);
    return bytes;
  }
  void unread(std::string_view tail) override { unread_.insert(0, tail); }
  Status skip(std::uint64_t num_bytes) override {
    while (num_bytes > 0) {
      const std::string bytes =
          TRY(read(static_cast<std::size_t>(std::min<std::uint64_t>(num_bytes, kCompressedStep))));
      if (bytes.empty()) break;
      num_bytes -= bytes.size();
    }
    return {};
  }

 private:
  // Bytes written; 0 only at the end.
  Result<std::size_t> decompress(std::span<char> output) {
    while (true) {
      if (num_used_ == input_.size()) {
        input_ = TRY(packed_.read(kCompressedStep));
        num_used_ = 0;
      }
      const auto progress =
          TRY(decompressor_->run(std::string_view(input_).substr(num_used_), output));
      num_used_ += progress.num_read;
      if (progress.num_written > 0) return progress.num_written;
      if (!input_.empty()) continue;
      if (decompressor_->is_complete()) return std::size_t{0};
      return fail(
          ErrorKind::Config,
          "the compressed file is cut off: its end is missing; put the whole file in its place");
    }
  }

  PlainStream packed_;
  std::unique_ptr<decode::Decompressor> decompressor_;
  std::string input_;
  std::size_t num_used_ = 0;
  std::string unread_;
};

}  // namespace

std::unique_ptr<ByteStream> make_byte_stream(store::Store& store, std::string url,
                                             std::uint64_t size, decode::Codec codec) {
  if (codec == decode::Codec::None)
    return std::make_unique<PlainStream>(store, std::move(url), size);
  return std::make_unique<CompressedStream>(store, std::move(url), size, codec);
}

}  // namespace inlet::files
