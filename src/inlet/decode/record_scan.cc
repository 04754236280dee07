#include "inlet/decode/record_scan.h"

#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/padded_text_internal.h"
#include "inlet/decode/page_walk_internal.h"
#include "inlet/decode/wanted_values_internal.h"

namespace inlet::decode {
namespace {

namespace ondemand = simdjson::ondemand;

using Visit = std::function<Status(const ScannedRecord&)>;

// One page on its way through `visit`. Records are found by the same walk as when they are decoded,
// so that positions agree; simdjson then reads them one by one.
class RecordScan {
 public:
  RecordScan(const Page& page, const WantedValues& wanted, std::size_t num_wanted,
             const Visit& visit)
      : page_(page), text_(page.body), wanted_(wanted), visit_(visit), texts_(num_wanted) {}

  Status run();

 private:
  Result<const char*> take(const char* begin, const char* end);
  void pick(std::string_view record);

  const Page& page_;
  PaddedText text_;
  const WantedValues& wanted_;
  const Visit& visit_;
  ondemand::parser parser_;
  ScannedRecord record_ = {};
  std::vector<std::string_view> texts_;
};

Status RecordScan::run() {
  PageWalk walk(text_.view(),
                [this](const char* begin, const char* end) { return take(begin, end); });
  if (page_.format == PageFormat::NdJson) return walk.lines();
  const auto steps = TRY(pointer_steps(page_.records));
  return walk.document(steps);
}

Result<const char*> RecordScan::take(const char* begin, const char* end) {
  const bool is_line = page_.format == PageFormat::NdJson;
  const char* const past = is_line ? std::find(begin, end, '\n') : skip_value(begin, end);
  if (past == nullptr || past == begin) return past;
  const std::string_view record = trim_end({begin, static_cast<std::size_t>(past - begin)});
  pick(record);
  record_.bytes = text_.original(record);
  record_.values.clear();
  for (const std::string_view text : texts_) record_.values.push_back(text_.original(text));
  TRY(visit_(record_));
  ++record_.position;
  return past;
}

// A record that simdjson cannot read is visited without values: decode() is who judges records.
void RecordScan::pick(std::string_view record) {
  const auto offset = static_cast<std::size_t>(record.data() - text_.view().data());
  texts_.assign(texts_.size(), std::string_view());
  if (texts_.empty()) return;
  ondemand::document document;
  ondemand::value root;
  std::string_view whole;
  auto error = parser_.iterate(text_.part(offset, record.size())).get(document);
  if (!error) error = document.get_value().get(root);
  if (!error) error = wanted_.pick(root, texts_, whole);
  if (error || whole.size() != record.size()) texts_.assign(texts_.size(), std::string_view());
}

}  // namespace

Status scan_records(const Page& page, const std::vector<std::string>& pointers,
                    const Visit& visit) {
  if (page.format == PageFormat::Csv) {
    return fail(ErrorKind::Bug, "scan_records() is for JSON pages, not CSV");
  }
  const auto wanted = TRY(WantedValues::make(pointers));
  return RecordScan(page, wanted, pointers.size(), visit).run();
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
