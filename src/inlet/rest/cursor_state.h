#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "inlet/base/json.h"
#include "inlet/rest/cursor_value.h"

namespace inlet::rest {

/// How far a table has been read: the greatest cursor value that was delivered, which records were
/// delivered at it and in the lookback before it, and, while a read is under way, the value where
/// that read ends. A value; its JSON is what an offset holds:
///   {"cursor": "2026-01-02T03:04:05Z", "seen": {"2026-01-02T03:04:05Z": ["9f..."]}, "upper": ...}
class CursorState {
 public:
  CursorState() = default;
  /// Fails with Config for JSON that no state wrote.
  static Result<CursorState> from_json(const Json& json, CursorValue::Kind kind);
  /// An empty object for a state that has seen nothing.
  Json to_json() const;

  const std::optional<CursorValue>& greatest() const { return greatest_; }
  const std::optional<CursorValue>& upper() const { return upper_; }
  void set_upper(std::optional<CursorValue> upper) { upper_ = std::move(upper); }

  bool has_seen(const CursorValue& value, std::uint64_t fingerprint) const;
  /// Notes a delivered record; forgets what lies more than `lookback` before the greatest value.
  void add(const CursorValue& value, std::uint64_t fingerprint, std::chrono::milliseconds lookback);

  bool operator==(const CursorState&) const = default;

 private:
  std::optional<CursorValue> greatest_;
  std::optional<CursorValue> upper_;
  std::map<CursorValue, std::set<std::uint64_t>> seen_;
};

}  // namespace inlet::rest
