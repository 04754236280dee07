#include "testkit/http_wire.h"

#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <charconv>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::testkit {
namespace {

std::string gzip(const std::string& text) {
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  return packed;
}

// Cuts `text` behind the next `mark` and returns what stood before it.
std::string_view take_until(std::string_view& text, std::string_view mark) {
  const auto end = std::min(text.find(mark), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + mark.size(), text.size()));
  return taken;
}

}  // namespace

std::string SeenRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return "";
}

std::optional<SeenRequest> take_request(std::string& buffer) {
  const auto head_end = buffer.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  std::string_view head = std::string_view(buffer).substr(0, head_end);
  SeenRequest request;
  std::string_view line = take_until(head, "\r\n");
  request.method = take_until(line, " ");
  request.target = take_until(line, " ");
  while (!head.empty()) {
    std::string_view header = take_until(head, "\r\n");
    std::string name(take_until(header, ":"));
    header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
    request.headers.emplace_back(std::move(name), header);
  }
  const std::string length = request.header("Content-Length");
  std::size_t body_bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), body_bytes);
  const std::size_t body_start = head_end + 4;
  if (buffer.size() < body_start + body_bytes) return std::nullopt;
  request.body = buffer.substr(body_start, body_bytes);
  buffer.erase(0, body_start + body_bytes);
  return request;
}

std::string head_of(const FaultAnswer& answer, std::size_t body_bytes) {
  std::string head = format("HTTP/1.1 {} Scripted\r\n", answer.status);
  for (const auto& [name, value] : answer.headers) head += format("{}: {}\r\n", name, value);
  if (answer.encoding == FaultAnswer::Encoding::Gzip) head += "Content-Encoding: gzip\r\n";
  if (answer.encoding == FaultAnswer::Encoding::Zstd) head += "Content-Encoding: zstd\r\n";
  if (answer.is_chunked) return head + "Transfer-Encoding: chunked\r\n\r\n";
  return head + format("Content-Length: {}\r\n\r\n", body_bytes);
}

std::string encoded_body(const FaultAnswer& answer) {
  switch (answer.encoding) {
    case FaultAnswer::Encoding::Identity: break;
    case FaultAnswer::Encoding::Gzip: return gzip(answer.body);
    case FaultAnswer::Encoding::Zstd: return zstd(answer.body);
  }
  return answer.body;
}

std::string as_chunk(std::string_view bytes) {
  return format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

}  // namespace inlet::testkit
