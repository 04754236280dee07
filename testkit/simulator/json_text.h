#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace inlet::simulator {

/// Seconds since 1970: the resolution of most APIs' times.
using Seconds = std::int64_t;

/// 2026-01-02T03:04:05Z
std::string to_text(Seconds time);

/// Appends JSON to a text, setting the commas. It checks nothing: a simulator writes what an API
/// would write, at the speed that a benchmark needs.
class JsonText {
 public:
  /// Borrows `out` while it lives.
  explicit JsonText(std::string& out) : out_(out) {}

  JsonText& open(char bracket);
  JsonText& close(char bracket);
  JsonText& key(std::string_view name);

  JsonText& text(std::string_view value);
  JsonText& number(std::int64_t value);
  JsonText& boolean(bool value);  // NOLINT: the one bool is the value.
  JsonText& null();
  JsonText& time(Seconds value);
  /// Ready-made JSON.
  JsonText& raw(std::string_view json);

  JsonText& text(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonText& number(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonText& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonText& null(std::string_view name) { return key(name).null(); }
  JsonText& time(std::string_view name, Seconds value) { return key(name).time(value); }
  JsonText& raw(std::string_view name, std::string_view json) { return key(name).raw(json); }

 private:
  void separate();

  std::string& out_;
};

}  // namespace inlet::simulator
