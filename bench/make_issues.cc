// inlet_make_issues N SEED: N issues as JSON lines on standard output, about 592 bytes each, as the
// GitHub simulator serves them in its compact shape.

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "testkit/github/issue.h"

namespace {

using inlet::simulator::github::Repository;
using inlet::simulator::github::Shape;
using inlet::simulator::github::Site;

constexpr std::int64_t kNumUsers = 1000;
constexpr std::int64_t kNumLabels = 24;
constexpr std::size_t kChunkBytes = 1 << 20;

std::optional<std::int64_t> to_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

bool write_issues(std::int64_t count, std::uint64_t seed) {
  const Site site("http://127.0.0.1", seed, Shape::Compact, kNumUsers);
  const Repository repository(
      {.id = 1296200,
       .owner = "octo-org",
       .name = "hello-world",
       .seed = seed,
       .counts = {.issues = count, .comments = count * 3, .labels = kNumLabels}});
  std::string chunk;
  for (std::int64_t index = 0; index < count; ++index) {
    write_issue(site, repository, index, chunk);
    chunk += '\n';
    if (chunk.size() < kChunkBytes && index + 1 < count) continue;
    if (std::fwrite(chunk.data(), 1, chunk.size(), stdout) != chunk.size()) return false;
    chunk.clear();
  }
  return std::fflush(stdout) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = argc == 3 ? to_number(argv[1]) : std::nullopt;
  const auto seed = argc == 3 ? to_number(argv[2]) : std::nullopt;
  if (!count || !seed) {
    std::fputs("usage: inlet_make_issues N SEED > issues.ndjson\n", stderr);
    return 2;
  }
  return write_issues(*count, static_cast<std::uint64_t>(*seed)) ? 0 : 1;
}
