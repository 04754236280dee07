#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/json_decoder_internal.h"
#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/output_schema_internal.h"
#include "inlet/decode/page_walk_internal.h"
#include "inlet/decode/wanted_values_internal.h"

namespace inlet::decode {
namespace {

// Text can grow while it is decoded (paths in the rescued column, members that the page adds), and
// a column ends at 2 GiB: pages past the first limit and columns past the second are refused.
constexpr std::size_t kMaxPageBytes = std::size_t{400} << 20;
constexpr std::size_t kMaxColumnBytes = std::size_t{1} << 30;

// Values are read by recursion.
constexpr int kGreatestDepth = 1000;

/// True when `position` is the next of these ascending positions, which is then passed.
bool takes_next(const std::vector<std::uint32_t>& positions, std::size_t& next,
                std::uint32_t position) {
  while (next < positions.size() && positions[next] < position) ++next;
  return next < positions.size() && positions[next] == position;
}

}  // namespace

JsonDecoder::JsonDecoder(std::shared_ptr<const Schema> schema, PlanNode plan,
                         const DecodeOptions& options, FastPath fast_path)
    : schema_(std::move(schema)),
      plan_(std::move(plan)),
      options_(options),
      fast_path_(fast_path),
      coercion_(options.policy, options.spellings),
      reader_(plan_, coercion_,
              {.max_depth = options.max_depth, .keeps_rescued = options.has_rescued_column}),
      rows_(schema_),
      fast_(plan_, rows_.columns(), coercion_, options.max_depth) {}

Result<std::unique_ptr<JsonDecoder>> JsonDecoder::make(Schema schema, DecodeOptions options,
                                                       FastPath fast_path) {
  if (schema.fields.empty()) return fail(ErrorKind::Config, "the schema has no columns");
  if (options.max_depth < 1 || options.max_depth > kGreatestDepth) {
    return fail(ErrorKind::Config,
                format("the depth limit is 1 to {}, not {}", kGreatestDepth, options.max_depth));
  }
  PlanNode plan = TRY(make_plan(schema, options.keys));
  auto output = std::make_shared<const Schema>(output_schema_of(std::move(schema), options));
  TRY(validate(*output));
  return std::unique_ptr<JsonDecoder>(
      new JsonDecoder(std::move(output), std::move(plan), options, fast_path));
}

Result<DecodedPage> JsonDecoder::add(const Page& page) {
  const std::size_t num_rows = rows_.num_rows();
  TRY(start(page));
  const Status walked = walk(page);
  if (!walked) {
    rows_.truncate(num_rows);
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
  coercion_.set_page_binary(page.binary);
  num_repeated_before_ = reader_.num_repeated_members();
  is_line_ = page.format == PageFormat::NdJson;
  is_fast_ = fast_path_ == FastPath::Used && fast_.is_usable() &&
             simdjson::validate_utf8(page.body.data(), page.body.size());
  return add_members(page);
}

Status JsonDecoder::add_members(const Page& page) {
  added_.clear();
  added_cells_.clear();
  added_columns_.clear();
  for (const auto& [name, json] : page.added) {
    added_cells_.push_back(TRY(AddedCell::make(name, json)));
    const AddedCell& cell = added_cells_.back();
    if (std::ranges::find(added_, name, &AddedMember::name) != added_.end()) {
      return fail(ErrorKind::Bug, format("the page adds {} twice", name));
    }
    std::optional<std::size_t> column;
    for (std::size_t i = 0; i < plan_.children.size(); ++i) {
      if (plan_.children[i].name == name) column = i;
    }
    added_.push_back({name, column, cell.json()});
    if (column) added_columns_.push_back(&rows_.column(*column));
    const bool is_plain = column && plan_.children[*column].kind != TypeKind::Json;
    is_fast_ = is_fast_ && is_plain && !cell.is_null();
  }
  return {};
}

Status JsonDecoder::walk(const Page& page) {
  PageWalk records(page.body,
                   [this](const char* begin, const char* end) { return take(begin, end); });
  if (is_line_) return records.lines();
  const auto steps = TRY(pointer_steps(page.records));
  return records.document(steps);
}

Result<const char*> JsonDecoder::take(const char* begin, const char* end) {
  const bool is_left_out = takes_next(page_->filtered, next_filtered_, position_);
  const bool is_duplicate = takes_next(page_->duplicates, next_duplicate_, position_);
  if (!is_left_out && !is_duplicate) {
    if (const char* const past = take_fast(begin, end); past != nullptr) {
      ++position_;
      ++decoded_.num_records;
      TRY(append_rescued(fast_.rescued()));
      return past;
    }
  }
  const char* const past = record_end(begin, end);
  if (past == nullptr || past == begin) return past;
  const std::uint32_t position = position_++;
  decoded_.num_filtered += is_left_out ? 1 : 0;
  decoded_.num_records += is_left_out ? 0 : 1;
  decoded_.num_duplicates += is_duplicate && !is_left_out ? 1 : 0;
  if (!is_left_out && !is_duplicate) TRY(decode_record(position, {begin, past}));
  return past;
}

const char* JsonDecoder::record_end(const char* begin, const char* end) const {
  if (!is_line_) return skip_value(begin, end);
  const auto size = static_cast<std::size_t>(end - begin);
  const auto* line_feed = static_cast<const char*>(std::memchr(begin, '\n', size));
  const char* past = line_feed == nullptr ? end : line_feed;
  while (past != begin && is_json_space(past[-1])) --past;
  return past;
}

const char* JsonDecoder::take_fast(const char* begin, const char* end) {
  if (!is_fast_) return nullptr;
  const std::size_t row = rows_.num_rows();
  const std::uint64_t num_truncated_times = coercion_.num_truncated_times();
  const char* past = fast_.read({begin, end, is_line_, row}, added_cells_, added_columns_);
  if (past != nullptr && is_line_) {
    // Nothing but space may follow on the line.
    while (past != end && is_json_space(*past) && *past != '\n') ++past;
    if (past != end && *past != '\n') past = nullptr;
  }
  if (past == nullptr) {
    rows_.truncate(row);
    coercion_.set_num_truncated_times(num_truncated_times);
  }
  return past;
}

Status JsonDecoder::decode_record(std::uint32_t position, std::string_view record) {
  const std::size_t num_rows = rows_.num_rows();
  const auto columns = rows_.columns().first(plan_.children.size());
  const Status read = reader_.read(record, columns, added_);
  if (read) return append_rescued(reader_.rescued());
  if (read.error().kind != ErrorKind::BadRecord) return read;
  rows_.truncate(num_rows);
  decoded_.bad.push_back({position, std::string(record), read.error().message});
  return {};
}

Status JsonDecoder::append_rescued(const RescuedData& rescued) {
  for (const AddedMember& member : added_) {
    if (member.column && rows_.column(*member.column).num_bytes() > kMaxColumnBytes) {
      return fail(ErrorKind::BadRecord, format("the page makes more than {} bytes of column {}",
                                               kMaxColumnBytes, member.name));
    }
  }
  if (!options_.has_rescued_column) return {};
  ColumnBuilder& column = rows_.columns().back();
  if (rescued.is_empty()) {
    column.append_null();
    return {};
  }
  ++decoded_.num_rescued;
  const std::string text = rescued.text();
  if (column.num_text_bytes() + text.size() > kMaxColumnBytes) {
    return fail(ErrorKind::BadRecord,
                format("the page makes more than {} bytes of rescued data", kMaxColumnBytes));
  }
  column.append_bytes(text);
  return {};
}

DecodedPage JsonDecoder::finish() {
  decoded_.num_truncated_times = coercion_.num_truncated_times();
  decoded_.num_repeated_members = reader_.num_repeated_members() - num_repeated_before_;
  return std::move(decoded_);
}

}  // namespace inlet::decode
