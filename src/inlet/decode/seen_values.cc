#include <algorithm>

#include "inlet/decode/number_text.h"
#include "inlet/decode/seen_values_internal.h"
#include "inlet/decode/time_text.h"

namespace inlet::decode {
namespace {

int size_of(std::string_view text) {
  return static_cast<int>(text.size());
}

std::string_view without_leading_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

void widen(SeenValues::Numbers& all, const SeenValues::Numbers& more) {
  const bool is_first = all.num_fractions == 0;
  if (more.num_fractions > 0)
    all.min_scale = is_first ? more.min_scale : std::min(all.min_scale, more.min_scale);
  all.num_long += more.num_long;
  all.num_big += more.num_big;
  all.num_fractions += more.num_fractions;
  all.num_exponents += more.num_exponents;
  all.max_integer_digits = std::max(all.max_integer_digits, more.max_integer_digits);
  all.max_scale = std::max(all.max_scale, more.max_scale);
  all.max_significant_digits = std::max(all.max_significant_digits, more.max_significant_digits);
  all.has_trailing_zero = all.has_trailing_zero || more.has_trailing_zero;
}

SeenValues::Numbers seen_number(std::string_view text) {
  SeenValues::Numbers seen;
  if (text.find_first_of("eE") != std::string_view::npos) {
    seen.num_exponents = 1;
    return seen;
  }
  std::string_view integer = text.substr(text.starts_with('-') ? 1 : 0);
  std::string_view fraction;
  if (const std::size_t point = integer.find('.'); point != std::string_view::npos) {
    fraction = integer.substr(point + 1);
    integer = integer.substr(0, point);
  }
  integer = without_leading_zeros(integer);
  seen.max_integer_digits = size_of(integer);
  seen.max_significant_digits =
      size_of(integer) + size_of(integer.empty() ? without_leading_zeros(fraction) : fraction);
  seen.min_scale = seen.max_scale = size_of(fraction);
  if (!fraction.empty()) {
    seen.num_fractions = 1;
    seen.has_trailing_zero = fraction.ends_with('0');
  } else if (exact_integer(text)) {
    seen.num_long = 1;
  } else {
    seen.num_big = 1;
  }
  return seen;
}

}  // namespace

void SeenValues::add_number(std::string_view text) {
  widen(numbers_, seen_number(text));
}

void SeenValues::add_string(std::string_view text) {
  ++num_strings_;
  // Most texts are neither: one look at the places of the hyphens spares the parsing.
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return;
  if (parse_date(text)) {
    ++num_dates_;
  } else if (const auto time = parse_time(text); time && time->zone == ZoneSpelling::Rfc3339) {
    ++num_timestamps_;
  }
}

void SeenValues::add_cell(std::string_view text) {
  if (text.empty()) {
    add_null();
  } else if (text == "true" || text == "false") {
    add_boolean();
  } else if (is_json_number(text)) {
    add_number(text);
  } else {
    add_string(text);
  }
}

SeenValues& SeenValues::member(std::string_view name) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) return *known->second;
  SeenValues& made = *members_.emplace_back(name, std::make_unique<SeenValues>()).second;
  by_name_.emplace(name, &made);
  return made;
}

SeenValues& SeenValues::element() {
  if (!element_) element_ = std::make_unique<SeenValues>();
  return *element_;
}

std::unique_ptr<SeenValues> SeenValues::all_members() const {
  auto all = std::make_unique<SeenValues>();
  for (const auto& [name, seen] : members_) all->merge(*seen);
  return all;
}

void SeenValues::merge(const SeenValues& other) {
  num_nulls_ += other.num_nulls_;
  num_booleans_ += other.num_booleans_;
  num_strings_ += other.num_strings_;
  num_timestamps_ += other.num_timestamps_;
  num_dates_ += other.num_dates_;
  num_objects_ += other.num_objects_;
  num_lists_ += other.num_lists_;
  num_deep_ += other.num_deep_;
  widen(numbers_, other.numbers_);
  for (const auto& [name, seen] : other.members_) member(name).merge(*seen);
  if (other.element_) element().merge(*other.element_);
}

int SeenValues::num_kinds() const {
  return (num_booleans_ > 0) + (numbers_.total() > 0) + (num_strings_ > 0) + (num_objects_ > 0) +
         (num_lists_ > 0);
}

}  // namespace inlet::decode
