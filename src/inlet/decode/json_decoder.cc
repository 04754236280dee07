#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/json_decoder_internal.h"
#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/json_text.h"
#include "inlet/decode/page_walk_internal.h"
#include "inlet/decode/wanted_values_internal.h"

namespace inlet::decode {
namespace {

// Text can grow while it is decoded (paths in the rescued column, members that the page adds), and
// a column ends at 2 GiB: pages past the first limit and columns past the second are refused.
constexpr std::size_t kMaxPageBytes = std::size_t{400} << 20;
constexpr std::size_t kMaxColumnBytes = std::size_t{1} << 30;

/// True when `position` is the next of these ascending positions, which is then passed.
bool takes_next(const std::vector<std::uint32_t>& positions, std::size_t& next,
                std::uint32_t position) {
  while (next < positions.size() && positions[next] < position) ++next;
  return next < positions.size() && positions[next] == position;
}

void make_nullable(Field& field) {
  const bool is_map = field.type.kind == TypeKind::Map;
  field.is_nullable = true;
  for (Field& child : field.type.fields) {
    if (!is_map || child.name != "key") make_nullable(child);
  }
}

/// Python's framework lets nulls pass, so its rows fit a schema without not-null columns only.
Schema output_schema_of(Schema schema, const DecodeOptions& options) {
  if (options.policy == CoercionPolicy::Lakeflow) {
    for (Field& field : schema.fields) make_nullable(field);
  }
  if (options.has_rescued_column) {
    schema.fields.push_back({.name = std::string(kRescuedColumn),
                             .type = Type{TypeKind::String},
                             .comment = "What the columns had no place for, as {path: value}."});
  }
  return schema;
}

}  // namespace

JsonDecoder::JsonDecoder(std::shared_ptr<const Schema> schema, PlanNode plan,
                         const DecodeOptions& options)
    : schema_(std::move(schema)),
      plan_(std::move(plan)),
      options_(options),
      coercion_(options.policy, options.spellings),
      reader_(plan_, coercion_,
              {.max_depth = options.max_depth, .keeps_rescued = options.has_rescued_column}),
      rows_(schema_) {}

Result<std::unique_ptr<JsonDecoder>> JsonDecoder::make(Schema schema, DecodeOptions options) {
  if (schema.fields.empty()) return fail(ErrorKind::Config, "the schema has no columns");
  PlanNode plan = TRY(make_plan(schema, options.keys));
  auto output = std::make_shared<const Schema>(output_schema_of(std::move(schema), options));
  TRY(validate(*output));
  return std::unique_ptr<JsonDecoder>(new JsonDecoder(std::move(output), std::move(plan), options));
}

Result<DecodedPage> JsonDecoder::decode(const Page& page) {
  TRY(start(page));
  const Status walked = walk(page);
  if (!walked) {
    rows_.truncate(0);
    return std::unexpected(walked.error());
  }
  return finish();
}

Status JsonDecoder::start(const Page& page) {
  if (page.body.size() > kMaxPageBytes) {
    return fail(ErrorKind::BadRecord,
                format("the page has {} bytes, more than {}; ask the source for smaller pages",
                       page.body.size(), kMaxPageBytes));
  }
  page_ = &page;
  decoded_ = {};
  position_ = 0;
  next_filtered_ = next_duplicate_ = 0;
  coercion_.set_num_truncated_times(0);
  num_repeated_before_ = reader_.num_repeated_members();
  added_.clear();
  for (const auto& [name, json] : page.added) {
    auto compact = compact_json(json, options_.max_depth);
    if (!compact) {
      return fail(ErrorKind::Bug, format("the value added as {} is no JSON: {}", name, json));
    }
    std::optional<std::size_t> column;
    for (std::size_t i = 0; i < plan_.children.size(); ++i) {
      if (plan_.children[i].name == name) column = i;
    }
    added_.push_back({name, column, std::move(*compact)});
  }
  return {};
}

Status JsonDecoder::walk(const Page& page) {
  if (page.format == PageFormat::NdJson) {
    PageWalk lines(page.body,
                   [this](const char* begin, const char* end) { return take(begin, end); });
    return lines.lines();
  }
  const auto steps = TRY(pointer_steps(page.records));
  PageWalk document(page.body,
                    [this](const char* begin, const char* end) { return take(begin, end); });
  return document.document(steps);
}

Result<const char*> JsonDecoder::take(const char* begin, const char* end) {
  const bool is_line = page_->format == PageFormat::NdJson;
  const char* const past = is_line ? end : skip_value(begin, end);
  if (past == nullptr || past == begin) return past;
  const std::uint32_t position = position_++;
  if (takes_next(page_->filtered, next_filtered_, position)) {
    ++decoded_.num_filtered;
    return past;
  }
  ++decoded_.num_records;
  if (takes_next(page_->duplicates, next_duplicate_, position)) {
    ++decoded_.num_duplicates;
    return past;
  }
  TRY(decode_record(position, {begin, past}));
  return past;
}

Status JsonDecoder::decode_record(std::uint32_t position, std::string_view record) {
  const std::size_t num_rows = rows_.num_rows();
  const auto columns = rows_.columns().first(plan_.children.size());
  const Status read = reader_.read(record, columns, added_);
  if (read) return append_rescued();
  if (read.error().kind != ErrorKind::BadRecord) return read;
  rows_.truncate(num_rows);
  decoded_.bad.push_back({position, std::string(record), read.error().message});
  return {};
}

Status JsonDecoder::append_rescued() {
  for (const AddedMember& member : added_) {
    if (member.column && rows_.column(*member.column).num_bytes() > kMaxColumnBytes) {
      return fail(ErrorKind::BadRecord, format("the page makes more than {} bytes of column {}",
                                               kMaxColumnBytes, member.name));
    }
  }
  const RescuedData& rescued = reader_.rescued();
  if (!rescued.is_empty()) ++decoded_.num_rescued;
  if (!options_.has_rescued_column) return {};
  ColumnBuilder& column = rows_.columns().back();
  if (rescued.is_empty()) {
    column.append_null();
    return {};
  }
  const std::string text = rescued.text();
  if (column.num_text_bytes() + text.size() > kMaxColumnBytes) {
    return fail(ErrorKind::BadRecord,
                format("the page makes more than {} bytes of rescued data", kMaxColumnBytes));
  }
  column.append_bytes(text);
  return {};
}

DecodedPage JsonDecoder::finish() {
  decoded_.batch = rows_.finish();
  decoded_.num_truncated_times = coercion_.num_truncated_times();
  decoded_.num_repeated_members = reader_.num_repeated_members() - num_repeated_before_;
  return std::move(decoded_);
}

}  // namespace inlet::decode
