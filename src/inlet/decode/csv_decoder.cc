#include "inlet/decode/csv_decoder.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/added_cell_internal.h"
#include "inlet/decode/csv_rows_internal.h"
#include "inlet/decode/json_text.h"
#include "inlet/decode/output_schema_internal.h"
#include "inlet/decode/plan_internal.h"
#include "inlet/decode/rescued_data_internal.h"

namespace inlet::decode {
namespace {

// Where a column's values come from in one page.
struct ColumnSource {
  std::optional<std::size_t> cell = {};
  const AddedCell* added = nullptr;
};

bool is_scalar(TypeKind kind) {
  return kind != TypeKind::Struct && kind != TypeKind::List && kind != TypeKind::Map;
}

bool is_empty(const CsvCell& cell, TypeKind kind) {
  const bool is_text = kind == TypeKind::String || kind == TypeKind::Binary;
  return cell.text.empty() && !(cell.is_quoted && is_text);
}

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

class CsvDecoder final : public Decoder {
 public:
  CsvDecoder(std::shared_ptr<const Schema> schema, PlanNode plan, const DecodeOptions& options)
      : schema_(std::move(schema)),
        plan_(std::move(plan)),
        has_rescued_column_(options.has_rescued_column),
        lets_nulls_pass_(options.policy == CoercionPolicy::Lakeflow),
        coercion_(options.policy, options.spellings),
        rows_(schema_) {}

  Result<DecodedPage> add(const Page& page) override;
  Batch take_rows() override { return rows_.finish(); }
  const Schema& output_schema() const override { return *schema_; }

 private:
  Status read_added(const Page& page);
  Status read_header(const CsvRow& header);
  Status append(const CsvRow& row);
  Status append_value(const PlanNode& column, ColumnBuilder& builder, const ColumnSource& source,
                      const CsvRow& row);
  void rescue_unknown(const CsvRow& row);
  void append_rescued(DecodedPage& page);

  std::shared_ptr<const Schema> schema_;
  PlanNode plan_;
  bool has_rescued_column_;
  bool lets_nulls_pass_;
  Coercion coercion_;
  BatchBuilder rows_;

  // Of the page that is being decoded:
  std::vector<AddedCell> added_;
  std::vector<std::string> header_;
  std::vector<bool> is_known_;  // whether a column takes the cell at this place
  std::vector<ColumnSource> sources_;
  RescuedData rescued_;
};

Status CsvDecoder::read_added(const Page& page) {
  added_.clear();
  for (const auto& [name, json] : page.added) added_.push_back(TRY(AddedCell::make(name, json)));
  return {};
}

Status CsvDecoder::read_header(const CsvRow& header) {
  if (!header.error.empty()) {
    return fail(ErrorKind::BadRecord, format("the header line cannot be read: {}", header.error));
  }
  header_.clear();
  for (const CsvCell& cell : header.cells) header_.emplace_back(cell.text);
  is_known_.assign(header_.size(), false);
  sources_.clear();
  for (const PlanNode& column : plan_.children) {
    ColumnSource source;
    const auto place = std::ranges::find(header_, column.name);
    if (place != header_.end()) {
      source.cell = static_cast<std::size_t>(place - header_.begin());
      is_known_[*source.cell] = true;
    }
    const auto added = std::ranges::find(added_, column.name, &AddedCell::name);
    if (added != added_.end()) source.added = &*added;
    sources_.push_back(source);
  }
  return {};
}

Status CsvDecoder::append_value(const PlanNode& column, ColumnBuilder& builder,
                                const ColumnSource& source, const CsvRow& row) {
  const bool is_needed = (column.is_key || column.is_not_null) && !lets_nulls_pass_;
  const CsvCell* cell =
      source.cell && *source.cell < row.cells.size() ? &row.cells[*source.cell] : nullptr;
  const bool is_null = source.added != nullptr ? source.added->is_null()
                                               : cell == nullptr || is_empty(*cell, column.kind);
  if (is_null) {
    if (is_needed)
      return fail(ErrorKind::BadRecord,
                  format("{} is empty, but never null in this table", column.name));
    builder.append_null();
    return {};
  }
  const bool is_taken = source.added != nullptr
                            ? source.added->append_to(builder, coercion_)
                            : is_scalar(column.kind) && coercion_.append_text(builder, cell->text);
  if (is_taken) return {};
  std::string json = source.added != nullptr ? source.added->json() : quoted(cell->text);
  if (is_needed)
    return fail(ErrorKind::BadRecord,
                format("{}: {} is no {}", column.name, json, column.type_text));
  builder.append_null();
  rescued_.add(column.name, std::move(json));
  return {};
}

void CsvDecoder::rescue_unknown(const CsvRow& row) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const bool is_named = i < header_.size();
    if ((is_named && is_known_[i]) || is_empty(row.cells[i], TypeKind::String)) continue;
    rescued_.add(is_named ? header_[i] : format("_c{}", i), quoted(row.cells[i].text));
  }
  for (const AddedCell& cell : added_) {
    const bool has_column = std::ranges::any_of(
        sources_, [&](const ColumnSource& source) { return source.added == &cell; });
    if (!has_column) rescued_.add(cell.name(), cell.json());
  }
}

Status CsvDecoder::append(const CsvRow& row) {
  rescued_.clear();
  if (!row.error.empty()) return fail(ErrorKind::BadRecord, std::string(row.error));
  if (!simdjson::validate_utf8(row.bytes))
    return fail(ErrorKind::BadRecord, "the row is not UTF-8");
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    TRY(append_value(plan_.children[i], rows_.column(i), sources_[i], row));
  }
  rescue_unknown(row);
  return {};
}

void CsvDecoder::append_rescued(DecodedPage& page) {
  if (!rescued_.is_empty()) ++page.num_rescued;
  if (!has_rescued_column_) return;
  ColumnBuilder& column = rows_.column(schema_->fields.size() - 1);
  if (rescued_.is_empty()) {
    column.append_null();
  } else {
    column.append_bytes(rescued_.text());
  }
}

Result<DecodedPage> CsvDecoder::add(const Page& page) {
  DecodedPage decoded;
  coercion_.set_num_truncated_times(0);
  coercion_.set_page_binary(page.binary);
  TRY(read_added(page));
  CsvRows rows(page.body, detect_delimiter(page.body));
  const CsvRow* row = rows.next();
  if (row != nullptr) {
    TRY(read_header(*row));
    row = rows.next();
  }
  for (std::uint32_t position = 0; row != nullptr; row = rows.next(), ++position) {
    if (std::ranges::binary_search(page.filtered, position)) {
      ++decoded.num_filtered;
      continue;
    }
    ++decoded.num_records;
    if (std::ranges::binary_search(page.duplicates, position)) {
      ++decoded.num_duplicates;
      continue;
    }
    const std::size_t num_rows = rows_.num_rows();
    const std::uint64_t num_truncated = coercion_.num_truncated_times();
    if (const Status appended = append(*row); appended) {
      append_rescued(decoded);
    } else {
      rows_.truncate(num_rows);
      coercion_.set_num_truncated_times(num_truncated);
      decoded.bad.push_back({position, std::string(row->bytes), appended.error().message});
    }
  }
  decoded.num_truncated_times = coercion_.num_truncated_times();
  return decoded;
}

}  // namespace

Result<std::unique_ptr<Decoder>> make_csv_decoder(Schema schema, DecodeOptions options) {
  if (schema.fields.empty()) return fail(ErrorKind::Config, "the schema has no columns");
  PlanNode plan = TRY(make_plan(schema, options.keys));
  auto output = std::make_shared<const Schema>(output_schema_of(std::move(schema), options));
  TRY(validate(*output));
  return std::make_unique<CsvDecoder>(std::move(output), std::move(plan), options);
}

}  // namespace inlet::decode
