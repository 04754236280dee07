#include "connectors/files/ledger.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::files {
namespace {

constexpr std::size_t kHashDigits = 16;
constexpr std::size_t kVersionDigits = 8;

// FNV-1a: it has to stay the same for ever, because offsets hold it.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 14'695'981'039'346'656'037U;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  return value ^ (value >> 32);
}

std::int64_t micros(Timestamp time) {
  return time.time_since_epoch().count();
}

std::uint64_t mix(std::uint64_t path, std::uint32_t version) {
  return hash(format("{:016x}{:08x}", path, version));
}

template <class Number>
std::optional<Number> parse_hex(std::string_view text) {
  Number value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, 16);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

std::unexpected<Error> not_ours(const Offset& offset) {
  return fail(ErrorKind::Config,
              format("not an offset of the files connector: {:.200}", offset.to_text()));
}

const Json* member(const Json& json, const char* name, Json::value_t type) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  if (found == json.end()) return nullptr;
  const bool is_integer = type == Json::value_t::number_integer && found->is_number_integer();
  return is_integer || found->type() == type ? &*found : nullptr;
}

}  // namespace

std::uint32_t Ledger::version_of(const DataFile& file) {
  return static_cast<std::uint32_t>(hash(format("{}/{}", file.size, micros(file.modified))));
}

Result<Ledger> Ledger::parse(const Offset& offset) {
  Ledger ledger;
  if (offset.is_start()) return ledger;
  const Json* known = member(offset.json(), "known", Json::value_t::string);
  if (known == nullptr) return not_ours(offset);
  const auto text = known->get<std::string>();
  constexpr std::size_t kDigits = kHashDigits + kVersionDigits;
  if (text.size() % kDigits != 0) return not_ours(offset);
  for (std::size_t i = 0; i < text.size(); i += kDigits) {
    const auto path = parse_hex<std::uint64_t>(std::string_view(text).substr(i, kHashDigits));
    const auto version =
        parse_hex<std::uint32_t>(std::string_view(text).substr(i + kHashDigits, kVersionDigits));
    if (!path || !version) return not_ours(offset);
    ledger.known_[*path] = {.version = *version};
  }
  if (const Json* old = member(offset.json(), "old", Json::value_t::object)) {
    const Json* until = member(*old, "until", Json::value_t::number_integer);
    const Json* number = member(*old, "number", Json::value_t::number_integer);
    const Json* sum = member(*old, "sum", Json::value_t::string);
    if (until == nullptr || number == nullptr || sum == nullptr) return not_ours(offset);
    ledger.until_ = Timestamp(std::chrono::microseconds(until->get<std::int64_t>()));
    ledger.num_old_ = number->get<std::uint64_t>();
    ledger.old_sum_ = parse_hex<std::uint64_t>(sum->get<std::string>()).value_or(0);
  }
  if (const Json* reading = member(offset.json(), "reading", Json::value_t::object)) {
    const Json* path = member(*reading, "path", Json::value_t::string);
    const Json* version = member(*reading, "version", Json::value_t::number_integer);
    const Json* position = member(*reading, "position", Json::value_t::number_integer);
    if (path == nullptr || version == nullptr || position == nullptr) return not_ours(offset);
    ledger.reading_ = {path->get<std::string>(), version->get<std::uint32_t>(),
                       position->get<std::uint64_t>()};
  }
  return ledger;
}

Ledger::State Ledger::state(const DataFile& file) const {
  const auto known = known_.find(hash(file.path));
  if (known != known_.end())
    return known->second.version == version_of(file) ? State::Read : State::Changed;
  return until_ && file.modified <= *until_ ? State::Old : State::New;
}

Status Ledger::compare(const std::vector<DataFile>& listing) {
  std::uint64_t num_old = 0;
  std::uint64_t old_sum = 0;
  for (const DataFile& file : listing) {
    const std::uint64_t path = hash(file.path);
    if (const auto known = known_.find(path); known != known_.end()) {
      known->second.modified = file.modified;
    } else if (state(file) == State::Old) {
      ++num_old;
      old_sum += mix(path, version_of(file));
    }
  }
  const bool is_fewer = num_old < num_old_;
  const bool is_same = num_old == num_old_ && old_sum == old_sum_;
  if (!is_fewer && !is_same) {
    return fail(ErrorKind::Config,
                format("{} files have a time of change before {}, but {} such files were read: "
                       "some came later with an "
                       "old time, or were changed keeping it, or the table's path was widened; "
                       "give the new ones a new "
                       "time (touch), or load the table again with --full-refresh",
                       num_old, to_rfc3339(*until_), num_old_));
  }
  num_old_ = num_old;
  old_sum_ = old_sum;
  return {};
}

void Ledger::add(const DataFile& file) {
  known_[hash(file.path)] = {.version = version_of(file), .modified = file.modified};
  if (reading_ && reading_->path == file.path) reading_.reset();
  if (known_.size() > kMaxKnown) shrink();
}

// First those that are gone, then the oldest quarter. All files of one time go together: they could
// not be told apart by it.
void Ledger::shrink() {
  std::erase_if(known_, [](const auto& entry) { return !entry.second.modified; });
  if (known_.size() <= kMaxKnown) return;
  std::vector<Timestamp> times;
  for (const auto& [path, known] : known_) times.push_back(*known.modified);
  const auto quarter = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 4);
  std::ranges::nth_element(times, quarter);
  until_ = std::max(until_.value_or(*quarter), *quarter);
  std::erase_if(known_, [&](const auto& entry) {
    if (*entry.second.modified > *until_) return false;
    ++num_old_;
    old_sum_ += mix(entry.first, entry.second.version);
    return true;
  });
}

Json Ledger::to_json() const {
  std::string known;
  known.reserve(known_.size() * (kHashDigits + kVersionDigits));
  for (const auto& [path, entry] : known_) known += format("{:016x}{:08x}", path, entry.version);
  Json json = {{"known", std::move(known)}};
  if (until_) {
    json["old"] = {
        {"until", micros(*until_)}, {"number", num_old_}, {"sum", format("{:016x}", old_sum_)}};
  }
  return json;
}

Offset Ledger::offset() const {
  if (is_empty() && !reading_) return {};
  Json json = to_json();
  if (reading_)
    json["reading"] = {
        {"path", reading_->path}, {"version", reading_->version}, {"position", reading_->position}};
  return Offset::make(std::move(json)).value_or(Offset());
}

Offset Ledger::offset_within(const DataFile& file, std::uint64_t position) const {
  Json json = to_json();
  json["reading"] = {{"path", file.path}, {"version", version_of(file)}, {"position", position}};
  return Offset::make(std::move(json)).value_or(Offset());
}

}  // namespace inlet::files
