#include "testkit/github/call.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "inlet/base/format.h"

namespace inlet::simulator::github {
namespace {

std::optional<int> digits(std::string_view text, std::size_t begin, std::size_t count) {
  int value = 0;
  if (text.size() < begin + count) return std::nullopt;
  const char* first = text.data() + begin;
  const auto [end, error] = std::from_chars(first, first + count, value);
  if (error != std::errc() || end != first + count || value < 0) return std::nullopt;
  return value;
}

// `Z`, `+HH:MM` or nothing, as seconds east of UTC.
std::optional<Seconds> offset_of(std::string_view zone) {
  if (zone.empty() || zone == "Z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const auto hours = digits(zone, 1, 2);
  const auto minutes = digits(zone, 4, 2);
  if (!hours || !minutes) return std::nullopt;
  return (zone[0] == '+' ? 1 : -1) * (*hours * 3600 + *minutes * 60);
}

// YYYY-MM-DD, alone or with Thh:mm:ss, a fraction (cut off) and a zone.
std::optional<Seconds> parse_time(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const Seconds midnight =
      std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch().count();
  if (text.size() == 10) return midnight;
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!hour || !minute || !second || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) {
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  }
  const auto offset = offset_of(rest);
  if (!offset) return std::nullopt;
  return midnight + *hour * 3600 + *minute * 60 + *second - *offset;
}

}  // namespace

ApiError validation_failed(std::string_view resource, std::string_view field,
                           std::string_view value) {
  ApiError error{.status = 422, .message = "Validation Failed"};
  JsonText json(error.errors);
  json.open('[').open('{').text("value", value).text("resource", resource);
  json.text("field", field).text("code", "invalid").close('}').close(']');
  return error;
}

std::string_view Call::parameter(std::string_view name) const {
  const std::string* value = request.parameter(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

Parsed<std::string_view> Call::choice(std::string_view name, std::string_view fallback,
                                      std::initializer_list<std::string_view> known,
                                      std::string_view resource) const {
  const std::string* value = request.parameter(name);
  if (value == nullptr) return fallback;
  if (std::find(known.begin(), known.end(), *value) == known.end()) {
    return std::unexpected(validation_failed(resource, name, *value));
  }
  return std::string_view(*value);
}

Parsed<std::optional<Seconds>> Call::time(std::string_view name, std::string_view resource) const {
  const std::string* value = request.parameter(name);
  if (value == nullptr) return std::nullopt;
  const auto parsed = parse_time(*value);
  if (!parsed) return std::unexpected(validation_failed(resource, name, *value));
  return name == "since" && !is_since_inclusive ? *parsed + 1 : *parsed;
}

Parsed<std::int64_t> Call::number(std::size_t position) const {
  std::int64_t value = 0;
  const std::string_view text = arguments[position];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::unexpected(ApiError{});
  return value;
}

Listing slice_of(std::shared_ptr<const View> view, bool is_descending,
                 std::function<void(std::int64_t, std::string&)> write) {
  const auto size = static_cast<std::int64_t>(view->size());
  return {.size = size,
          .write = [view = std::move(view), is_descending, write = std::move(write), size](
                       std::int64_t position, std::string& out) {
            const std::int64_t at = is_descending ? size - 1 - position : position;
            write((*view)[static_cast<std::size_t>(at)], out);
          }};
}

}  // namespace inlet::simulator::github
