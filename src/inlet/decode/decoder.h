#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/connect/page.h"
#include "inlet/data/batch.h"
#include "inlet/data/coerce.h"

namespace inlet::decode {

/// Name of the column that holds, as JSON text, what the schema had no place for: {"path": value,
/// ...}.
inline constexpr std::string_view kRescuedColumn = "_rescued_data";

struct DecodeOptions {
  CoercionPolicy policy = CoercionPolicy::Strict;
  Spellings spellings = {};
  /// Never null in a good record, besides the schema's not-null columns; dotted paths.
  std::vector<std::string> keys = {};
  /// Keep unknown members and refused values in kRescuedColumn (a nullable string column, last in
  /// the output).
  bool has_rescued_column = true;
  int max_depth = 128;
};

/// A record that could not become a row.
struct BadRecord {
  std::uint32_t position = 0;  ///< in the page, from 0
  std::string bytes;           ///< the record as it was sent
  std::string reason;
};

/// One page as rows. num_records = batch rows + bad + duplicates (as marked in the page); filtered
/// are not in it.
struct DecodedPage {
  Batch batch;
  std::vector<BadRecord> bad = {};
  std::uint64_t num_records = 0;
  std::uint64_t num_duplicates = 0;
  std::uint64_t num_filtered = 0;
  std::uint64_t num_rescued = 0;           ///< records with something in the rescued column
  std::uint64_t num_repeated_members = 0;  ///< members given twice in one object: the last one won
  std::uint64_t num_truncated_times = 0;   ///< timestamps with more than six fraction digits
};

/// Turns pages into batches of one schema. Learns the order of members from record to record. Not
/// for several threads at once; make one per worker. Page-level failures (no JSON, no records at
/// the pointer, cut off) are errors of kind BadRecord that name the byte; record-level ones land in
/// `bad`.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// The page's rows join those held; the result's own batch stays empty. Pages held together are
  /// of one format.
  virtual Result<DecodedPage> add(const Page& page) = 0;
  /// The rows of the pages added since the last time.
  virtual Batch take_rows() = 0;
  /// Both, for a page alone.
  Result<DecodedPage> decode(const Page& page);
  /// `schema` and, where asked for, the rescued column.
  virtual const Schema& output_schema() const = 0;
};

/// Decodes every PageFormat. Fails with Config for a key that is not in the schema.
Result<std::unique_ptr<Decoder>> make_decoder(Schema schema, DecodeOptions options);

}  // namespace inlet::decode
