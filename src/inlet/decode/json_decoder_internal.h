#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlet/decode/coercion.h"
#include "inlet/decode/decoder.h"
#include "inlet/decode/record_reader_internal.h"

namespace inlet::decode {

/// Decodes JSON and NDJSON pages.
class JsonDecoder final : public Decoder {
 public:
  /// Fails with Config for a key that is not in the schema.
  static Result<std::unique_ptr<JsonDecoder>> make(Schema schema, DecodeOptions options);

  Result<DecodedPage> decode(const Page& page) override;
  const Schema& output_schema() const override { return *schema_; }

 private:
  JsonDecoder(std::shared_ptr<const Schema> schema, PlanNode plan, const DecodeOptions& options);

  Status start(const Page& page);
  Status walk(const Page& page);
  /// The record at `begin`; returns the place past it, or nullptr when the page ends inside of it.
  Result<const char*> take(const char* begin, const char* end);
  Status decode_record(std::uint32_t position, std::string_view record);
  Status append_rescued();
  DecodedPage finish();

  std::shared_ptr<const Schema> schema_;
  PlanNode plan_;
  DecodeOptions options_;
  Coercion coercion_;
  RecordReader reader_;
  BatchBuilder rows_;

  // Of the page that is being decoded:
  const Page* page_ = nullptr;
  std::vector<AddedMember> added_;
  DecodedPage decoded_;
  std::uint32_t position_ = 0;
  std::size_t next_filtered_ = 0;
  std::size_t next_duplicate_ = 0;
  std::uint64_t num_repeated_before_ = 0;
};

}  // namespace inlet::decode
