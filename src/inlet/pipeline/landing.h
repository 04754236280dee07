#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/connect/page.h"
#include "inlet/store/store.h"

namespace inlet::pipeline {

/// Raw pages of one table in a durable folder, for readers that must be able to read the same
/// answer twice where the source cannot give it twice. Pages lie in numbered segments, some
/// megabytes each, from 1 on; a segment is whole and checksummed, and never changes. One reader of
/// the source writes; any process may read. The store outlives this.
class Landing {
 public:
  /// What twelve digits hold: names sort as numbers do.
  static constexpr std::uint64_t kLastSegment = 999'999'999'999;

  /// `folder` is a path or a URL; nobody else writes there.
  static Result<Landing> open(store::Store& store, std::string_view folder);

  /// Durable once this returns. Conflict when the segment is there: somebody else writes here, too.
  Status write(std::uint64_t segment, const std::vector<Page>& pages);
  /// Config, with the remedy, when the segment is missing or not what was written.
  Result<std::vector<Page>> read(std::uint64_t segment) const;
  /// Removes the segments from `first` to `last`, both included, as far as they are there.
  Status remove(std::uint64_t first, std::uint64_t last);

  /// What an executor refused of a segment, as JSON; the same again when it is decoded again.
  Status write_refused(std::uint64_t segment, std::string_view json);
  /// All of that below `folder`, which holds one landing or several: JSON by its object's URL.
  static Result<std::map<std::string, std::string>> read_refused(store::Store& store,
                                                                 std::string_view folder);
  /// Removes what read_refused() gave, as far as it is there.
  static Status remove_refused(store::Store& store, const std::vector<std::string>& urls);

 private:
  Landing(store::Store& store, std::string url) : store_(&store), url_(std::move(url)) {}
  std::string url_of(std::uint64_t segment) const;

  store::Store* store_;
  std::string url_;
};

}  // namespace inlet::pipeline
