#include "python/src/reading.h"

#include <utility>

#include "inlet/base/try.h"

namespace inlet::python {
namespace {

Schema output_schema_of(const RowOptions& options) {
  Schema schema = options.schema;
  if (options.has_rescued_column) {
    schema.fields.push_back({std::string(decode::kRescuedColumn), {TypeKind::String}});
  }
  return schema;
}

pipeline::PageFlow::MakeDecoder decoder_maker(RowOptions options) {
  return [options = std::move(options)] {
    return decode::make_decoder(
        options.schema, {.keys = options.keys, .has_rescued_column = options.has_rescued_column});
  };
}

}  // namespace

RowOptions RowOptions::of(Schema schema, std::vector<std::string> keys) {
  const auto num_rescued = std::erase_if(
      schema.fields, [](const Field& field) { return field.name == decode::kRescuedColumn; });
  return {
      .schema = std::move(schema), .keys = std::move(keys), .has_rescued_column = num_rescued > 0};
}

Reading::Reading(std::shared_ptr<void> keeper, RowOptions options, Offset start,
                 pipeline::PageFlow::Read read)
    : keeper_(std::move(keeper)),
      output_schema_(output_schema_of(options)),
      num_kept_refused_(options.num_kept_refused),
      flow_(
          {.start = std::move(start),
           .page_queue_bytes = options.ahead_bytes,
           .batch_queue_bytes = options.ahead_bytes,
           .num_decoders = options.num_decoders},
          std::move(read), decoder_maker(options), [](pipeline::Step) {}, stop_.get_token()) {}

Result<std::optional<Batch>> Reading::next() {
  while (!end_offset_) {
    std::optional<pipeline::FlowItem> item = TRY(flow_.next());
    if (!item) {
      end_offset_ = flow_.end_offset();
      break;
    }
    num_records_ += item->decoded.num_records;
    num_refused_ += item->refused.size();
    for (pipeline::RefusedRecord& record : item->refused) {
      if (refused_.size() < num_kept_refused_) refused_.push_back(std::move(record));
    }
    if (item->decoded.batch.num_rows() > 0) {
      return std::optional<Batch>(std::move(item->decoded.batch));
    }
  }
  return std::optional<Batch>();
}

}  // namespace inlet::python
