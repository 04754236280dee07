#include "inlet/cli/exit_code.h"

#include <gtest/gtest.h>

namespace inlet::cli {
namespace {

pipeline::RunReport report_of(const std::vector<std::optional<ErrorKind>>& outcomes) {
  pipeline::RunReport report;
  for (const auto& kind : outcomes) {
    pipeline::TableReport table;
    if (kind) table.error = Error{*kind, "why"};
    report.tables.push_back(std::move(table));
  }
  return report;
}

TEST(ExitCode, TellsWhatAPersonHasToMend) {
  EXPECT_EQ(exit_code_of(ErrorKind::Config), ExitCode::Usage);
  EXPECT_EQ(exit_code_of(ErrorKind::Auth), ExitCode::Auth);
  EXPECT_EQ(exit_code_of(ErrorKind::Unavailable), ExitCode::Unavailable);
  EXPECT_EQ(exit_code_of(ErrorKind::Bug), ExitCode::Bug);
  EXPECT_EQ(exit_code_of(ErrorKind::Cancelled), ExitCode::Interrupted);
}

TEST(ExitCode, TellsAFailedTableFromAnInterruptedRun) {
  using enum ErrorKind;
  EXPECT_EQ(exit_code_of(report_of({{}, {}})), ExitCode::Ok);
  EXPECT_EQ(exit_code_of(report_of({{}, Auth})), ExitCode::TableFailed);
  EXPECT_EQ(exit_code_of(report_of({Cancelled, {}})), ExitCode::Interrupted);
  EXPECT_EQ(exit_code_of(report_of({Cancelled, Unavailable})), ExitCode::TableFailed);
  EXPECT_EQ(exit_code_of(report_of({Unavailable, Cancelled})), ExitCode::TableFailed);
  EXPECT_EQ(exit_code_of(report_of({Unavailable, Bug})), ExitCode::Bug);
}

TEST(ExitCode, ExplainsEachCodeOnce) {
  int last = -1;
  for (const ExitCodeRow& row : exit_codes()) {
    EXPECT_GT(static_cast<int>(row.code), last);
    EXPECT_FALSE(row.meaning.empty());
    last = static_cast<int>(row.code);
  }
}

}  // namespace
}  // namespace inlet::cli
