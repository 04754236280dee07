#include "inlet/cli/command.h"

#include "inlet/cli/commands_internal.h"

namespace inlet::cli {

std::vector<Command> commands() {
  return {run_command(),
          plan_command(),
          check_command(),
          preview_command(),
          tables_command(),
          describe_command(),
          show_command(),
          history_command(),
          optimize_command(),
          vacuum_command(),
          spark_submit_command(),
          spark_pipeline_command(),
          bundle_command(),
          connection_add_command(),
          connection_list_command(),
          connection_test_command(),
          simulate_github_command(),
          schema_command(),
          docs_command(),
          completion_command(),
          version_command()};
}

bool is_given(const Options& options, std::string_view flag) {
  return options.has(flag);
}

Result<std::vector<std::string>> list_or_empty(const Options& options, std::string_view name) {
  if (!options.has(name)) return std::vector<std::string>();
  return options.list(name);
}

}  // namespace inlet::cli
