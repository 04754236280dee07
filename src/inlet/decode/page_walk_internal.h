#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet::decode {

/// Finds the records of a page and hands out the place where each begins, in order.
class PageWalk {
 public:
  /// Takes the record at `begin` and returns the place past it; nullptr: the page ends inside of
  /// the record.
  using TakeRecord = std::function<Result<const char*>(const char* begin, const char* end)>;

  PageWalk(std::string_view body, TakeRecord take_record);

  /// One JSON document with its records where `steps` (a JSON pointer taken apart) lead. Fails with
  /// BadRecord, naming the byte, when the page is cut off, is no JSON or has no records there.
  Status document(std::span<const std::string> steps);
  /// A record per line, which take_record() takes whole; lines of space only are none.
  Status lines();

 private:
  Status walk(std::span<const std::string> steps, bool is_below_star);
  Status walk_object(std::span<const std::string> steps, bool is_below_star);
  Status walk_list(std::span<const std::string> steps, bool is_below_star);
  Status take_list();
  Status take_one();
  Status skip();
  Status pass(char expected);
  bool comes(char expected);
  Status missing(std::span<const std::string> steps) const;
  std::unexpected<Error> cut_off() const;
  std::unexpected<Error> unexpected() const;

  const char* begin_;
  const char* at_;
  const char* end_;
  TakeRecord take_record_;
};

}  // namespace inlet::decode
