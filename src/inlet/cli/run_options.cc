#include "inlet/cli/run_options.h"

#include <cstdlib>
#include <filesystem>

#include "inlet/base/try.h"
#include "inlet/cli/command.h"

namespace inlet::cli {
namespace {

std::string default_cache() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty())
    return (cache / "inlet").string();
  const auto home = variable("HOME");
  return home.empty() ? "" : (home / ".cache" / "inlet").string();
}

}  // namespace

Result<pipeline::RunOptions> run_options(const Options& options, const Session& session) {
  pipeline::RunOptions run{.warehouse = TRY(options.text("--warehouse"))};
  run.only = TRY(list_or_empty(options, "--only"));
  run.full_refresh = TRY(list_or_empty(options, "--full-refresh"));
  run.max_memory_bytes = static_cast<std::uint64_t>(TRY(options.integer("--max-memory")));
  run.num_threads = static_cast<unsigned>(TRY(options.integer("--threads")));
  run.num_parallel_tables = static_cast<unsigned>(TRY(options.integer("--parallel-tables")));
  if (options.has("--commit-rows")) {
    run.commit_rows = static_cast<std::uint64_t>(TRY(options.integer("--commit-rows")));
  }
  if (options.has("--commit-interval")) {
    run.commit_interval = TRY(options.duration("--commit-interval"));
  }
  run.store_options = session.store_options();
  run.cache_folder = options.has("--cache") ? TRY(options.text("--cache")) : default_cache();
  if (run.cache_folder == "none") run.cache_folder.clear();
  return run;
}

}  // namespace inlet::cli
