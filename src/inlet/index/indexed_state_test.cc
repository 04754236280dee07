#include <fstream>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/data/hash.h"
#include "inlet/index/disk_internal.h"
#include "inlet/index/indexed_fixture_test.h"
#include "inlet/index/manifest_internal.h"

namespace inlet::index {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

/// What is in the index's folder never changes an answer.
class IndexedStateTest : public IndexedTest {
 protected:
  /// Every way to damage a file: what is in it, how long it is, whether it is there.
  static std::vector<std::function<void(const std::filesystem::path&)>> every_damage() {
    std::vector<std::function<void(const std::filesystem::path&)>> all;
    all.emplace_back([](const auto& path) { std::filesystem::remove(path); });
    for (const double part : {0.0, 0.001, 0.5, 0.9, 0.9999}) {
      all.emplace_back(
          [part](const auto& path) { std::filesystem::resize_file(path, at(path, part)); });
      all.emplace_back([part](const auto& path) { change_byte(path, at(path, part)); });
    }
    all.emplace_back(
        [](const auto& path) { std::ofstream(path, std::ios::app | std::ios::binary) << "more"; });
    all.emplace_back([](const auto& path) {
      const auto size = std::filesystem::file_size(path);
      std::filesystem::resize_file(path, 0);
      std::filesystem::resize_file(path, size);
    });
    return all;
  }

  static std::uint64_t at(const std::filesystem::path& path, double part) {
    return static_cast<std::uint64_t>(part * static_cast<double>(std::filesystem::file_size(path)));
  }
  static void change_byte(const std::filesystem::path& path, std::uint64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(static_cast<char>(byte ^ 16));
  }
};

TEST_F(IndexedStateTest, DamagedFilesAreBuiltAnew) {
  std::mt19937_64 random(31);
  const delta::Snapshot table = some_table(random);
  struct Part {
    std::string key;
    const char* start;
    const char* extension;
  };
  for (const Part& part : {Part{"id", "manifest", ".json"}, Part{"id", "run-", ""},
                           Part{"name", "run-", ""}, Part{"name", "run-", ".text"}}) {
    std::filesystem::remove_all(index_folder());
    for (const auto& damage : every_damage()) {
      expect_right(*indexed({part.key}), table, {part.key}, kSequence, random, 30);
      damage(index_file(part.start, part.extension));
      // Every key is asked for, so that every entry matters.
      expect_right(*indexed({part.key}), table, {part.key}, kSequence, random, 200);
    }
  }
  std::filesystem::remove_all(index_folder());
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 30);
  const auto question = ask(table, {"id"}, kSequence, random, 30);
  expect_answer(*indexed({"id"}), table, question);
  hide_data(table);
  expect_answer(*indexed({"id"}), table, question);
}

TEST_F(IndexedStateTest, EntriesThatAreDamagedAllOverAreNoticed) {
  std::mt19937_64 random(32);
  const delta::Snapshot table = some_table(random);
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 1);
  const std::filesystem::path run = index_files("run-").front();
  for (std::uint64_t offset = 4096; offset < std::filesystem::file_size(run); offset += 32) {
    change_byte(run, offset);
  }
  for (int i = 0; i < 3; ++i) expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 200);
}

TEST_F(IndexedStateTest, TheFolderMayVanishBetweenTwoCalls) {
  std::mt19937_64 random(33);
  delta::Snapshot table = some_table(random);
  const auto index = indexed({"id"});
  for (int i = 0; i < 3; ++i) {
    expect_right(*index, table, {"id"}, kSequence, random, 30);
    std::filesystem::remove_all(index_folder());
    expect_right(*index, table, {"id"}, kSequence, random, 30);
    EXPECT_THAT(index_files("run-"), SizeIs(1));
    std::filesystem::remove_all(index_folder());
    table = commit_and_note(*index, table, random_rows(random, 10, 40), {"id"});
  }
}

TEST_F(IndexedStateTest, ALeftoverOfACrashIsRemoved) {
  std::mt19937_64 random(34);
  const delta::Snapshot table = some_table(random);
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 30);
  const std::filesystem::path run = index_files("run-").front();
  for (const char* name :
       {"run-77", "run-1", "run-1.text", "run-5.piece-3", "run-5.piece-3.text"}) {
    std::filesystem::copy_file(run, run.parent_path() / name);
  }
  std::ofstream(run.parent_path() / "manifest.json.new") << "half";
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 30);
  EXPECT_THAT(index_files("run-"), SizeIs(1));
  EXPECT_EQ(index_files("run-").front(), run);
}

TEST_F(IndexedStateTest, AnIndexOfAnotherFormatIsBuiltAnew) {
  std::mt19937_64 random(43);
  const delta::Snapshot table = some_table(random);
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 30);
  const std::filesystem::path path = index_files("manifest").front();
  const std::string good = read_file(path).value();
  const Json manifest = Json::parse(good.substr(good.find('\n') + 1));
  for (const int other : {1, 3}) {
    Json changed = manifest;
    changed["format"] = other;
    // Were it read all the same, the keys would seem to be nowhere.
    changed["runs"] = Json::array();
    const std::string text = to_text(changed);
    ASSERT_TRUE(replace_file(path, format("{:016x}\n{}", hash_bytes(text), text)));
    expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 200);
    EXPECT_THAT(load_manifest(path.parent_path()).value().runs, SizeIs(1));
  }
}

TEST_F(IndexedStateTest, AManifestOfAnotherMomentDoesNotMatchTheRuns) {
  std::mt19937_64 random(35);
  delta::Snapshot table = some_table(random);
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 30);
  const std::filesystem::path run = index_files("run-").front();
  const std::filesystem::path other = folder_ / "other";
  std::filesystem::copy_file(run, other);
  std::filesystem::remove_all(index_folder());
  table = rewrite(table, {table.files().value()[0].path});
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 30);
  ASSERT_EQ(index_files("run-").front(), run);
  std::filesystem::copy_file(other, run, std::filesystem::copy_options::overwrite_existing);
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 200);
}

TEST_F(IndexedStateTest, WhoFindsTheFolderTakenProbes) {
  std::mt19937_64 random(36);
  delta::Snapshot table = some_table(random);
  auto first = indexed({"id"});
  const auto second = indexed({"id"});
  expect_right(*first, table, {"id"}, kSequence, random, 30);
  expect_right(*second, table, {"id"}, kSequence, random, 30);
  table = commit_and_note(*second, table, random_rows(random, 10, 40), {"id"});
  expect_right(*first, table, {"id"}, kSequence, random, 30);
  table = commit_and_note(*first, table, random_rows(random, 10, 40), {"id"});
  expect_right(*second, table, {"id"}, kSequence, random, 30);
  const auto question = ask(table, {"id"}, kSequence, random, 30);
  hide_data(table);
  expect_answer(*first, table, question);
  const std::vector<std::string_view> keys(question.keys.begin(), question.keys.end());
  EXPECT_FALSE(second->locate(table, table.files().value(), keys)) << "there is nothing to probe";
  first.reset();
  expect_answer(*second, table, question);
}

TEST_F(IndexedStateTest, AFolderThatCannotBeMadeCostsNoAnswer) {
  std::mt19937_64 random(37);
  delta::Snapshot table = some_table(random);
  std::ofstream(index_folder()) << "a file where the folder should be";
  const auto index = indexed({"id"});
  for (int i = 0; i < 4; ++i) expect_right(*index, table, {"id"}, kSequence, random, 30);
}

TEST_F(IndexedStateTest, OnlyTheOwnerMayReadTheKeys) {
  std::mt19937_64 random(38);
  const delta::Snapshot table = some_table(random);
  expect_right(*indexed({"id"}), table, {"id"}, kSequence, random, 30);
  using std::filesystem::perms;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(index_folder())) {
    const perms others = entry.status().permissions() & (perms::group_all | perms::others_all);
    EXPECT_EQ(others, perms::none) << entry.path();
  }
}

TEST_F(IndexedStateTest, ThereIsNoIndexWhenItIsTurnedOff) {
  std::mt19937_64 random(39);
  delta::Snapshot table = some_table(random);
  const auto index = make_indexed(options(IndexUse::Never), {"id"}, kSequence);
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  table = commit_and_note(*index, table, random_rows(random, 10, 40), {"id"});
  EXPECT_FALSE(std::filesystem::exists(index_folder()));
}

TEST_F(IndexedStateTest, AnIndexIsMadeOnceProbingHasCostAsMuch) {
  std::mt19937_64 random(40);
  const delta::Snapshot table = some_table(random);
  int num_probes = 0;
  for (; num_probes < 10; ++num_probes) {
    // What has been spent is remembered from one process to the next.
    const auto index = make_indexed(options(IndexUse::WhenItPays), {"id"}, kSequence);
    expect_right(*index, table, {"id"}, kSequence, random, 30);
    if (!index_files("run-").empty()) break;
  }
  EXPECT_EQ(num_probes, 1) << "indexing a file costs twice what reading it once costs";
}

TEST_F(IndexedStateTest, AnIndexThatIsNearlyCompleteIsUsedAtOnce) {
  std::mt19937_64 random(41);
  delta::Snapshot table = make_table(every_type());
  const auto index = make_indexed(options(IndexUse::WhenItPays), {"id"}, kSequence);
  for (int i = 0; i < 6; ++i) {
    table = commit_and_note(*index, table, random_rows(random, 30, 40), {"id"});
  }
  table = add_file(table, random_rows(random, 10, 40));
  expect_right(*index, table, {"id"}, kSequence, random, 30);
  const auto question = ask(table, {"id"}, kSequence, random, 30);
  hide_data(table);
  expect_answer(*index, table, question);
}

}  // namespace
}  // namespace inlet::index
