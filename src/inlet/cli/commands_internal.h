#pragma once

#include "inlet/cli/command.h"

// One file each; command.cc puts them in order.

namespace inlet::cli {

Command run_command();
Command plan_command();
Command check_command();
Command preview_command();
Command tables_command();
Command describe_command();
Command show_command();
Command history_command();
Command optimize_command();
Command vacuum_command();
Command spark_submit_command();
Command spark_pipeline_command();
Command bundle_command();
Command connection_add_command();
Command connection_list_command();
Command connection_test_command();
Command simulate_github_command();
Command schema_command();
Command docs_command();
Command completion_command();
Command version_command();

}  // namespace inlet::cli
