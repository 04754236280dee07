#include "testkit/simulator/fault.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet::simulator {
namespace {

constexpr std::array<std::string_view, 12> kNames = {
    "status",          "reset", "cut", "truncate", "slow",  "primary_limit",
    "secondary_limit", "every", "at",  "path",     "times", "retry_after"};

Result<std::int64_t> to_number(std::string_view name, std::string_view value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < 0) {
    return fail(ErrorKind::Config, format("fault: {} needs a number, not \"{}\"", name, value));
  }
  return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// True when `name` is a kind; then the fault has it.
Result<bool> take_kind(std::string_view name, std::string_view value, Fault& fault) {
  using enum Fault::Kind;
  static constexpr std::array<std::pair<std::string_view, Fault::Kind>, 7> kKinds = {
      {{"status", Status},
       {"reset", Reset},
       {"cut", CutBody},
       {"truncate", TruncateJson},
       {"slow", Slow},
       {"primary_limit", PrimaryLimit},
       {"secondary_limit", SecondaryLimit}}};
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [&](const auto& kind) { return kind.first == name; });
  if (found == kKinds.end()) return false;
  fault.kind = found->second;
  const bool is_limit = fault.kind == PrimaryLimit || fault.kind == SecondaryLimit;
  if (fault.kind == Slow) {
    fault.delay = std::chrono::milliseconds(TRY(to_number(name, value)));
  } else if (fault.kind == Status || (is_limit && !value.empty())) {
    fault.status = static_cast<int>(TRY(to_number(name, value)));
  } else if (is_limit) {
    fault.status = 403;
  }
  return true;
}

inlet::Status take_member(std::string_view name, std::string_view value, Fault& fault) {
  if (name == "path") {
    fault.path = value;
  } else if (name == "every") {
    fault.every = TRY(to_number(name, value));
  } else if (name == "times") {
    fault.times = TRY(to_number(name, value));
  } else if (name == "retry_after") {
    fault.retry_after = std::chrono::seconds(TRY(to_number(name, value)));
  } else if (name == "at") {
    for (const std::string_view part : split(value, '+')) {
      fault.at.push_back(TRY(to_number(name, part)));
    }
  } else {
    return fail(ErrorKind::Config,
                format("fault: no member \"{}\"{}", name, did_you_mean(name, kNames)));
  }
  return {};
}

bool applies(const Fault& fault, std::int64_t number) {
  if (fault.every == 0 && fault.at.empty()) return true;
  if (fault.every > 0 && number % fault.every == 0) return true;
  return std::find(fault.at.begin(), fault.at.end(), number) != fault.at.end();
}

}  // namespace

Result<Fault> Fault::parse(std::string_view text) {
  Fault fault;
  int num_kinds = 0;
  for (const std::string_view member : split(text, ',')) {
    const std::size_t equals = member.find('=');
    const std::string_view name = member.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : member.substr(equals + 1);
    const bool is_kind = TRY(take_kind(name, value, fault));
    if (is_kind) {
      ++num_kinds;
    } else {
      TRY(take_member(name, value, fault));
    }
  }
  if (num_kinds != 1) {
    return fail(ErrorKind::Config,
                format("fault \"{}\" needs exactly one kind: status, reset, cut, truncate, slow, "
                       "primary_limit or secondary_limit",
                       text));
  }
  return fault;
}

void FaultPlan::replace(std::vector<Fault> faults) {
  const std::lock_guard lock(mutex_);
  faults_.clear();
  for (Fault& fault : faults) faults_.push_back({.fault = std::move(fault)});
}

std::optional<Fault> FaultPlan::next(std::string_view target) {
  const std::lock_guard lock(mutex_);
  std::optional<Fault> chosen;
  for (Counted& counted : faults_) {
    const Fault& fault = counted.fault;
    if (!fault.path.empty() && target.find(fault.path) == std::string_view::npos) continue;
    ++counted.num_seen;
    if (chosen || !applies(fault, counted.num_seen)) continue;
    if (fault.times && counted.num_failed >= *fault.times) continue;
    ++counted.num_failed;
    chosen = fault;
  }
  return chosen;
}

}  // namespace inlet::simulator
