#include "inlet/data/column_builder.h"
#include "inlet/data/hash.h"
#include "inlet/index/indexed_fixture_test.h"
#include "inlet/index/indexed_internal.h"

namespace inlet::index {
namespace {

using testing::SizeIs;

constexpr std::size_t kMebibyte = 1 << 20;

/// Keys that do not fit an entry: their bytes are in a file beside the run.
class IndexedLongKeyTest : public IndexedTest {
 protected:
  static Batch named_rows(const std::vector<std::string>& names) {
    static const auto schema = std::make_shared<const Schema>(every_type());
    BatchBuilder builder(schema);
    for (const std::string& name : names) {
      for (std::size_t column = 0; column < schema->fields.size(); ++column) {
        if (schema->fields[column].name == "name") {
          builder.column(column).append_bytes(name);
        } else {
          builder.column(column).append_null();
        }
      }
    }
    return builder.finish();
  }

  /// Texts whose keys are on both sides of every border, and pairs that differ in one byte.
  static std::vector<std::string> texts_of_every_length() {
    std::vector<std::string> texts;
    for (const std::size_t size : {0, 1, 11, 12, 13, 14, 36, 37, 4'095, 4'096, 70'000}) {
      texts.emplace_back(size, 'x');
      if (size > 0) texts.push_back(std::string(size - 1, 'x') + "y");
      texts.emplace_back(size, '\0');
    }
    for (const char* uuid :
         {"123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174001",
          "123E4567-E89B-12D3-A456-426614174000", "123e4567-e89b-12d3-a456_426614174000",
          "123e4567e89b12d3a456426614174000"}) {
      texts.emplace_back(uuid);
    }
    for (const char last : {'a', 'b', 'c'}) texts.push_back(std::string(kMebibyte, 'z') + last);
    return texts;
  }

  static std::uint64_t weak_hash(std::string_view bytes) { return hash_bytes(bytes) >> 60 << 60; }
};

TEST_F(IndexedLongKeyTest, TextsOfEveryLengthAreFoundByTheirOwnKeyOnly) {
  std::mt19937_64 random(51);
  delta::Snapshot table = make_table(every_type());
  const std::vector<std::string> texts = texts_of_every_length();
  table = add_file(table, named_rows(texts));
  const std::vector<std::vector<std::string>> keys = {{"name"}, {"id", "name"}, {"name", "code"}};
  for (const std::vector<std::string>& key : keys) {
    const auto index = indexed(key);
    expect_right(*index, table, key, kSequence, random, 200);
    table = commit_and_note(*index, table, named_rows(texts), key);
    const auto question = ask(table, key, kSequence, random, 200);
    hide_data(table);
    expect_answer(*index, table, question);
    show_data(table);
  }
}

TEST_F(IndexedLongKeyTest, ALongSequenceComesBackAsItWas) {
  std::mt19937_64 random(52);
  delta::Snapshot table = make_table(every_type());
  table = add_file(table, named_rows(texts_of_every_length()));
  table = add_file(table, random_rows(random, 30, 10));
  for (const auto& sequence : {std::vector<std::string>{"name"}, {"raw", "name"}, {"at", "id"}}) {
    expect_right(*indexed({"name"}, sequence), table, {"name"}, sequence, random, 200);
    expect_right(*indexed({"id"}, sequence), table, {"id"}, sequence, random, 30);
  }
}

TEST_F(IndexedLongKeyTest, KeysOfOneHashStayApartThroughMerges) {
  std::mt19937_64 random(53);
  for (const auto& key : {std::vector<std::string>{"name"}, {"code", "name", "flag"}}) {
    std::filesystem::remove_all(folder_ / "table");
    delta::Snapshot table = make_table(every_type());
    const auto index = make_indexed_with(weak_hash, options(), key, {"at"});
    for (int i = 0; i < 20; ++i) {
      delta::Edit edit;
      if (i > 0) edit.delete_rows = {{table.files().value().back().path, {0, 1, 2}}};
      table = commit_and_note(*index, table, random_rows(random, 20, 40), key, edit);
      expect_right(*index, table, key, kSequence, random, 10);
    }
    const auto question = ask(table, key, kSequence, random, 200);
    hide_data(table);
    expect_answer(*index, table, question);
  }
}

TEST_F(IndexedLongKeyTest, RowsThatAnotherWriterRestoredAreFound) {
  std::mt19937_64 random(54);
  delta::Snapshot table = make_table(every_type());
  const auto index = indexed({"name"});
  table = commit_and_note(*index, table, random_rows(random, 30, 10), {"name"});
  const delta::DataFile first = table.files().value().front();
  table = commit_and_note(*index, table, random_rows(random, 30, 10), {"name"},
                          {.delete_rows = {{first.path, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}});
  for (int i = 0; i < 9; ++i) {
    table = commit_and_note(*index, table, random_rows(random, 3, 10), {"name"});
    expect_right(*index, table, {"name"}, kSequence, random, 30);
  }
  ASSERT_LE(index_files("run-").size(), 16U) << "there was a merge";
  table = restore(table, first);
  expect_right(*index, table, {"name"}, kSequence, random, 30);
  table = must_commit(table, {.remove = {first.path}});
  expect_right(*index, table, {"name"}, kSequence, random, 30);
  table = restore(table, first);
  expect_right(*index, table, {"name"}, kSequence, random, 30);
}

TEST_F(IndexedLongKeyTest, LongKeysAreSortedInBoundedMemoryToo) {
  std::mt19937_64 random(55);
  delta::Snapshot table = make_table(every_type());
  table = add_file(table, named_rows(texts_of_every_length()));
  table = add_file(table, random_rows(random, 2'000, 3'000));
  IndexOptions small = options();
  small.max_memory_bytes = 1;
  const auto index = make_indexed(small, {"name"}, kSequence);
  expect_right(*index, table, {"name"}, kSequence, random, 100);
  EXPECT_THAT(index_files("run-"), SizeIs(2)) << "entries and texts, and no pieces";
}

}  // namespace
}  // namespace inlet::index
