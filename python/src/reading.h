#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/data/arrow.h"
#include "inlet/pipeline/page_flow.h"

namespace inlet::python {

/// What rows are made of, beside the source's own answer.
struct RowOptions {
  Schema schema;
  std::vector<std::string> keys = {};  ///< a record without one is refused
  bool has_rescued_column = true;
  unsigned num_decoders = 1;
  std::size_t ahead_bytes = 8 << 20;   ///< of pages, and of batches, that wait
  std::size_t num_kept_refused = 100;  ///< more than these are only counted

  /// Rows of `schema`, which has the rescued column or not.
  static RowOptions of(Schema schema, std::vector<std::string> keys);
};

/// One read of a table, pulled batch by batch. Holds a few pages and a few batches, whatever the
/// length of the read. For one thread at a time; destroying it ends the read.
class Reading {
 public:
  /// `keeper` is what the read stands on; it lives as long as this.
  Reading(std::shared_ptr<void> keeper, RowOptions options, Offset start,
          pipeline::PageFlow::Read read);

  /// The next rows, nullopt at the end. Blocks.
  Result<std::optional<Batch>> next();
  /// Makes next() end with Cancelled. From any thread.
  void stop() { stop_.request_stop(); }
  const Schema& schema() const { return output_schema_; }

  /// Where the source stands; nullopt before the end of the read.
  const std::optional<Offset>& end_offset() const { return end_offset_; }
  std::uint64_t num_records() const { return num_records_; }
  std::uint64_t num_refused() const { return num_refused_; }
  /// The first of them, as many as RowOptions says.
  const std::vector<pipeline::RefusedRecord>& refused() const { return refused_; }

 private:
  const std::shared_ptr<void> keeper_;
  const Schema output_schema_;
  const std::size_t num_kept_refused_;
  std::stop_source stop_;
  pipeline::PageFlow flow_;
  std::optional<Offset> end_offset_;
  std::uint64_t num_records_ = 0;
  std::uint64_t num_refused_ = 0;
  std::vector<pipeline::RefusedRecord> refused_;
};

/// The read as a stream of Arrow's C interface, which shares `reading`. Its consumer may call from
/// any thread, with or without the GIL.
ArrowArrayStream to_arrow_stream(std::shared_ptr<Reading> reading);

}  // namespace inlet::python
