#include "inlet/decode/infer.h"

#include <algorithm>

#include "inlet/base/try.h"
#include "inlet/decode/csv_rows_internal.h"
#include "inlet/decode/json_text.h"
#include "inlet/decode/padded_text_internal.h"
#include "inlet/decode/record_scan.h"
#include "inlet/decode/seen_values_internal.h"
#include "inlet/decode/type_choice_internal.h"
#include "inlet/decode/wanted_values_internal.h"

namespace inlet::decode {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kMaxColumnDepth = 24;

simdjson::error_code look_at(ondemand::value value, SeenValues& seen, int depth);

simdjson::error_code look_at_members(ondemand::object object, SeenValues& seen, int depth) {
  for (auto item : object) {
    ondemand::field field;
    std::string_view name;
    if (const auto error = std::move(item).get(field)) return error;
    if (const auto error = member_name(field, name)) return error;
    if (const auto error = look_at(field.value(), seen.member(name), depth + 1)) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code look_at_elements(ondemand::array array, SeenValues& seen, int depth) {
  for (auto item : array) {
    ondemand::value value;
    if (const auto error = std::move(item).get(value)) return error;
    if (const auto error = look_at(value, seen.element(), depth + 1)) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code look_at(ondemand::value value, SeenValues& seen, int depth) {
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  switch (type) {
    case ondemand::json_type::null: seen.add_null(); break;
    case ondemand::json_type::boolean: seen.add_boolean(); break;
    case ondemand::json_type::number: seen.add_number(trim_end(value.raw_json_token())); break;
    case ondemand::json_type::string: {
      std::string_view text;
      if (const auto error = value.get_string().get(text)) return error;
      seen.add_string(text);
      break;
    }
    case ondemand::json_type::object: {
      ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      seen.add_object();
      if (depth < kMaxColumnDepth) return look_at_members(object, seen, depth);
      seen.add_deep();
      break;
    }
    case ondemand::json_type::array: {
      ondemand::array array;
      if (const auto error = value.get_array().get(array)) return error;
      seen.add_list();
      if (depth < kMaxColumnDepth) return look_at_elements(array, seen, depth);
      seen.add_deep();
      break;
    }
  }
  return simdjson::SUCCESS;
}

// Broken JSON is looked at as far as it goes: the decoder will put the record into quarantine.
void look_at_object(ondemand::parser& parser, std::string_view json, SeenValues& seen) {
  PaddedText text(json);
  ondemand::document document;
  ondemand::object object;
  if (iterate(parser, text, document)) return;
  if (document.get_object().get(object)) return;
  static_cast<void>(look_at_members(object, seen, 0));
}

std::string added_object(const Page& page) {
  std::string out;
  for (const auto& [name, json] : page.added) {
    out += out.empty() ? "{" : ",";
    append_json_string(out, name);
    out += ":" + json;
  }
  return out.empty() ? out : out + "}";
}

Status look_at_json_page(const Page& page, SeenValues& records) {
  ondemand::parser parser;
  const std::string added = added_object(page);
  return scan_records(page, {}, [&](const ScannedRecord& record) -> Status {
    const bool is_filtered = std::ranges::binary_search(page.filtered, record.position);
    if (is_filtered || !record.bytes.starts_with('{')) return {};
    records.add_object();
    look_at_object(parser, record.bytes, records);
    if (!added.empty()) look_at_object(parser, added, records);
    return {};
  });
}

void look_at_csv_page(const Page& page, SeenValues& records) {
  ondemand::parser parser;
  const std::string added = added_object(page);
  CsvRows rows(page.body, detect_delimiter(page.body));
  const CsvRow* row = rows.next();
  if (row == nullptr) return;
  std::vector<std::string> names;
  for (const CsvCell& cell : row->cells) names.emplace_back(cell.text);
  for (row = rows.next(); row != nullptr; row = rows.next()) {
    if (!row->error.empty()) continue;
    records.add_object();
    for (std::size_t i = 0; i < std::min(names.size(), row->cells.size()); ++i) {
      records.member(names[i]).add_cell(row->cells[i].text);
    }
    if (!added.empty()) look_at_object(parser, added, records);
  }
  // A file that is all header still has columns.
  for (const std::string& name : names) records.member(name);
}

}  // namespace

Result<InferredSchema> infer_schema(const std::vector<Page>& samples) {
  SeenValues records;
  for (const Page& page : samples) {
    if (page.format == PageFormat::Csv) {
      look_at_csv_page(page, records);
    } else {
      TRY(look_at_json_page(page, records));
    }
  }
  if (records.members().empty()) {
    return fail(ErrorKind::NotFound, "no records to infer a schema from; declare the columns");
  }
  return choose_schema(records);
}

}  // namespace inlet::decode
