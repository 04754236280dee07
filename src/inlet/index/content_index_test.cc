#include "inlet/base/format.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/rolling_writer.h"
#include "inlet/index/content_index_internal.h"
#include "inlet/index/indexed_fixture_test.h"

namespace inlet::index {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A table of ids and names, and the index of what its rows say.
class ContentIndexTest : public IndexedTest {
 protected:
  using Rows = std::vector<std::pair<std::int64_t, std::string>>;

  static Schema schema() {
    return {{{"id", {TypeKind::Long}, false}, {"name", {TypeKind::String}, true}}};
  }
  static Batch batch_of(const Rows& rows) {
    BatchBuilder batch(std::make_shared<const Schema>(schema()));
    for (const auto& [id, name] : rows) {
      batch.column(0).append_int64(id);
      batch.column(1).append_bytes(name);
    }
    return batch.finish();
  }

  std::unique_ptr<ContentIndex> open(const delta::Snapshot& table) const {
    return open_contents(options_, {.keys = keys_, .compared = {"id", "name"}}, table,
                         table.files().value())
        .value();
  }
  void add(ContentIndex& index, const Rows& rows) const {
    const Batch batch = batch_of(rows);
    const RowKey key = RowKey::make(batch, keys_).value();
    RowHasher content(batch, {"id", "name"});
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
      std::string bytes;
      key.append_to(bytes, row);
      index.add(bytes, content(row).low);
    }
  }
  /// `row@file.position`, with `=` where both say the same.
  std::vector<std::string> match(ContentIndex& index, const Rows& rows) const {
    add(index, rows);
    std::vector<std::string> found;
    const Status matched = index.match([&](const ContentIndex::Match& match) {
      found.push_back(
          format("{}@{}.{}{}", match.row, match.file, match.position, match.is_equal ? "=" : ""));
    });
    EXPECT_TRUE(matched) << matched.error().message;
    EXPECT_TRUE(index.end_group(std::vector(rows.size(), ContentIndex::Written::kNot)));
    return found;
  }

  IndexOptions options_ = options();
  std::vector<std::string> keys_ = {"id"};
};

TEST_F(ContentIndexTest, RowsMeetTheRowsOfTheirKeys) {
  delta::Snapshot table = add_file(make_table(schema()), batch_of({{1, "a"}, {2, "b"}}));
  table = add_file(table, batch_of({{3, "c"}}));
  const auto index = open(table);
  const std::string first = table.files().value()[0].num_rows == 2 ? "0" : "1";
  const std::string second = first == "0" ? "1" : "0";
  EXPECT_THAT(match(*index, {{3, "c"}, {2, "B"}, {9, "b"}}),
              UnorderedElementsAre("0@" + second + ".0=", "1@" + first + ".1"));
  EXPECT_THAT(match(*index, {{1, "a"}}), ElementsAre("0@" + first + ".0="));
}

TEST_F(ContentIndexTest, WhatIsKnownIsNotReadAgain) {
  const delta::Snapshot table = add_file(make_table(schema()), batch_of({{1, "a"}, {2, "b"}}));
  open(table);
  hide_data(table);
  EXPECT_THAT(match(*open(table), {{1, "a"}}), ElementsAre("0@0.0="));
}

TEST_F(ContentIndexTest, OtherComparedColumnsAreReadAnew) {
  const delta::Snapshot table = add_file(make_table(schema()), batch_of({{1, "a"}}));
  open(table);
  hide_data(table);
  EXPECT_FALSE(
      open_contents(options_, {.keys = keys_, .compared = {"id"}}, table, table.files().value()));
}

TEST_F(ContentIndexTest, WhatWasWrittenIsNotReadBack) {
  const delta::Snapshot table = add_file(make_table(schema()), batch_of({{1, "a"}}));
  const auto index = open(table);
  const Rows rows = {{7, "x"}, {8, "y"}};
  add(*index, rows);
  ASSERT_TRUE(index->match([](const ContentIndex::Match&) { ADD_FAILURE(); }));
  delta::RollingWriter writer(table);
  ASSERT_EQ(writer.next_place()->file, 0U);
  ASSERT_TRUE(writer.write(batch_of(rows)));
  ASSERT_TRUE(index->end_group(
      std::vector{ContentIndex::Written::at(0, 0), ContentIndex::Written::at(0, 1)}));
  EXPECT_THAT(index->superseded().value(), IsEmpty());
  const auto staged = writer.finish().value();
  const delta::Snapshot now = must_commit(table, {.add = staged});
  ASSERT_TRUE(index->note_commit(now, std::vector<std::string_view>{staged.front().path}));
  hide_data(now);
  EXPECT_THAT(match(*index, {{8, "y"}}), testing::SizeIs(1));
}

TEST_F(ContentIndexTest, ReopenedAfterACommitItKnowsWhatWasWritten) {
  const delta::Snapshot table = make_table(schema());
  auto index = open(table);
  add(*index, {{7, "x"}});
  ASSERT_TRUE(index->match([](const ContentIndex::Match&) {}));
  delta::RollingWriter writer(table);
  ASSERT_TRUE(writer.write(batch_of({{7, "x"}})));
  ASSERT_TRUE(index->end_group(std::vector{ContentIndex::Written::at(0, 0)}));
  ASSERT_TRUE(index->superseded());
  const auto staged = writer.finish().value();
  const delta::Snapshot now = must_commit(table, {.add = staged});
  ASSERT_TRUE(index->note_commit(now, std::vector<std::string_view>{staged.front().path}));
  index.reset();
  hide_data(now);
  EXPECT_THAT(match(*open(now), {{7, "x"}, {7, "y"}}), ElementsAre("0@0.0=", "1@0.0"));
}

TEST_F(ContentIndexTest, TheLastOfSeveralWrittenRowsOfAKeyStays) {
  const delta::Snapshot table = make_table(schema());
  // Texts this long are told apart by their bytes, even where they share a hash.
  for (const char* key : {"id", "name"}) {
    keys_ = {key};
    const auto index =
        open_contents_with([](std::string_view) { return std::uint64_t{5}; }, options_,
                           {.keys = keys_, .compared = {"id"}}, table, table.files().value())
            .value();
    const std::string text(40, 'k');
    const Rows rows = {{1, text + "1"}, {2, text + "2"}, {1, text + "1"}, {3, text + "3"}};
    for (std::uint64_t group = 0; group < 2; ++group) {
      add(*index, rows);
      ASSERT_TRUE(index->match([](const ContentIndex::Match&) { ADD_FAILURE(); }));
      std::vector<std::uint64_t> written;
      for (std::uint64_t row = 0; row < rows.size(); ++row) {
        written.push_back(ContentIndex::Written::at(static_cast<std::uint32_t>(group), row));
      }
      ASSERT_TRUE(index->end_group(written));
    }
    const auto at = ContentIndex::Written::at;
    EXPECT_THAT(index->superseded().value(),
                ElementsAre(at(0, 0), at(0, 1), at(0, 2), at(0, 3), at(1, 0)));
  }
}

TEST_F(ContentIndexTest, ClosedRowsAreNotInIt) {
  const delta::Snapshot table = add_file(make_table(schema()), batch_of({{1, "a"}}));
  const auto index =
      open_contents(options_, {.keys = keys_, .compared = {"id"}, .closed_by = "name"}, table,
                    table.files().value());
  EXPECT_THAT(match(**index, {{1, "a"}}), IsEmpty());
}

TEST_F(ContentIndexTest, ASecondOneOfTheSameTableHasAFolderOfItsOwn) {
  const delta::Snapshot table = add_file(make_table(schema()), batch_of({{1, "a"}}));
  const auto first = open(table);
  EXPECT_THAT(match(*open(table), {{1, "a"}}), ElementsAre("0@0.0="));
  EXPECT_THAT(match(*first, {{1, "a"}}), ElementsAre("0@0.0="));
}

TEST_F(ContentIndexTest, ADamagedRunIsBuiltAnew) {
  const delta::Snapshot table = add_file(make_table(schema()), batch_of({{1, "a"}}));
  open(table);
  std::filesystem::resize_file(index_file("run-", ""), 8);
  EXPECT_THAT(match(*open(table), {{1, "a"}}), ElementsAre("0@0.0="));
}

}  // namespace
}  // namespace inlet::index
