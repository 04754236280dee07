#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/cli/spark_pipeline_files_internal.h"

namespace inlet::cli {
namespace {

constexpr const char* kHead =
    "# Written by inlet spark-pipeline; write it again rather than change it.\n";
constexpr const char* kTablesFile = "tables.py";
constexpr const char* kConnectionsFile = "connections.yaml";

// JSON's texts and lists of texts are YAML's and Python's.
template <class Value>
std::string literal(const Value& value) {
  return to_text(Json(value));
}

// Spark's settings are for large work by default, and cost several times as much in small batches.
std::string project_file(const SparkPipelinePlan& plan) {
  return format(
      "{}name: {}\n"
      "storage: {}\n"
      "configuration:\n"
      "  spark.sql.shuffle.partitions: \"8\"\n"
      "  spark.databricks.delta.snapshotPartitions: \"2\"\n"
      "libraries:\n"
      "  - glob:\n"
      "      include: {}\n",
      kHead, literal(plan.name), literal(plan.storage), kTablesFile);
}

// The wheel does the work. Spark puts the session into the file as `spark`.
std::string tables_file(const SparkPipelinePlan& plan) {
  const std::string only = plan.only.empty() ? "" : format(",\n       only={}", literal(plan.only));
  return format(
      "{}from inlet.spark.pipelines import define\n"
      "\n"
      "define(spark, {},\n"
      "       warehouse={},\n"
      "       storage={},\n"
      "       connections={}{})\n",
      kHead, literal(plan.spec.name), literal(plan.warehouse), literal(plan.storage),
      literal(kConnectionsFile), only);
}

}  // namespace

GeneratedFiles spark_pipeline_files(const SparkPipelinePlan& plan) {
  return {{kSparkPipelineFile, project_file(plan)},
          {kTablesFile, tables_file(plan)},
          {plan.spec.name, plan.spec.text},
          {kConnectionsFile, plan.connection.text}};
}

}  // namespace inlet::cli
