#pragma once

#include <string>
#include <string_view>

#include "inlet/base/json.h"

namespace inlet {

/// Where a reader stands in a source: a JSON object of strings, integers, booleans and nested
/// objects or lists of them. A value: compared by content, written with members in sorted order
/// because Spark compares text. The empty offset is the start.
class Offset {
 public:
  Offset() = default;
  /// Fails with Config when the JSON is not an object or holds a fraction.
  static Result<Offset> make(Json object);
  static Result<Offset> parse(std::string_view text);
  static Offset at(std::string_view name, std::string_view value);

  bool is_start() const { return object_.empty(); }
  const Json& json() const { return object_; }
  /// The text member `name`, or `fallback`.
  std::string text(std::string_view name, std::string_view fallback) const;
  std::string to_text() const { return inlet::to_text(object_); }
  bool operator==(const Offset&) const = default;

 private:
  Json object_ = Json::object();
};

}  // namespace inlet
