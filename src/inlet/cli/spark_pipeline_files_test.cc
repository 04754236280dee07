#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/base/document.h"
#include "inlet/cli/spark_pipeline_files_internal.h"

namespace inlet::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

SparkPipelinePlan plan() {
  return {.name = "my \"events\"",
          .spec = {.name = "my-events.yaml", .text = "connection_name: c\n"},
          .connection = {.text = "{}", .variables = {}},
          .warehouse = "s3://bucket/lake",
          .storage = "s3://bucket/lake/_inlet/pipelines/my-events"};
}

TEST(SparkPipelineFiles, TheProjectNamesItsStorageAndTheFileOfTheTables) {
  const auto files = spark_pipeline_files(plan());
  const auto project = Document::parse(files.at("spark-pipeline.yml"), "spark-pipeline.yml");
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_THAT(files.at("spark-pipeline.yml"), HasSubstr("name: \"my \\\"events\\\"\"\n"));
  EXPECT_THAT(files.at("spark-pipeline.yml"), HasSubstr("include: tables.py\n"));
}

TEST(SparkPipelineFiles, TheTablesAreLeftToTheWheel) {
  const std::string tables = spark_pipeline_files(plan()).at("tables.py");
  EXPECT_THAT(tables, HasSubstr("define(spark, \"my-events.yaml\",\n"));
  EXPECT_THAT(tables, HasSubstr("warehouse=\"s3://bucket/lake\",\n"));
  EXPECT_THAT(tables, HasSubstr("connections=\"connections.yaml\")\n"));
  EXPECT_THAT(tables, Not(HasSubstr("only=")));
}

TEST(SparkPipelineFiles, SomeTablesCanBeNamed) {
  SparkPipelinePlan some = plan();
  some.only = {"a", "b.c"};
  EXPECT_THAT(spark_pipeline_files(some).at("tables.py"), HasSubstr("only=[\"a\",\"b.c\"])\n"));
}

}  // namespace
}  // namespace inlet::cli
