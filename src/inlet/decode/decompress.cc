#include "inlet/decode/decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::decode {
namespace {

// Window bits of zlib: the largest window, gzip header expected.
constexpr int kGzipWindow = 15 + 16;
constexpr std::size_t kMaxStep = std::numeric_limits<uInt>::max();

// Both codecs go forward in steps; a step without progress waits for more input.
class SteppedDecompressor : public Decompressor {
 public:
  Result<Progress> run(std::string_view input, std::span<char> output) override {
    Progress progress;
    while (progress.num_written < output.size()) {
      const std::string_view rest = input.substr(progress.num_read);
      if (rest.empty() && is_complete()) break;
      const Progress step = TRY(this->step(rest, output.subspan(progress.num_written)));
      progress.num_read += step.num_read;
      progress.num_written += step.num_written;
      if (step.num_read == 0 && step.num_written == 0) break;
    }
    return progress;
  }

 private:
  virtual Result<Progress> step(std::string_view input, std::span<char> output) = 0;
};

class Gunzip final : public SteppedDecompressor {
 public:
  Gunzip() { CHECK(inflateInit2(&stream_, kGzipWindow) == Z_OK); }
  ~Gunzip() override { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  bool is_complete() const override { return is_complete_; }

 private:
  Result<Progress> step(std::string_view input, std::span<char> output) override {
    if (is_complete_) inflateReset(&stream_);
    const auto offered = static_cast<uInt>(std::min(input.size(), kMaxStep));
    const auto room = static_cast<uInt>(std::min(output.size(), kMaxStep));
    // zlib's interface lacks a const; it does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = offered;
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = room;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      const char* detail = stream_.msg == nullptr ? "no detail" : stream_.msg;
      return fail(ErrorKind::Config, format("not valid gzip data ({})", detail));
    }
    is_complete_ = code == Z_STREAM_END;
    return Progress{.num_read = offered - stream_.avail_in,
                    .num_written = room - stream_.avail_out};
  }

  z_stream stream_ = {};
  bool is_complete_ = true;
};

class Unzstd final : public SteppedDecompressor {
 public:
  Unzstd() : stream_(ZSTD_createDStream()) { CHECK(stream_ != nullptr); }
  ~Unzstd() override { ZSTD_freeDStream(stream_); }
  Unzstd(const Unzstd&) = delete;
  Unzstd& operator=(const Unzstd&) = delete;

  bool is_complete() const override { return is_complete_; }

 private:
  Result<Progress> step(std::string_view input, std::span<char> output) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const std::size_t left = ZSTD_decompressStream(stream_, &out, &in);
    if (ZSTD_isError(left) != 0) {
      return fail(ErrorKind::Config, format("not valid zstd data ({})", ZSTD_getErrorName(left)));
    }
    is_complete_ = left == 0;
    return Progress{.num_read = in.pos, .num_written = out.pos};
  }

  ZSTD_DStream* stream_;
  bool is_complete_ = true;
};

}  // namespace

std::unique_ptr<Decompressor> Decompressor::make(Codec codec) {
  CHECK(codec != Codec::None);
  if (codec == Codec::Gzip) return std::make_unique<Gunzip>();
  return std::make_unique<Unzstd>();
}

}  // namespace inlet::decode
