#include <algorithm>
#include <array>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/commands_internal.h"
#include "testkit/github/simulator.h"

namespace inlet::cli {
namespace {

// One row of an API's own counts or settings: the name that its simulator knows.
struct Knob {
  const char* name;
  const char* help;
};

constexpr std::array<Knob, 10> kCounts = {{
    {"issues", "Issues of the large repository, pull requests included."},
    {"commits", "Commits of the large repository."},
    {"branches", "Branches of the large repository."},
    {"users", "Users."},
    {"comments", "Comments on issues."},
    {"collaborators", "Collaborators of a repository."},
    {"teams", "Teams of the organization."},
    {"organizations", "Organizations."},
    {"repositories", "Repositories."},
    {"labels", "Labels of a repository."},
}};

constexpr std::array<Knob, 10> kSettings = {{
    {"token", "The only accepted token; otherwise any will do."},
    {"rate_limit", "Requests an hour with a token."},
    {"rate_window", "Seconds until the limit begins anew."},
    {"since", "inclusive, or exclusive: records changed at that very second are left out."},
    {"rights", "write, or read: then collaborators and teams answer 403."},
    {"issue_shape", "full: the documented members; compact: about 592 bytes."},
    {"ties", "Percent of issues that share their updated_at with others."},
    {"mutate_every", "After every Nth page of a list the changes of --mutate happen."},
    {"mutate", "What changes then: issues=3+create_issues=1."},
    {"gzip", "on: answers are compressed when the client accepts it."},
}};

// `rate_limit`: `--rate-limit`.
std::string option_name(std::string_view knob) {
  std::string name = "--" + std::string(knob);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

Result<simulator::SimulatorOptions> simulator_options(const Options& options, const Clock& clock) {
  simulator::SimulatorOptions made;
  made.port = static_cast<int>(TRY(options.integer("--port")));
  made.seed = static_cast<std::uint64_t>(TRY(options.integer("--seed")));
  made.clock = &clock;
  for (const Knob& knob : kCounts) {
    const std::string name = option_name(knob.name);
    if (options.has(name)) made.counts[knob.name] = TRY(options.integer(name));
  }
  for (const Knob& knob : kSettings) {
    const std::string name = option_name(knob.name);
    if (options.has(name)) made.settings[knob.name] = TRY(options.text(name));
  }
  for (const std::string& text : TRY(list_or_empty(options, "--fault"))) {
    made.faults.push_back(TRY(simulator::Fault::parse(text)));
  }
  return made;
}

Result<ExitCode> run_github(const Options& options, World& world) {
  const auto settings = TRY(simulator_options(options, world.clock));
  const std::stop_token stop = world.stop_on_interrupt();
  const auto simulator = TRY(simulator::make_github_simulator(settings));
  // Whoever started this reads the first line to learn the port.
  world.out << simulator->base_url() << std::endl;
  while (world.clock.wait(std::chrono::hours(1), stop)) {
  }
  return ExitCode::Ok;
}

std::vector<Argument> arguments() {
  std::vector<Argument> rows = {
      {.spec = {.name = "--port",
                .type = OptionType::Integer,
                .default_value = "0",
                .help = "The port on 127.0.0.1; 0: any free one.",
                .minimum = 0,
                .maximum = 65535}},
      {.spec = {.name = "--seed",
                .type = OptionType::Integer,
                .default_value = "1",
                .help = "Same seed and same options: same answers.",
                .minimum = 0}},
      {.spec = {.name = "--fault",
                .type = OptionType::TextList,
                .help = "What goes wrong and when (may be given several times): status=503,every=7 "
                        "or reset,at=3+9,path=/issues or slow=250,every=2.",
                .example = "status=503,every=7"}}};
  for (const Knob& knob : kCounts) {
    rows.push_back({.spec = {.name = option_name(knob.name),
                             .type = OptionType::Integer,
                             .help = knob.help,
                             .minimum = 0}});
  }
  for (const Knob& knob : kSettings) {
    rows.push_back({.spec = {.name = option_name(knob.name), .help = knob.help}});
  }
  return rows;
}

}  // namespace

Command simulate_github_command() {
  return {.name = "simulate github",
          .summary = "Serve an imitation of GitHub's REST API on this machine.",
          .details =
              "The first line printed is the base URL; Ctrl-C ends it. The organization "
              "octo-org has the repositories hello-world, spoon-knife and empty-repo.",
          .examples = {"inlet simulate github --port 8080 --issues 100000 --seed 7"},
          .arguments = arguments(),
          .run = run_github};
}

}  // namespace inlet::cli
