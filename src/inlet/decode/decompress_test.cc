#include "inlet/decode/decompress.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace inlet::decode {
namespace {

std::string gzip(const std::string& text) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Outcome {
  std::string text;
  bool is_complete = false;
};

Result<Outcome> decompress(Codec codec, std::string_view input, std::size_t input_step,
                           std::size_t output_step) {
  const auto decompressor = Decompressor::make(codec);
  Outcome outcome;
  std::string room(output_step, '\0');
  while (true) {
    const auto progress = decompressor->run(input.substr(0, input_step), room);
    if (!progress) return std::unexpected(progress.error());
    input.remove_prefix(progress->num_read);
    outcome.text.append(room, 0, progress->num_written);
    if (progress->num_read == 0 && progress->num_written == 0) break;
  }
  outcome.is_complete = decompressor->is_complete();
  return outcome;
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "record " + std::to_string(i * 7919) + "\n";
  return text + std::string(20'000, 'x');
}

TEST(Decompress, GivesTheTextBackWhateverTheSteps) {
  const std::string text = sample();
  for (const auto& [codec, bytes] :
       {std::pair(Codec::Gzip, gzip(text)), std::pair(Codec::Zstd, zstd(text))}) {
    for (const std::size_t input_step : {std::size_t{1}, std::size_t{1000}, bytes.size()}) {
      for (const std::size_t output_step : {7, 4096, 1 << 20}) {
        const auto outcome = decompress(codec, bytes, input_step, output_step).value();
        ASSERT_EQ(outcome.text, text);
        ASSERT_TRUE(outcome.is_complete);
      }
    }
  }
}

TEST(Decompress, MembersThatFollowEachOtherAreOneStream) {
  EXPECT_EQ(decompress(Codec::Gzip, gzip("one") + gzip("") + gzip("two"), 5, 2).value().text,
            "onetwo");
  EXPECT_EQ(decompress(Codec::Zstd, zstd("one") + zstd("") + zstd("two"), 5, 2).value().text,
            "onetwo");
}

TEST(Decompress, ACutOffStreamIsNotComplete) {
  const std::string text = sample();
  for (const auto& [codec, bytes] :
       {std::pair(Codec::Gzip, gzip(text)), std::pair(Codec::Zstd, zstd(text))}) {
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{12}, bytes.size() / 2, bytes.size() - 1}) {
      const auto outcome =
          decompress(codec, std::string_view(bytes).substr(0, size), 1 << 20, 1 << 20);
      ASSERT_TRUE(outcome) << outcome.error().message;
      EXPECT_FALSE(outcome->is_complete) << size;
    }
  }
}

TEST(Decompress, OtherBytesAreAnError) {
  EXPECT_EQ(decompress(Codec::Gzip, "{\"a\": 1}\n", 100, 100).error().kind, ErrorKind::Config);
  EXPECT_EQ(decompress(Codec::Zstd, "{\"a\": 1}\n", 100, 100).error().kind, ErrorKind::Config);
}

}  // namespace
}  // namespace inlet::decode
