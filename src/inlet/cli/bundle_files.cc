#include <cctype>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/version.h"
#include "inlet/cli/bundle_files_internal.h"

namespace inlet::cli {
namespace {

constexpr const char* kHead = "# Written by inlet bundle; write it again rather than change it.\n";

// A name for a member of the configuration.
std::string key_of(std::string_view name) {
  std::string key;
  for (const char c : name) key += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return key;
}

// JSON's texts are YAML's.
std::string as_yaml(std::string_view text) {
  return to_text(Json(text));
}

std::string root_file(const BundlePlan& plan) {
  return format(
      R"({}bundle:
  name: {}

include:
  - resources/*.yml

variables:
  warehouse:
    description: The folder or URL below which the tables lie.
    default: {}
  secret_scope:
    description: The secret scope that holds what the connection needs.
    default: inlet
  spark_version:
    description: A runtime with Spark 4.2 or newer.
  node_type:
    description: The kind of machine.
  num_workers:
    description: How many of them, beside the driver.
    default: 2

targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production
    workspace:
      root_path: /Workspace/Shared/.bundle/${{bundle.name}}/${{bundle.target}}
)",
      kHead, as_yaml(plan.name), as_yaml(plan.warehouse));
}

std::string schedule_lines(const BundlePlan& plan) {
  if (plan.schedule.empty()) return "";
  return format(
      "      schedule:\n"
      "        quartz_cron_expression: {}\n"
      "        timezone_id: UTC\n",
      as_yaml(plan.schedule));
}

std::string environment_lines(const BundlePlan& plan) {
  if (plan.connection.variables.empty()) return "";
  std::string lines = "            spark_env_vars:\n";
  for (const std::string& name : plan.connection.variables) {
    lines += format("              {}: \"{{{{secrets/${{var.secret_scope}}/{}}}}}\"\n", name, name);
  }
  return lines;
}

std::string library_lines(const BundlePlan& plan) {
  if (!plan.wheel.empty())
    return format("            - whl: {}\n", as_yaml("../dist/" + plan.wheel));
  return format("            - pypi:\n                package: inlet=={}\n", kVersion);
}

std::string job_file(const BundlePlan& plan) {
  return format(
      R"({}resources:
  jobs:
    {}:
      name: {}
      max_concurrent_runs: 1
{}      job_clusters:
        - job_cluster_key: spark
          new_cluster:
            spark_version: ${{var.spark_version}}
            node_type_id: ${{var.node_type}}
            num_workers: ${{var.num_workers}}
            data_security_mode: SINGLE_USER
{}      tasks:
        - task_key: ingest
          job_cluster_key: spark
          spark_python_task:
            python_file: ../src/{}
            parameters:
              - {}
              - --warehouse
              - ${{var.warehouse}}
              - --connections
              - ${{workspace.file_path}}/src/connections.yaml
          libraries:
{})",
      kHead, key_of(plan.name), as_yaml(plan.name), schedule_lines(plan), environment_lines(plan),
      kSparkDriverFile, as_yaml("${workspace.file_path}/src/" + plan.spec.name),
      library_lines(plan));
}

}  // namespace

GeneratedFiles bundle_files(const BundlePlan& plan) {
  return {{"databricks.yml", root_file(plan)},
          {format("resources/{}.yml", key_of(plan.name)), job_file(plan)},
          {format("src/{}", kSparkDriverFile), spark_driver_script()},
          {"src/" + plan.spec.name, plan.spec.text},
          {"src/connections.yaml", plan.connection.text}};
}

}  // namespace inlet::cli
