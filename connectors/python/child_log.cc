#include "connectors/python/child_log.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace inlet::python_class {
namespace {

constexpr std::size_t kNumLastLines = 8;
constexpr std::size_t kMaxLineBytes = 8 << 10;
// Shorter ones are parts of ordinary words.
constexpr std::size_t kLeastSecretBytes = 4;

}  // namespace

ChildLog::ChildLog(Log log, std::vector<Secret> secrets)
    : log_(std::move(log)), secrets_(std::move(secrets)) {
  std::erase_if(secrets_,
                [](const Secret& one) { return one.reveal().size() < kLeastSecretBytes; });
  // One may be a part of another.
  std::ranges::sort(secrets_, std::ranges::greater(),
                    [](const Secret& one) { return one.reveal().size(); });
}

void ChildLog::take(Stream stream, std::string_view bytes) {
  std::string& begun = begun_.at(static_cast<std::size_t>(stream));
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    begun.append(bytes.substr(0, end));
    const bool is_complete = end < bytes.size();
    bytes.remove_prefix(end + (is_complete ? 1 : 0));
    if (is_complete || begun.size() >= kMaxLineBytes) write(stream, std::exchange(begun, {}));
  }
}

void ChildLog::finish() {
  for (const Stream stream : {Stream::Output, Stream::Errors}) {
    std::string& begun = begun_.at(static_cast<std::size_t>(stream));
    if (!begun.empty()) write(stream, std::exchange(begun, {}));
  }
}

void ChildLog::write(Stream stream, std::string line) {
  line = masked(std::move(line));
  log_.info(line, {{"from", stream == Stream::Output ? "stdout" : "stderr"}});
  if (stream == Stream::Output) return;
  last_.push_back(std::move(line));
  if (last_.size() > kNumLastLines) last_.pop_front();
}

std::string ChildLog::masked(std::string text) const {
  for (const Secret& secret : secrets_) {
    for (std::size_t at = 0; (at = text.find(secret.reveal(), at)) != std::string::npos; at += 3) {
      text.replace(at, secret.reveal().size(), "***");
    }
  }
  return text;
}

std::string ChildLog::last_lines() const {
  std::string text;
  for (const std::string& line : last_) text.append("\n  ").append(line);
  return text;
}

}  // namespace inlet::python_class
