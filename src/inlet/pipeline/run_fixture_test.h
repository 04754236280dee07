#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/data/batch_json.h"
#include "inlet/delta/table.h"
#include "inlet/pipeline/fake_source_test.h"
#include "inlet/pipeline/run.h"

namespace inlet::pipeline {

/// Counts steps and, asked to, ends a table's thread at one, as a crash would.
class StepCounter final : public RunObserver {
 public:
  void on_step(Step step, const std::string&) override {
    if (step == crash_at && --crash_after == 0) throw std::runtime_error("crashed here");
  }
  void on_progress(const Progress&) override {}

  std::optional<Step> crash_at = {};
  int crash_after = 0;
};

/// Runs pipelines of the fake source into a folder of its own.
class RunFixture : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "inlet-run-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    const auto file = folder_ / "connections.yaml";
    ConnectionStore store = ConnectionStore::load(file).value();
    ASSERT_TRUE(store.add({.name = "here", .connector = "fake"}).has_value());
    connections_ = ConnectionStore::load(file).value();
    fake_world() = {};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<RunReport> run(std::string_view objects, RunOptions options = {}) {
    const auto text = "connection_name: here\nobjects:\n" + std::string(objects);
    const Spec spec = Spec::parse(Document::parse(text, "p.yaml").value(), "p").value();
    options.warehouse = folder_.string();
    return pipeline::run(spec, options,
                         {.clock = *clock_,
                          .log = {},
                          .registry = {&fake_connector(), 1},
                          .connections = connections_,
                          .resolver = SecretResolver::system(),
                          .observer = observer_},
                         {});
  }
  TableReport run_one(std::string_view objects, RunOptions options = {}) {
    auto report = run(objects, options);
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report.value().tables.front();
  }

  /// `columns` of every row as JSON, sorted.
  std::vector<std::string> texts(const std::string& table,
                                 const std::vector<std::string>& columns) const {
    const auto snapshot =
        delta::Snapshot::open(delta::make_engine({}, 1), "file://" + (folder_ / table).string());
    std::vector<std::string> texts;
    const std::vector<delta::DataFile> files = snapshot.value().files().value();
    for (const delta::DataFile& file : files) {
      const Status read = snapshot->read(file, columns, [&](const Batch& batch, auto) -> Status {
        for (std::size_t row = 0; row < batch.num_rows(); ++row) {
          texts.push_back(row_to_json(batch, row));
        }
        return {};
      });
      EXPECT_TRUE(read.has_value());
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  std::vector<std::string> rows(const std::string& table) const {
    const auto snapshot =
        delta::Snapshot::open(delta::make_engine({}, 1), "file://" + (folder_ / table).string());
    std::vector<std::string> rows;
    const std::vector<delta::DataFile> files = snapshot.value().files().value();
    for (const delta::DataFile& file : files) {
      const Status read =
          snapshot->read(file, {}, [&](Batch batch, std::span<const std::uint64_t>) {
            for (std::size_t row = 0; row < batch.num_rows(); ++row) {
              const Json json = parse_json(row_to_json(batch, row)).value();
              rows.push_back(json.contains("name") ? json.value("name", Json()).dump()
                                                   : json.value("reason", ""));
            }
            return Status{};
          });
      EXPECT_TRUE(read.has_value());
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  std::uint64_t num_rows(const std::string& table) const {
    const auto snapshot =
        delta::Snapshot::open(delta::make_engine({}, 1), "file://" + (folder_ / table).string());
    std::uint64_t num_rows = 0;
    const std::vector<delta::DataFile> files = snapshot.value().files().value();
    for (const delta::DataFile& file : files) num_rows += file.num_rows - file.num_dead;
    return num_rows;
  }

  std::filesystem::path folder_;
  SystemClock system_clock_;
  const Clock* clock_ = &system_clock_;
  ConnectionStore connections_;
  StepCounter observer_;
};

}  // namespace inlet::pipeline
