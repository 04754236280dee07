#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/batch_json.h"
#include "inlet/pipeline/page_flow.h"
#include "inlet/pipeline/run.h"
#include "inlet/pipeline/selection.h"
#include "inlet/pipeline/table_target.h"

namespace inlet::pipeline {
namespace {

// Small enough that the source is not asked for a second page before the first was looked at.
constexpr std::size_t kPreviewQueueBytes = 1;

void show(Preview& preview, const decode::DecodedPage& page, std::size_t num_rows) {
  for (std::size_t row = 0; row < page.batch.num_rows() && preview.rows.size() < num_rows; ++row) {
    preview.rows.push_back(row_to_json(page.batch, row));
  }
  for (const decode::BadRecord& bad : page.bad) {
    preview.problems.push_back(
        format("record {} would be quarantined: {}", bad.position, bad.reason));
  }
  if (page.num_rescued > 0) {
    preview.problems.push_back(format("{} records have members or values for {}", page.num_rescued,
                                      decode::kRescuedColumn));
  }
}

}  // namespace

Result<Preview> preview(const Spec& spec, std::string_view table, std::size_t num_rows,
                        const RunOptions& options, const RunContext& context) {
  const std::vector<const TableObject*> objects = TRY(select(spec, {std::string(table)}));
  const TableObject& object = *objects.front();
  OpenSource opened = TRY(OpenSource::open(spec.connection_name, context, options.store_options));
  const TableTarget target = TRY(resolve_target(object, "preview:", opened));
  Preview preview{.schema = target.source_schema};
  PageFlow flow(
      {.page_queue_bytes = kPreviewQueueBytes, .batch_queue_bytes = kPreviewQueueBytes},
      [&](RecordSink& sink, std::stop_token stop) {
        return opened.source().read_table(
            {.table = {.table = object.source_table, .options = object.source_options},
             .stop = std::move(stop)},
            sink);
      },
      [&] {
        decode::DecodeOptions decoding;
        decoding.policy = object.coercion;
        decoding.keys = target.keys;
        return decode::make_decoder(target.source_schema, std::move(decoding));
      },
      [](Step) {}, {});
  while (preview.rows.size() < num_rows) {
    const std::optional<FlowItem> item = TRY(flow.next());
    if (!item) break;
    show(preview, item->decoded, num_rows);
  }
  return preview;
}

}  // namespace inlet::pipeline
