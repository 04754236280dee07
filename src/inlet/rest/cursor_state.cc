#include "inlet/rest/cursor_state.h"

#include <charconv>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::rest {
namespace {

Result<std::optional<CursorValue>> read_value(const Json& json, const char* name,
                                              CursorValue::Kind kind) {
  if (!json.contains(name)) return std::nullopt;
  if (!json[name].is_string()) {
    return fail(ErrorKind::Config, format("the offset's \"{}\" is no text", name));
  }
  return TRY(CursorValue::from_canonical(json[name].get_ref<const std::string&>(), kind));
}

Result<std::uint64_t> read_fingerprint(const Json& json) {
  const std::string text = json.is_string() ? json.get<std::string>() : "";
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::Config, "the offset's \"seen\" holds something else than hex digits");
  }
  return value;
}

}  // namespace

Result<CursorState> CursorState::from_json(const Json& json, CursorValue::Kind kind) {
  CursorState state;
  state.greatest_ = TRY(read_value(json, "cursor", kind));
  state.upper_ = TRY(read_value(json, "upper", kind));
  if (!json.contains("seen")) return state;
  if (!json["seen"].is_object())
    return fail(ErrorKind::Config, "the offset's \"seen\" is no object");
  for (const auto& [text, fingerprints] : json["seen"].items()) {
    auto& known = state.seen_[TRY(CursorValue::from_canonical(text, kind))];
    for (const Json& fingerprint : fingerprints) known.insert(TRY(read_fingerprint(fingerprint)));
  }
  return state;
}

Json CursorState::to_json() const {
  Json json = Json::object();
  if (greatest_) json["cursor"] = greatest_->canonical();
  if (upper_) json["upper"] = upper_->canonical();
  for (const auto& [value, fingerprints] : seen_) {
    Json& list = json["seen"][value.canonical()] = Json::array();
    for (const std::uint64_t fingerprint : fingerprints)
      list.push_back(format("{:016x}", fingerprint));
  }
  return json;
}

bool CursorState::has_seen(const CursorValue& value, std::uint64_t fingerprint) const {
  const auto known = seen_.find(value);
  return known != seen_.end() && known->second.contains(fingerprint);
}

void CursorState::add(const CursorValue& value, std::uint64_t fingerprint,
                      std::chrono::milliseconds lookback) {
  if (!greatest_ || value > *greatest_) {
    greatest_ = value;
    seen_.erase(seen_.begin(), seen_.lower_bound(value.minus(lookback)));
  }
  if (value >= greatest_->minus(lookback)) seen_[value].insert(fingerprint);
}

}  // namespace inlet::rest
