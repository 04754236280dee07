#include "testkit/github/simulator.h"

#include <array>
#include <charconv>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "testkit/github/service.h"

namespace inlet::simulator {
namespace {

using github::ServiceOptions;

constexpr std::array<std::string_view, 10> kCounts = {
    "issues", "comments", "commits", "branches",      "collaborators",
    "labels", "users",    "teams",   "organizations", "repositories"};
constexpr std::array<std::string_view, 10> kSettings = {
    "token",       "rate_limit", "rate_window",  "rights", "since",
    "issue_shape", "ties",       "mutate_every", "mutate", "gzip"};

Result<std::int64_t> to_number(std::string_view name, std::string_view value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < 0) {
    return fail(ErrorKind::Config, format("{} needs a number, not \"{}\"", name, value));
  }
  return number;
}

// The position of `value` among the two words that a setting knows.
Result<bool> is_second(std::string_view name, std::string_view value, std::string_view first,
                       std::string_view second) {
  if (value != first && value != second) {
    return fail(ErrorKind::Config,
                format("{} is {} or {}, not \"{}\"", name, first, second, value));
  }
  return value == second;
}

// issues=3+create_issues=1
Result<Changes> to_changes(std::string_view text) {
  Changes changes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('+'), text.size());
    const std::string_view member = text.substr(0, end);
    const std::size_t equals = std::min(member.find('='), member.size());
    const std::string_view value = member.substr(std::min(equals + 1, member.size()));
    changes[std::string(member.substr(0, equals))] = TRY(to_number("mutate", value));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // A world of nothing says whether the names are known.
  TRY(github::World(1, {}, 0).mutate(changes, 0, std::numeric_limits<std::int64_t>::max()));
  return changes;
}

Status set_counts(const std::map<std::string, std::int64_t>& counts, ServiceOptions& options) {
  const auto given = [&](const char* name, std::int64_t fallback) {
    const auto found = counts.find(name);
    return found == counts.end() ? fallback : found->second;
  };
  for (const auto& [name, count] : counts) {
    if (std::find(kCounts.begin(), kCounts.end(), name) == kCounts.end()) {
      return fail(ErrorKind::Config,
                  format("no count \"{}\"{}", name, did_you_mean(name, kCounts)));
    }
    if (count < 0) return fail(ErrorKind::Config, format("{} is below zero: {}", name, count));
  }
  auto& first = options.counts.first;
  first.issues = given("issues", 200);
  first.comments = given("comments", first.issues / 2);
  first.commits = given("commits", std::max<std::int64_t>(first.issues / 2, 20));
  first.branches = given("branches", 24);
  first.labels = given("labels", 12);
  options.num_users = std::max<std::int64_t>(given("users", 50), 1);
  first.collaborators = std::min(given("collaborators", 8), options.num_users);
  options.counts.teams = given("teams", 6);
  options.counts.organizations = std::max<std::int64_t>(given("organizations", 3), 1);
  options.counts.repositories = std::max<std::int64_t>(given("repositories", 4), 1);
  return {};
}

Status set_one(const std::string& name, const std::string& value, ServiceOptions& options) {
  if (name == "token") {
    options.token = value;
  } else if (name == "rate_limit") {
    options.rate_limit = TRY(to_number(name, value));
  } else if (name == "rate_window") {
    options.rate_window = TRY(to_number(name, value));
  } else if (name == "rights") {
    options.has_rights = TRY(is_second(name, value, "read", "write"));
  } else if (name == "since") {
    options.is_since_inclusive = TRY(is_second(name, value, "exclusive", "inclusive"));
  } else if (name == "issue_shape") {
    const bool is_compact = TRY(is_second(name, value, "full", "compact"));
    options.shape = is_compact ? github::Shape::Compact : github::Shape::Full;
  } else if (name == "ties") {
    options.ties = static_cast<int>(TRY(to_number(name, value)));
  } else if (name == "mutate_every") {
    options.mutate_every = TRY(to_number(name, value));
  } else if (name == "mutate") {
    options.mutate = TRY(to_changes(value));
  } else if (name == "gzip") {
    options.is_gzip = TRY(is_second(name, value, "off", "on"));
  } else {
    return fail(ErrorKind::Config,
                format("no setting \"{}\"{}", name, did_you_mean(name, kSettings)));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Simulator>> make_github_simulator(const SimulatorOptions& options) {
  static const SystemClock kSystemClock;
  ServiceOptions service{.seed = options.seed};
  TRY(set_counts(options.counts, service));
  for (const auto& [name, value] : options.settings) TRY(set_one(name, value, service));
  const Clock& clock = options.clock == nullptr ? kSystemClock : *options.clock;
  return Simulator::start(std::make_unique<github::GithubService>(std::move(service), clock),
                          options);
}

}  // namespace inlet::simulator
