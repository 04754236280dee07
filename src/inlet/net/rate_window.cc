#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "inlet/net/rate_window_internal.h"

namespace inlet::net {
namespace {

// No server means a wait of more than ten years; bounding it keeps the arithmetic on times safe.
constexpr std::uint64_t kMaxWaitSeconds = 315'360'000;
constexpr std::uint64_t kMaxEpoch = 100'000'000'000;

std::optional<std::uint64_t> parse_count(std::optional<std::string_view> text) {
  std::uint64_t value = 0;
  if (!text) return std::nullopt;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> count_in(const Response& response, const std::string& name) {
  if (name.empty()) return std::nullopt;
  return parse_count(response.headers.find(name));
}

}  // namespace

void RateWindow::note(const Response& response) {
  const auto remaining = count_in(response, names_.remaining);
  if (!remaining) return;
  std::optional<Timestamp> reset;
  if (const auto epoch = count_in(response, names_.reset_epoch)) {
    // One second more: the server's second has to be over, not just begun.
    reset = Timestamp(std::chrono::seconds(std::min(*epoch, kMaxEpoch) + 1));
  }
  // Answers overtake each other: within one window only the lowest count is true.
  const bool is_same_window = remaining_ && reset == reset_;
  remaining_ = is_same_window ? std::min(*remaining_, *remaining) : *remaining;
  reset_ = reset;
}

void RateWindow::hold_until(Timestamp until) {
  held_until_ = std::max(held_until_, until);
}

std::optional<Timestamp> RateWindow::opens_at(Timestamp now) const {
  Timestamp opens = held_until_;
  if (const auto end = reset()) opens = std::max(opens, *end);
  if (opens <= now) return std::nullopt;
  return opens;
}

std::optional<Timestamp> RateWindow::reset() const {
  return remaining_ == 0U ? reset_ : std::nullopt;
}

std::optional<std::chrono::milliseconds> retry_after(const Response& response, Timestamp now) {
  const auto text = response.headers.find("Retry-After");
  if (!text) return std::nullopt;
  if (const auto seconds = parse_count(text)) {
    return std::chrono::seconds(std::min(*seconds, kMaxWaitSeconds));
  }
  const std::time_t date = curl_getdate(std::string(*text).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const Timestamp until{std::chrono::seconds(date)};
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(until - now),
                  std::chrono::milliseconds(0));
}

}  // namespace inlet::net
