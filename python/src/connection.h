#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "python/src/lander.h"
#include "python/src/reading.h"
#include "python/src/world.h"

namespace inlet::python {

/// A way into a source with the contract's five methods, as Python sees it. Each call makes a
/// source of its own, so calls from several threads do not meet. Holds secrets: it has no text form
/// and is not pickled.
class Connection {
 public:
  using Texts = std::map<std::string, std::string>;

  /// `connection` is one of `world`; its parameters are checked here, without any I/O.
  static Result<Connection> make(std::shared_ptr<const World> world, std::string connection);
  /// With the parameters at hand instead of in a connections file.
  static Result<Connection> make(const std::string& connector, Texts parameters,
                                 const std::vector<std::string>& store_options);

  Result<std::vector<std::string>> list_tables() const;
  Result<Schema> get_table_schema(const TableRequest& request) const;
  Result<TableMetadata> read_table_metadata(const TableRequest& request) const;
  Status check() const;

  enum class Flow { Changes, Deletes };
  struct ReadOptions {
    Flow flow = Flow::Changes;
    /// Of the rows, the rescued column among them or not; none: the table's and that.
    std::optional<Schema> schema = {};
    unsigned num_decoders = 1;
    /// Of pages and of batches that are held ahead of who takes the rows.
    std::size_t ahead_bytes = 8 << 20;
    /// A record without one is refused; none: those of the table.
    std::optional<std::vector<std::string>> keys = {};
    std::size_t num_kept_refused = RowOptions().num_kept_refused;
  };
  Result<std::shared_ptr<Reading>> read(TableRequest request, Offset start,
                                        ReadOptions options) const;
  /// The read of the changes after `start` in shares; nullopt where it is one.
  Result<std::optional<std::vector<Share>>> get_partitions(TableRequest request, Offset start,
                                                           std::uint64_t partition_bytes) const;
  Result<std::shared_ptr<Reading>> read_partition(TableRequest request, Partition partition,
                                                  ReadOptions options) const;
  struct LandOptions {
    Flow flow = Flow::Changes;
    std::string landing;  ///< a folder
    LandedTo start = {};
    LandingLimit limit = {};
    std::uint64_t partition_bytes = 32 << 20;  ///< of a share
  };
  /// Reads into a landing instead: the plan of a read of changes that can be cut into shares no
  /// larger than the limit, where that is none of records; otherwise the pages.
  Result<Lander> land(TableRequest request, LandOptions options) const;

 private:
  using Push = std::function<Result<Offset>(Source&, std::stop_token, RecordSink&)>;

  /// Reads what `push` makes the source push, as `options` say.
  Result<std::shared_ptr<Reading>> start(const TableRequest& request, Offset start,
                                         ReadOptions options, Push push) const;
  Connection(std::shared_ptr<const World> world, std::string name)
      : world_(std::move(world)), name_(std::move(name)) {}

  std::shared_ptr<const World> world_;
  std::string name_;
};

}  // namespace inlet::python
