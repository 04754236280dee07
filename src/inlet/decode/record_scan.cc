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

using Visit = std::function<Status(const ScannedRecord&)>;

// One page on its way through `visit`. Records are found by the same walk as when they are decoded,
// so that positions agree.
class RecordScan {
 public:
  RecordScan(const Page& page, const WantedValues& wanted, std::size_t num_wanted,
             const Visit& visit)
      : page_(page), wanted_(wanted), visit_(visit) {
    record_.values.resize(num_wanted);
  }

  Status run();

 private:
  Result<const char*> take(const char* begin, const char* end);

  const Page& page_;
  const WantedValues& wanted_;
  const Visit& visit_;
  ScannedRecord record_ = {};
};

Status RecordScan::run() {
  PageWalk walk(page_.body,
                [this](const char* begin, const char* end) { return take(begin, end); });
  if (page_.format == PageFormat::NdJson) return walk.lines();
  const auto steps = TRY(pointer_steps(page_.records));
  return walk.document(steps);
}

// A record that is broken around the wanted values is visited without them: decode() is who judges
// records.
Result<const char*> RecordScan::take(const char* begin, const char* end) {
  const bool is_line = page_.format == PageFormat::NdJson;
  const char* past = is_line ? std::find(begin, end, '\n') : nullptr;
  const char* const picked = wanted_.pick(begin, is_line ? past : end, record_.values);
  if (!is_line) past = picked != nullptr ? picked : skip_value(begin, end);
  if (past == nullptr || past == begin) return past;
  record_.bytes = trim_end({begin, static_cast<std::size_t>(past - begin)});
  if (picked != begin + record_.bytes.size()) std::ranges::fill(record_.values, std::string_view());
  TRY(visit_(record_));
  ++record_.position;
  return past;
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
  std::vector<std::string_view> texts(1);
  json = trim(json);
  const char* const end = json.data() + json.size();
  if (wanted.pick(json.data(), end, texts) != end) {
    return fail(ErrorKind::BadRecord, "the answer is not valid JSON");
  }
  if (texts[0].empty())
    return fail(ErrorKind::NotFound, format("the answer has no value at {}", pointer));
  return std::string(texts[0]);
}

}  // namespace inlet::decode
