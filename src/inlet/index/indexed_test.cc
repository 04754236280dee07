#include "inlet/data/hash.h"
#include "inlet/index/indexed_fixture_test.h"
#include "inlet/index/indexed_internal.h"

namespace inlet::index {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST_F(IndexedTest, EveryKindOfKeyIsFoundAsAFullReadFindsIt) {
  std::mt19937_64 random(11);
  const delta::Snapshot table = some_table(random);
  for (const auto& key : every_key()) {
    const auto index = indexed(key);
    for (int i = 0; i < 3; ++i) expect_right(*index, table, key, kSequence, random);
  }
}

TEST_F(IndexedTest, EveryKindOfSequenceIsGiven) {
  std::mt19937_64 random(12);
  const delta::Snapshot table = some_table(random);
  std::vector<std::vector<std::string>> sequences = every_key();
  sequences.push_back({"code", "day"});
  sequences.push_back({"flag", "small"});
  sequences.push_back({});
  for (const auto& sequence : sequences) {
    const auto index = indexed({"id"}, sequence);
    expect_right(*index, table, {"id"}, sequence, random);
  }
}

TEST_F(IndexedTest, AnswersComeFromTheIndex) {
  std::mt19937_64 random(13);
  const delta::Snapshot table = some_table(random);
  const auto question = ask(table, {"id"}, kSequence, random, 20);
  const auto index = indexed({"id"});
  expect_answer(*index, table, question);
  hide_data(table);
  expect_answer(*index, table, question);
  const std::vector<std::string_view> keys(question.keys.begin(), question.keys.end());
  EXPECT_FALSE(make_probe({"id"}, kSequence)->locate(table, table.files().value(), keys));
}

TEST_F(IndexedTest, AnotherProcessGoesOnWithTheIndex) {
  std::mt19937_64 random(14);
  const delta::Snapshot table = some_table(random);
  const auto question = ask(table, {"id"}, kSequence, random, 20);
  expect_answer(*indexed({"id"}), table, question);
  hide_data(table);
  expect_answer(*indexed({"id"}), table, question);
}

TEST_F(IndexedTest, WhatACommitHasWrittenIsNotReadBack) {
  std::mt19937_64 random(15);
  delta::Snapshot table = make_table(every_type());
  const auto index = indexed({"id"});
  for (int i = 0; i < 3; ++i) {
    table = commit_and_note(*index, table, random_rows(random, 30, 40), {"id"});
  }
  const auto question = ask(table, {"id"}, kSequence, random, 20);
  hide_data(table);
  expect_answer(*index, table, question);
  expect_answer(*index, table, question);
}

TEST_F(IndexedTest, KeysThatAreNotOnePerRowAreNotTrusted) {
  std::mt19937_64 random(42);
  delta::Snapshot table = some_table(random);
  const auto index = indexed({"id"});
  expect_right(*index, table, {"id"}, kSequence, random);
  const delta::StagedFile file = write_file(table, random_rows(random, 30, 20));
  table = must_commit(table, {.add = {file}});
  const std::string key = long_key(1);
  const WrittenKeys written{.path = file.path, .keys = {key}};
  const WrittenKeys unknown{.path = "nowhere", .keys = {key}};
  const WrittenKeys all[] = {unknown, written, written};
  EXPECT_TRUE(index->note_commit(table, all));
  for (int i = 0; i < 5; ++i) expect_right(*index, table, {"id"}, kSequence, random, 30);
}

TEST_F(IndexedTest, RowsThatOurCommitsKilledAreNotReadAgain) {
  std::mt19937_64 random(16);
  delta::Snapshot table = some_table(random);
  const auto index = indexed({"id"});
  expect_right(*index, table, {"id"}, kSequence, random);
  const std::string path = table.files().value()[1].path;
  table = commit_and_note(*index, table, random_rows(random, 30, 40), {"id"},
                          {.delete_rows = {{path, {3, 4, 5, 6}}}});
  const auto question = ask(table, {"id"}, kSequence, random, 30);
  hide_data(table);
  expect_answer(*index, table, question);
}

TEST_F(IndexedTest, ACrashBetweenCommitAndIndexIsHealed) {
  std::mt19937_64 random(17);
  delta::Snapshot table = some_table(random);
  auto index = indexed({"id"});
  expect_right(*index, table, {"id"}, kSequence, random);
  const std::string path = table.files().value()[1].path;
  table = must_commit(table, {.add = {write_file(table, random_rows(random, 30, 40))},
                              .delete_rows = {{path, {3, 4, 5, 6}}}});
  index = indexed({"id"});
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  table = commit_and_note(*index, table, random_rows(random, 30, 40), {"id"});
  expect_right(*index, table, {"id"}, kSequence, random, 30);
}

TEST_F(IndexedTest, RowsThatLiveAgainAreFound) {
  std::mt19937_64 random(18);
  delta::Snapshot table = some_table(random);
  const std::vector<delta::DataFile> files = table.files().value();
  const auto index = indexed({"id"});
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  for (const delta::DataFile& file : files) {
    table = restore(table, file);
    ASSERT_EQ(table.files().value().size(), 3U);
    expect_right(*index, table, {"id"}, kSequence, random, 30);
  }
}

TEST_F(IndexedTest, AFileThatComesBackIsFound) {
  std::mt19937_64 random(19);
  delta::Snapshot table = some_table(random);
  const delta::DataFile file = table.files().value().front();
  const auto index = indexed({"id"});
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  table = must_commit(table, {.remove = {file.path}});
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  table = restore(table, file);
  expect_right(*index, table, {"id"}, kSequence, random, 30);
}

TEST_F(IndexedTest, OlderVersionsAreAnsweredToo) {
  std::mt19937_64 random(20);
  const delta::Snapshot table = some_table(random);
  const auto index = indexed({"id"});
  for (const std::int64_t version : {4, 2, 3, 0, 4, 1}) {
    const auto old = delta::Snapshot::open_at(engine_, url(), version).value();
    expect_right(*index, old, {"id"}, kSequence, random, 30);
  }
  EXPECT_EQ(table.version(), 4);
}

TEST_F(IndexedTest, ATableThatReplacesAnotherGetsAnIndexOfItsOwn) {
  std::mt19937_64 random(21);
  const auto index = indexed({"id"});
  for (int i = 0; i < 2; ++i) {
    std::filesystem::remove_all(folder_ / "table");
    delta::Snapshot table = make_table(every_type());
    table = add_file(table, random_rows(random, 50, 20));
    expect_right(*index, table, {"id"}, kSequence, random, 30);
    EXPECT_THAT(index_files("manifest"), SizeIs(1));
    EXPECT_THAT(index_files("run-"), SizeIs(1));
  }
}

TEST_F(IndexedTest, AnotherSequenceIsAnotherIndex) {
  std::mt19937_64 random(22);
  const delta::Snapshot table = some_table(random);
  for (const std::string column : {"at", "id", "at", "name"}) {
    expect_right(*indexed({"id"}, {column}), table, {"id"}, {column}, random, 30);
  }
}

TEST_F(IndexedTest, AHashThatTellsFewKeysApartIsOnlySlow) {
  std::mt19937_64 random(23);
  const delta::Snapshot table = some_table(random);
  const KeyHash weak = [](std::string_view bytes) -> std::uint64_t {
    return hash_bytes(bytes) >> 62 << 62;
  };
  for (const auto& key : every_key()) {
    const auto index = make_indexed_with(weak, options(), key, {"name"});
    expect_right(*index, table, key, {"name"}, random, 40);
  }
}

TEST_F(IndexedTest, MemoryForSortingIsBounded) {
  std::mt19937_64 random(24);
  delta::Snapshot table = make_table(every_type());
  table = add_file(table, random_rows(random, 5'000, 3'000));
  IndexOptions small = options();
  small.max_memory_bytes = 1;
  const auto index = make_indexed(small, {"id"}, kSequence);
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  table = kill_some(table, random, 3);
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  EXPECT_THAT(index_files("run-"), SizeIs(1));
}

TEST_F(IndexedTest, ManyCommitsLeaveFewRuns) {
  std::mt19937_64 random(25);
  delta::Snapshot table = make_table(every_type());
  const auto index = indexed({"id"});
  for (int i = 0; i < 20; ++i) {
    delta::Edit edit;
    if (i > 0) edit.delete_rows = {{table.files().value().back().path, {0, 1, 2}}};
    table = commit_and_note(*index, table, random_rows(random, 10, 40), {"id"}, edit);
    expect_right(*index, table, {"id"}, kSequence, random, 3);
  }
  EXPECT_THAT(index_files("run-").size(), testing::Le(8U));
  const auto question = ask(table, {"id"}, kSequence, random, 30);
  hide_data(table);
  expect_answer(*index, table, question);
  expect_answer(*index, table, question);
}

TEST_F(IndexedTest, RowsThatWereLeftOutOfAMergeLiveAgain) {
  std::mt19937_64 random(26);
  delta::Snapshot table = make_table(every_type());
  const auto index = indexed({"id"});
  table = commit_and_note(*index, table, random_rows(random, 30, 10), {"id"});
  const delta::DataFile first = table.files().value().front();
  table = commit_and_note(*index, table, random_rows(random, 30, 10), {"id"},
                          {.delete_rows = {{first.path, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}});
  for (int i = 0; i < 9; ++i) {
    expect_right(*index, table, {"id"}, kSequence, random, 30);
    table = commit_and_note(*index, table, random_rows(random, 3, 10), {"id"});
  }
  ASSERT_LE(index_files("run-").size(), 8U) << "there was a merge";
  table = restore(table, first);
  expect_right(*index, table, {"id"}, kSequence, random, 30);
}

TEST_F(IndexedTest, TheIndexOfAnEmptiedTableIsSmall) {
  std::mt19937_64 random(27);
  delta::Snapshot table = make_table(every_type());
  const auto index = indexed({"id"});
  for (int i = 0; i < 12; ++i) {
    table = commit_and_note(*index, table, random_rows(random, 10, 40), {"id"});
  }
  const std::vector<delta::DataFile> files = table.files().value();
  delta::Edit edit;
  for (const delta::DataFile& file : files) edit.remove.push_back(file.path);
  table = must_commit(table, edit);
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  EXPECT_THAT(index_files("run-"), IsEmpty());
}

TEST_F(IndexedTest, PartitionColumnsMayBeKeysOrPartOfOne) {
  std::mt19937_64 random(28);
  for (const auto& columns : every_division()) {
    SCOPED_TRACE("partition columns " + testing::PrintToString(columns));
    delta::Snapshot table = make_divided(columns, columns.front() + "-divided");
    table = add_file(table, random_rows(random, 40, 6));
    for (const std::vector<std::string>& key : {columns, {"id"}, {"id", columns.back()}}) {
      const auto index = indexed(key);
      table = commit_and_note(*index, table, random_rows(random, 20, 6, 3), key);
      expect_right(*index, table, key, kSequence, random);
      table = kill_some(table, random, 5);
      expect_right(*index, table, key, kSequence, random);
    }
  }
}

TEST_F(IndexedTest, WhateverHappensToTheTableTheAnswerIsThatOfAFullRead) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::vector<std::string> key = every_key()[random() % every_key().size()];
    delta::Snapshot table =
        delta::Snapshot::create(engine_, (folder_ / std::to_string(seed)).string(), every_type(),
                                {})
            .value();
    auto index = indexed(key);
    std::vector<delta::DataFile> seen;
    for (int step = 0; step < 25 && !HasFailure(); ++step) {
      const std::vector<delta::DataFile> files = table.files().value();
      seen.insert(seen.end(), files.begin(), files.end());
      const auto start = static_cast<std::int64_t>(random() % 40);
      switch (random() % 9) {
        case 0: table = add_file(table, random_rows(random, 20, 15, start)); break;
        case 1: table = kill_some(table, random, 6); break;
        case 2: index = indexed(key); break;
        case 3:
          if (files.size() > 1) table = rewrite(table, {files[0].path, files[1].path});
          break;
        case 4:
        case 5:
          if (!seen.empty()) table = restore(table, seen[random() % seen.size()]);
          break;
        default: {
          delta::Edit edit;
          for (const delta::DataFile& file : files) {
            const std::uint64_t row = random() % file.num_rows;
            if (random() % 2 == 0) edit.delete_rows.emplace_back(file.path, std::vector{row});
          }
          table = commit_and_note(*index, table, random_rows(random, 10, 15, start), key, edit);
        }
      }
      SCOPED_TRACE("step " + std::to_string(step));
      if (random() % 3 != 0) expect_right(*index, table, key, kSequence, random);
    }
  }
}

}  // namespace
}  // namespace inlet::index
