#include "inlet/index/indexed_fixture_test.h"

#include <fstream>

#include "inlet/base/json.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/rolling_writer.h"

namespace inlet::index {
namespace {

std::string log_file(const delta::Snapshot& table, std::int64_t version) {
  const std::string number = std::to_string(version);
  return table.url().substr(7) + "/_delta_log/" + std::string(20 - number.size(), '0') + number +
         ".json";
}

}  // namespace

IndexOptions IndexedTest::options(IndexUse use) const {
  return {.folder = index_folder().string(), .num_threads = 2, .use = use};
}

std::unique_ptr<KeyLocator> IndexedTest::indexed(const std::vector<std::string>& keys,
                                                 const std::vector<std::string>& sequence) const {
  return make_indexed(options(), keys, sequence);
}

std::vector<std::filesystem::path> IndexedTest::index_files(std::string_view start) const {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(index_folder())) {
    if (entry.path().filename().string().starts_with(start)) found.push_back(entry.path());
  }
  return found;
}

std::filesystem::path IndexedTest::index_file(std::string_view start,
                                              std::string_view extension) const {
  std::vector<std::filesystem::path> found = index_files(start);
  std::erase_if(found, [&](const auto& path) { return path.extension() != extension; });
  EXPECT_EQ(found.size(), 1U) << start << extension;
  return found.empty() ? std::filesystem::path() : found.front();
}

delta::Snapshot IndexedTest::commit_and_note(KeyLocator& locator, const delta::Snapshot& base,
                                             const Batch& batch,
                                             const std::vector<std::string>& keys,
                                             delta::Edit edit) {
  std::vector<std::string> key_bytes(batch.num_rows());
  std::vector<std::string> sequence_bytes(batch.num_rows());
  const RowKey key = RowKey::make(batch, keys).value();
  const RowKey sequence = RowKey::make(batch, kSequence).value();
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
    key.append_to(key_bytes[row], row);
    sequence.append_to(sequence_bytes[row], row);
    rows.push_back(row);
  }
  delta::RollingWriter writer(base);
  EXPECT_TRUE(writer.write(batch, rows));
  edit.add = writer.finish().value();
  const delta::Snapshot now = must_commit(base, edit);
  const std::vector<std::uint64_t> order = writer.order();
  std::vector<WrittenKeys> written;
  std::size_t next = 0;
  for (const delta::StagedFile& file : edit.add) {
    written.push_back({.path = file.path});
    for (std::uint64_t row = 0; row < file.num_rows; ++row, ++next) {
      const std::uint64_t at = order.empty() ? next : order[next];
      written.back().keys.push_back(key_bytes[at]);
      written.back().sequences.push_back(sequence_bytes[at]);
    }
  }
  const Status noted = locator.note_commit(now, written);
  EXPECT_TRUE(noted) << noted.error().message;
  return now;
}

delta::Snapshot IndexedTest::restore(const delta::Snapshot& table, const delta::DataFile& file) {
  Json add;
  Json remove;
  for (std::int64_t version = 0; version <= table.version(); ++version) {
    std::ifstream log(log_file(table, version));
    for (std::string line; std::getline(log, line);) {
      const Json action = Json::parse(line);
      if (!action.contains("add") || action["add"]["path"] != file.path) continue;
      if (add.is_null()) add = action;
      remove = {{"path", file.path}, {"deletionTimestamp", 1}, {"dataChange", true}};
      if (action["add"].contains("deletionVector")) {
        remove["deletionVector"] = action["add"]["deletionVector"];
      }
    }
  }
  std::ofstream log(log_file(table, table.version() + 1));
  log << Json{{"commitInfo", {{"operation", "RESTORE"}}}} << "\n";
  if (remove.contains("deletionVector")) log << Json{{"remove", remove}} << "\n";
  log << add << "\n";
  log.close();
  return table.refresh().value();
}

delta::Snapshot IndexedTest::some_table(std::mt19937_64& random) {
  delta::Snapshot table = make_table(every_type());
  for (const std::int64_t start : {0, 10, 20}) {
    table = add_file(table, random_rows(random, 50, 20, start));
  }
  return kill_some(table, random, 4);
}

void IndexedTest::hide_data(const delta::Snapshot& table) const {
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) {
    std::filesystem::rename(folder_ / "table" / file.path, folder_ / "table" / (file.path + "~"));
  }
}

void IndexedTest::show_data(const delta::Snapshot& table) const {
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) {
    std::filesystem::rename(folder_ / "table" / (file.path + "~"), folder_ / "table" / file.path);
  }
}

}  // namespace inlet::index
