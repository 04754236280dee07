#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace inlet::decode {

/// What one record held that its row has no place for, as (path, compact JSON), in the order of the
/// record.
class RescuedData {
 public:
  bool is_empty() const { return entries_.empty(); }
  void clear() {
    entries_.clear();
    positions_.clear();
    num_indexed_ = 0;
  }
  void add(std::string path, std::string json);
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
  void index();

  std::vector<Entry> entries_;
  // By path, once there are many: an object with a million members must not take a million times a
  // million steps.
  std::unordered_map<std::string, std::size_t> positions_;
  std::size_t num_indexed_ = 0;
};

/// True for `path` itself and for what is inside of it: `labels[2].name` is below `labels`.
bool is_at_or_below(std::string_view candidate, std::string_view path);

}  // namespace inlet::decode
