#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlet/decode/coercion.h"
#include "inlet/decode/decoder.h"
#include "inlet/decode/fast_record_internal.h"
#include "inlet/decode/record_reader_internal.h"

namespace inlet::decode {

/// Unused: every record takes the way of the unusual ones, which gives the same rows.
enum class FastPath { Used, Unused };

/// Decodes JSON and NDJSON pages.
class JsonDecoder final : public Decoder {
 public:
  /// Fails with Config for a key that is not in the schema.
  static Result<std::unique_ptr<JsonDecoder>> make(Schema schema, DecodeOptions options,
                                                   FastPath fast_path = FastPath::Used);

  Result<DecodedPage> add(const Page& page) override;
  Batch take_rows() override { return rows_.finish(); }
  const Schema& output_schema() const override { return *schema_; }

 private:
  JsonDecoder(std::shared_ptr<const Schema> schema, PlanNode plan, const DecodeOptions& options,
              FastPath fast_path);

  Status start(const Page& page);
  Status walk(const Page& page);
  Status add_members(const Page& page);
  /// The record at `begin`; returns the place past it, or nullptr when the page ends inside of it.
  Result<const char*> take(const char* begin, const char* end);
  const char* record_end(const char* begin, const char* end) const;
  /// The place past the record, which is then a row; nullptr: decode_record() has to look at it.
  const char* take_fast(const char* begin, const char* end);
  Status decode_record(std::uint32_t position, std::string_view record);
  Status append_rescued(const RescuedData& rescued);
  DecodedPage finish();

  std::shared_ptr<const Schema> schema_;
  PlanNode plan_;
  DecodeOptions options_;
  FastPath fast_path_;
  Coercion coercion_;
  RecordReader reader_;
  BatchBuilder rows_;
  FastRecord fast_;

  // Of the page that is being decoded:
  const Page* page_ = nullptr;
  std::vector<AddedMember> added_;
  std::vector<AddedCell> added_cells_;
  std::vector<ColumnBuilder*> added_columns_;
  bool is_fast_ = false;
  bool is_line_ = false;
  DecodedPage decoded_;
  std::uint32_t position_ = 0;
  std::size_t next_filtered_ = 0;
  std::size_t next_duplicate_ = 0;
  std::uint64_t num_repeated_before_ = 0;
};

}  // namespace inlet::decode
