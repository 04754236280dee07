#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inlet::decode {

/// What one record held that its row has no place for, as (path, compact JSON), in the order of the
/// record.
class RescuedData {
 public:
  bool is_empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }
  void add(std::string path, std::string json) {
    entries_.push_back({std::move(path), std::move(json)});
  }
  /// Forgets what was found at `path` and below: a later member of that name has taken its place.
  void drop(std::string_view path);
  /// The JSON text found at `path`; empty when there is none.
  std::string_view find(std::string_view path) const;
  /// {"path":value,...}
  std::string text() const;

 private:
  struct Entry {
    std::string path;
    std::string json;
  };
  std::vector<Entry> entries_;
};

/// True for `path` itself and for what is inside of it: `labels[2].name` is below `labels`.
bool is_at_or_below(std::string_view candidate, std::string_view path);

}  // namespace inlet::decode
