#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/connect/source.h"
#include "inlet/store/store.h"

namespace inlet::pipeline {

/// Raw pages of one table in a durable folder, for readers that must be able to read the same
/// answer twice where the source cannot give it twice; or, where it can, a plan of what is to be
/// read. Numbered segments from 1 on: some megabytes of pages, or one share of a plan. What is
/// written is whole and checksummed, and never changes. One reader of the source writes; any
/// process may read. The store outlives this.
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
  /// The shares become the segments from `first` on, in one file; else as write(). They are read
  /// and removed together.
  Status write_shares(std::uint64_t first, const std::vector<Share>& shares);
  /// Those of the segments from `first` to `last` that are shares. Config, with the remedy, when
  /// they are not what was written.
  Result<std::map<std::uint64_t, Partition>> read_shares(std::uint64_t first,
                                                         std::uint64_t last) const;
  /// How much there is to read for the segments from `first` to `last`.
  Result<std::uint64_t> num_bytes(std::uint64_t first, std::uint64_t last) const;
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
  std::string url_of(std::uint64_t segment, std::string_view ending) const;
  Status put(const std::string& url, std::string_view text);
  /// The files that begin with a segment from `first` to `last`.
  Result<std::vector<store::ObjectInfo>> files(std::uint64_t first, std::uint64_t last) const;
  Result<Json> shares_in(const std::string& url) const;
  std::uint64_t segment_of(std::string_view url) const;

  store::Store* store_;
  std::string url_;
};

}  // namespace inlet::pipeline
