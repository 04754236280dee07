#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/json_text_internal.h"
#include "inlet/decode/page_walk_internal.h"

namespace inlet::decode {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A JSON string's content without its escapes.
std::string plain_name(std::string_view quoted) {
  std::string name(quoted.substr(1, quoted.size() - 2));
  if (name.find('\\') == std::string::npos) return name;
  const auto parsed = parse_json(quoted);
  return parsed && parsed->is_string() ? parsed->get<std::string>() : name;
}

bool is_whole_scalar(std::string_view text) {
  return is_json_scalar(text) || string_literal_size(text) == text.size();
}

}  // namespace

PageWalk::PageWalk(std::string_view body, TakeRecord take_record)
    : begin_(body.data()),
      at_(begin_),
      end_(begin_ + body.size()),
      take_record_(std::move(take_record)) {
  if (body.starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
}

Status PageWalk::lines() {
  for (at_ = skip_space(at_, end_); at_ != end_; at_ = skip_space(at_, end_)) {
    at_ = TRY(take_record_(at_, end_));
  }
  return {};
}

Status PageWalk::document(std::span<const std::string> steps) {
  at_ = skip_space(at_, end_);
  if (at_ == end_) return fail(ErrorKind::BadRecord, "the page is empty, where JSON was expected");
  TRY(walk(steps, false));
  at_ = skip_space(at_, end_);
  return at_ == end_ ? Status() : unexpected();
}

Status PageWalk::walk(std::span<const std::string> steps, bool is_below_star) {
  at_ = skip_space(at_, end_);
  if (at_ == end_) return cut_off();
  const char first = *at_;
  if (first == 'n') {
    const char* const place = at_;
    TRY(skip());
    if (std::string_view(place, at_) == "null") return {};
    at_ = place;
    return unexpected();
  }
  if (first != '{' && first != '[') {
    const char* const place = at_;
    TRY(skip());
    if (is_whole_scalar({place, at_})) return missing(steps);
    at_ = place;
    return unexpected();
  }
  if (steps.empty()) return first == '[' ? take_list() : take_one();
  return first == '[' ? walk_list(steps, is_below_star) : walk_object(steps, is_below_star);
}

Status PageWalk::walk_object(std::span<const std::string> steps, bool is_below_star) {
  const bool is_star = steps[0] == "*";
  bool is_found = is_star || is_below_star;
  TRY(pass('{'));
  if (!comes('}')) {
    do {
      at_ = skip_space(at_, end_);
      if (at_ == end_) return cut_off();
      if (*at_ != '"') return unexpected();
      const char* const name = at_;
      TRY(skip());
      const bool is_wanted = is_star || plain_name({name, at_}) == steps[0];
      TRY(pass(':'));
      is_found = is_found || is_wanted;
      if (is_wanted) {
        TRY(walk(steps.subspan(1), is_below_star || is_star));
      } else {
        TRY(skip());
      }
    } while (comes(','));
  }
  TRY(pass('}'));
  return is_found ? Status() : missing(steps);
}

Status PageWalk::walk_list(std::span<const std::string> steps, bool is_below_star) {
  const bool is_star = steps[0] == "*";
  bool is_found = is_star || is_below_star;
  TRY(pass('['));
  std::size_t position = 0;
  if (!comes(']')) {
    do {
      const bool is_wanted = is_star || std::to_string(position) == steps[0];
      ++position;
      is_found = is_found || is_wanted;
      if (is_wanted) {
        TRY(walk(steps.subspan(1), is_below_star || is_star));
      } else {
        TRY(skip());
      }
    } while (comes(','));
  }
  TRY(pass(']'));
  return is_found ? Status() : missing(steps);
}

Status PageWalk::take_list() {
  TRY(pass('['));
  if (!comes(']')) {
    do {
      TRY(take_one());
    } while (comes(','));
  }
  return pass(']');
}

Status PageWalk::take_one() {
  at_ = skip_space(at_, end_);
  if (at_ == end_) return cut_off();
  const char* const past = TRY(take_record_(at_, end_));
  if (past == nullptr) return cut_off();
  if (past == at_) return unexpected();
  at_ = past;
  return {};
}

Status PageWalk::skip() {
  at_ = skip_space(at_, end_);
  const char* const past = skip_value(at_, end_);
  if (past == nullptr) return cut_off();
  if (past == at_) return unexpected();
  at_ = past;
  return {};
}

bool PageWalk::comes(char expected) {
  at_ = skip_space(at_, end_);
  if (at_ == end_ || *at_ != expected) return false;
  if (expected == ',') ++at_;
  return true;
}

Status PageWalk::pass(char expected) {
  at_ = skip_space(at_, end_);
  if (at_ == end_) return cut_off();
  if (*at_ != expected) return unexpected();
  ++at_;
  return {};
}

std::unexpected<Error> PageWalk::cut_off() const {
  return fail(ErrorKind::BadRecord,
              format("the page is cut off: its JSON is not closed at byte {}", end_ - begin_));
}

std::unexpected<Error> PageWalk::unexpected() const {
  if (at_ == end_) return cut_off();
  return fail(ErrorKind::BadRecord,
              format("the page is not valid JSON at byte {} of {}", at_ - begin_, end_ - begin_));
}

Status PageWalk::missing(std::span<const std::string> steps) const {
  if (steps.empty()) {
    return fail(ErrorKind::BadRecord,
                format("no records before byte {}: neither a list nor an object", at_ - begin_));
  }
  return fail(ErrorKind::BadRecord,
              format("no records before byte {}: there is no \"{}\"", at_ - begin_, steps[0]));
}

}  // namespace inlet::decode
