#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/log.h"
#include "inlet/connect/offset.h"
#include "inlet/connect/options.h"
#include "inlet/connect/page.h"
#include "inlet/connect/table_metadata.h"
#include "inlet/data/batch.h"

namespace inlet {

namespace net {
class HttpClient;
}
namespace store {
class Store;
}

/// A table of a source and the options given for it.
struct TableRequest {
  std::string table;
  std::map<std::string, std::string> options = {};
};

/// One read: from `start` (exclusive) on. A read ends by itself once it has reached what the source
/// held when it began (the frozen upper bound), so that a table that changes while it is read
/// cannot keep it going. One that goes on where another was cut short ends at its own beginning,
/// not at the other's.
struct ReadRequest {
  TableRequest table;
  Offset start = {};
  std::stop_token stop = {};
};

/// A part of a read, in JSON that its source alone understands: what was asked of the system,
/// never a secret. It can be taken in any process, more than once, and gives the same records each
/// time.
using Partition = Json;

/// One of the parts of a planned read.
struct Share {
  Partition partition;
  /// Where the reader stands once this share and those before it are read. One that ends in mid-air
  /// repeats the offset before it, as a page does; the last one's is what read_table would return.
  Offset offset = {};
  std::uint64_t num_bytes = 0;  ///< about what has to be read for it
};

/// One partition to be read.
struct PartitionRequest {
  TableRequest table;
  Partition partition;
  std::stop_token stop = {};
};

/// What a source pushes into. Each call blocks while the pipeline is full (that is the
/// back-pressure) and fails with Cancelled when the run ends; the source passes the error on
/// through TRY.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual Status page(Page page) = 0;
  /// For sources that make columns themselves (binary formats); `offset` as in Page.
  virtual Status batch(Batch batch, Offset offset) = 0;
};

/// What a source has asked of its system so far.
struct SourceCounts {
  std::uint64_t requests = 0;  ///< every exchange, retries included
  std::uint64_t retries = 0;
  std::chrono::milliseconds waited{0};  ///< on retries and rate limits
  std::uint64_t received_bytes = 0;
  std::optional<std::uint64_t> requests_left = {};  ///< the system's last word, where it gives one
};

/// THE CONTRACT: a system that tables are read from. Constructing one does no I/O and takes no
/// lock: Spark constructs sources many times. A Source serves one thread; several may be made for
/// one connection.
class Source {
 public:
  virtual ~Source() = default;

  /// Unique names; static or discovered.
  virtual Result<std::vector<std::string>> list_tables() = 0;
  /// A pure function of its argument for declared tables; may sample the source for inferred ones.
  virtual Result<Schema> get_table_schema(const TableRequest& request) = 0;
  virtual Result<TableMetadata> read_table_metadata(const TableRequest& request) = 0;
  /// Pushes every page after `request.start` and returns the offset it has come to: equal to
  /// `start` exactly when there was nothing to push. Snapshots ignore `start` and return the empty
  /// offset.
  virtual Result<Offset> read_table(const ReadRequest& request, RecordSink& sink) = 0;
  /// Only for CdcWithDeletes: pages of records that hold at least keys and cursor.
  virtual Result<Offset> read_table_deletes(const ReadRequest& request, RecordSink& sink);
  /// For sources that can be read in shares side by side: the records that read_table would push
  /// for the same request, in its order, each in one share, of about `partition_bytes` each.
  /// nullopt: the table is read as a whole; empty: there is nothing to read.
  virtual Result<std::optional<std::vector<Share>>> get_partitions(const ReadRequest& request,
                                                                   std::uint64_t partition_bytes);
  /// Pushes the pages of one partition. Their offsets mean nothing.
  virtual Status read_partition(const PartitionRequest& request, RecordSink& sink);
  /// Proves connection and rights with the cheapest request there is. The error says how to mend
  /// it.
  virtual Status check() = 0;
  /// For the report and the progress line; callable from another thread while a read goes on.
  virtual SourceCounts counts() const { return {}; }
};

/// The outside world, handed to every source. The references outlive the source.
struct SourceContext {
  const Clock& clock;
  net::HttpClient& http;
  store::Store& store;
  Log log;
};

}  // namespace inlet
