#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "inlet/data/batch_json.h"
#include "inlet/data/column_builder.h"
#include "inlet/delta/file_writer.h"
#include "inlet/delta/table.h"
#include "testkit/temporary_folder.h"

namespace inlet::delta {

/// A table in a folder of its own: `id` (NOT NULL), `name`, `user` {`login`, `tags` list} in most
/// tests.
class TableFixture : public testing::Test {
 protected:
  static Schema people_schema() {
    return Schema{
        {{.name = "id", .type = {TypeKind::Long}, .is_nullable = false},
         {.name = "name", .type = {TypeKind::String}},
         {.name = "user",
          .type = Type::structure({{.name = "login", .type = {TypeKind::String}},
                                   {.name = "tags", .type = Type::list({TypeKind::String})}})}}};
  }

  /// Rows `first` to `last`, each with a name, a login and as many tags as id % 3.
  static Batch people(std::int64_t first, std::int64_t last) {
    static const auto schema = std::make_shared<const Schema>(people_schema());
    BatchBuilder builder(schema);
    for (std::int64_t id = first; id <= last; ++id) {
      builder.column(0).append_int64(id);
      builder.column(1).append_bytes("name " + std::to_string(id));
      builder.column(2).append_struct();
      builder.column(2).child(0).append_bytes("login-" + std::to_string(id % 7));
      for (std::int64_t tag = 0; tag < id % 3; ++tag) {
        builder.column(2).child(1).child(0).append_bytes("t" + std::to_string(tag));
      }
      builder.column(2).child(1).end_list();
    }
    return builder.finish();
  }

  std::string url() const { return (folder_ / "table").string(); }

  Snapshot make_table(const Schema& schema) {
    auto table = Snapshot::create(engine_, url(), schema, {});
    EXPECT_TRUE(table) << table.error().message;
    return *std::move(table);
  }

  static StagedFile write_file(const Snapshot& table, Batch batch) {
    auto writer = FileWriter::open(table, batch.schema());
    EXPECT_TRUE(writer) << writer.error().message;
    const Status written = writer->write(std::move(batch));
    EXPECT_TRUE(written) << written.error().message;
    auto file = writer->finish();
    EXPECT_TRUE(file) << file.error().message;
    return *std::move(file);
  }

  /// `base` with `edit`; the test fails where the commit does.
  static Snapshot must_commit(const Snapshot& base, const Edit& edit) {
    auto next = commit(base, edit);
    EXPECT_TRUE(next) << next.error().message;
    return *std::move(next);
  }

  /// A table with one file of the rows 1 to `num_rows`, at version 1.
  Snapshot people_table(std::int64_t num_rows) {
    const Snapshot table = make_table(people_schema());
    return must_commit(table, {.add = {write_file(table, people(1, num_rows))}});
  }

  static std::vector<std::string> rows(const Snapshot& table,
                                       const std::vector<std::string>& columns) {
    std::vector<std::string> found;
    const auto files = table.files();
    EXPECT_TRUE(files) << files.error().message;
    for (const DataFile& file : *files) {
      const Status read =
          table.read(file, columns, [&](Batch batch, std::span<const std::uint64_t>) -> Status {
            for (std::size_t row = 0; row < batch.num_rows(); ++row)
              found.push_back(row_to_json(batch, row));
            return {};
          });
      EXPECT_TRUE(read) << read.error().message;
    }
    return found;
  }

  testkit::TemporaryFolder folder_;
  std::shared_ptr<Engine> engine_ = make_engine({}, 2);
};

}  // namespace inlet::delta
