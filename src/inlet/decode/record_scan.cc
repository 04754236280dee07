#include "inlet/decode/record_scan.h"

#include <charconv>
#include <span>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/padded_text_internal.h"
#include "inlet/decode/wanted_values_internal.h"

namespace inlet::decode {
namespace {

namespace ondemand = simdjson::ondemand;

using Visit = std::function<Status(const ScannedRecord&)>;

std::string_view kind_of(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::array: return "a list";
    case ondemand::json_type::object: return "an object";
    case ondemand::json_type::number: return "a number";
    case ondemand::json_type::string: return "a string";
    case ondemand::json_type::boolean: return "a boolean";
    case ondemand::json_type::null: return "null";
  }
  return "no JSON value";
}

// One page on its way through `visit`.
class RecordScan {
 public:
  RecordScan(const Page& page, const WantedValues& wanted, std::size_t num_wanted,
             const Visit& visit)
      : page_(page), text_(page.body), wanted_(wanted), visit_(visit), texts_(num_wanted) {}

  Status scan_lines();
  Status scan_document();

 private:
  using Steps = std::span<const std::string>;

  Status line(std::string_view line);
  Status walk(ondemand::value value, Steps steps, bool is_below_star);
  Status walk_object(ondemand::object object, Steps steps, bool is_below_star);
  Status walk_array(ondemand::array array, Steps steps, bool is_below_star);
  Status records(ondemand::value value, ondemand::json_type type);
  Status record(ondemand::value value);
  Status emit(std::string_view whole);
  Status missing(Steps steps, std::string_view found) const;
  std::unexpected<Error> broken(simdjson::error_code error) const;

  const Page& page_;
  PaddedText text_;
  const WantedValues& wanted_;
  const Visit& visit_;
  ondemand::parser parser_;
  ScannedRecord record_ = {};
  std::vector<std::string_view> texts_;
  std::size_t last_byte_ = 0;  // how far the page was understood
};

std::unexpected<Error> RecordScan::broken(simdjson::error_code error) const {
  return fail(ErrorKind::BadRecord,
              format("the page is not valid JSON after byte {} of {}: {}", last_byte_,
                     page_.body.size(), simdjson::error_message(error)));
}

Status RecordScan::emit(std::string_view whole) {
  record_.bytes = text_.original(whole);
  record_.values.clear();
  for (const std::string_view text : texts_) record_.values.push_back(text_.original(text));
  TRY(visit_(record_));
  ++record_.position;
  last_byte_ = static_cast<std::size_t>(whole.data() + whole.size() - text_.view().data());
  return {};
}

Status RecordScan::record(ondemand::value value) {
  std::string_view whole;
  if (const auto error = wanted_.pick(value, texts_, whole)) return broken(error);
  return emit(whole);
}

Status RecordScan::missing(Steps steps, std::string_view found) const {
  const auto all = TRY(pointer_steps(page_.records));
  std::string path;
  for (std::size_t i = 0; i + steps.size() < all.size(); ++i) path += "/" + all[i];
  const std::string place = path.empty() ? "the document" : path;
  return fail(ErrorKind::BadRecord, steps.empty()
                                        ? format("no records at {}: it is {}", place, found)
                                        : format("no records at {}: {} is {} without {}",
                                                 page_.records, place, found, steps[0]));
}

Status RecordScan::records(ondemand::value value, ondemand::json_type type) {
  if (type == ondemand::json_type::object) return record(value);
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) return broken(error);
  for (auto item : array) {
    ondemand::value element;
    if (const auto error = std::move(item).get(element)) return broken(error);
    TRY(record(element));
  }
  return {};
}

Status RecordScan::walk(ondemand::value value, Steps steps, bool is_below_star) {
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return broken(error);
  if (type == ondemand::json_type::null) return {};
  const bool is_container =
      type == ondemand::json_type::array || type == ondemand::json_type::object;
  if (!is_container) return missing(steps, kind_of(type));
  if (steps.empty()) return records(value, type);
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return broken(error);
    return walk_object(object, steps, is_below_star);
  }
  ondemand::array array;
  if (const auto error = value.get_array().get(array)) return broken(error);
  return walk_array(array, steps, is_below_star);
}

Status RecordScan::walk_object(ondemand::object object, Steps steps, bool is_below_star) {
  const bool is_star = steps[0] == "*";
  bool is_found = is_star || is_below_star;
  for (auto item : object) {
    ondemand::field field;
    std::string_view name;
    if (const auto error = std::move(item).get(field)) return broken(error);
    if (const auto error = member_name(field, name)) return broken(error);
    if (!is_star && name != steps[0]) continue;
    is_found = true;
    TRY(walk(field.value(), steps.subspan(1), is_below_star || is_star));
  }
  return is_found ? Status() : missing(steps, "an object");
}

Status RecordScan::walk_array(ondemand::array array, Steps steps, bool is_below_star) {
  const bool is_star = steps[0] == "*";
  bool is_found = is_star || is_below_star;
  std::size_t position = 0;
  for (auto item : array) {
    ondemand::value value;
    if (const auto error = std::move(item).get(value)) return broken(error);
    if (!is_star && std::to_string(position++) != steps[0]) continue;
    is_found = true;
    TRY(walk(value, steps.subspan(1), is_below_star || is_star));
  }
  return is_found ? Status() : missing(steps, "a list");
}

Status RecordScan::scan_document() {
  const auto steps = TRY(pointer_steps(page_.records));
  ondemand::document document;
  if (const auto error = iterate(parser_, text_, document)) return broken(error);
  ondemand::value root;
  if (document.get_value().get(root)) {
    return fail(ErrorKind::BadRecord, "no records: the page is neither a JSON object nor a list");
  }
  TRY(walk(root, steps, false));
  // A page that goes on after its end was put together or cut wrongly.
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS)
    return broken(simdjson::TRAILING_CONTENT);
  return {};
}

// A broken line is visited, too, without values: decode() is who judges records.
Status RecordScan::line(std::string_view line) {
  const auto offset = static_cast<std::size_t>(line.data() - text_.view().data());
  texts_.assign(texts_.size(), std::string_view());
  ondemand::document document;
  ondemand::value root;
  std::string_view whole;
  auto error = parser_.iterate(text_.part(offset, line.size())).get(document);
  if (!error) error = document.get_value().get(root);
  if (!error) error = wanted_.pick(root, texts_, whole);
  if (error || whole.size() != line.size()) texts_.assign(texts_.size(), std::string_view());
  return emit(line);
}

Status RecordScan::scan_lines() {
  std::string_view rest = trim(text_.view());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view text = trim(rest.substr(0, end));
    if (!text.empty()) TRY(line(text));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return {};
}

}  // namespace

Status scan_records(const Page& page, const std::vector<std::string>& pointers,
                    const Visit& visit) {
  const auto wanted = TRY(WantedValues::make(pointers));
  RecordScan scan(page, wanted, pointers.size(), visit);
  switch (page.format) {
    case PageFormat::Json: return scan.scan_document();
    case PageFormat::NdJson: return scan.scan_lines();
    case PageFormat::Csv: break;
  }
  return fail(ErrorKind::Bug, "scan_records() is for JSON pages, not CSV");
}

Result<std::string> value_at(std::string_view json, std::string_view pointer) {
  const auto wanted = TRY(WantedValues::make({std::string(pointer)}));
  PaddedText text(json);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::value root;
  std::string_view whole;
  std::vector<std::string_view> texts(1);
  const auto broken = [](simdjson::error_code error) {
    return fail(ErrorKind::BadRecord,
                format("the answer is not valid JSON: {}", simdjson::error_message(error)));
  };
  if (const auto error = iterate(parser, text, document)) return broken(error);
  const auto error = document.get_value().get(root);
  if (error == simdjson::SCALAR_DOCUMENT_AS_VALUE) {
    if (pointer.empty()) return std::string(trim(json));
    return fail(ErrorKind::NotFound, format("the answer has no value at {}", pointer));
  }
  if (error) return broken(error);
  if (const auto walk_error = wanted.pick(root, texts, whole)) return broken(walk_error);
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS)
    return broken(simdjson::TRAILING_CONTENT);
  if (texts[0].empty())
    return fail(ErrorKind::NotFound, format("the answer has no value at {}", pointer));
  return std::string(text.original(texts[0]));
}

}  // namespace inlet::decode
