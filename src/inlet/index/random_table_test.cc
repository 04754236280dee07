#include "inlet/index/random_table_test.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "inlet/data/row_key.h"
#include "inlet/delta/rolling_writer.h"

namespace inlet::index {
namespace {

// Upper-case letters make it no canonical one.
std::string random_uuid(std::mt19937_64& random) {
  std::string text = "00000000-0000-4000-8000-00000000000f";
  const char* digits = random() % 8 == 0 ? "ABCDEF" : "abcdef";
  text[3] = digits[random() % 6];
  text[20] = digits[random() % 6];
  return text;
}

std::string random_name(std::mt19937_64& random, std::int64_t value) {
  const std::string head =
      random() % 2 == 0 ? "a text that is longer than its statistics keep: " : "n";
  return head + std::to_string(value);
}

std::string to_text(const Located& located) {
  return std::to_string(located.file) + ":" + std::to_string(located.position) + " key " +
         std::to_string(located.key) + " sequence " + testing::PrintToString(located.sequence);
}

}  // namespace

Schema RandomTable::every_type() {
  return Schema{
      {{"id", {TypeKind::Long}},
       {"code", {TypeKind::Int}},
       {"name", {TypeKind::String}},
       {"uuid", {TypeKind::String}},
       {"price", Type::decimal(30, 3)},
       {"day", {TypeKind::Date}},
       {"at", {TypeKind::Timestamp}},
       {"ratio", {TypeKind::Double}},
       {"small", {TypeKind::Float}},
       {"flag", {TypeKind::Boolean}},
       {"raw", {TypeKind::Binary}},
       {"payload", {TypeKind::Json}},
       {"user", Type::structure({{"login", {TypeKind::String}}, {"number", {TypeKind::Long}}})}}};
}

std::vector<std::vector<std::string>> RandomTable::every_key() {
  return {{"id"},
          {"code"},
          {"name"},
          {"uuid"},
          {"price"},
          {"day"},
          {"at"},
          {"ratio"},
          {"small"},
          {"flag"},
          {"raw"},
          {"payload"},
          {"user.login"},
          {"user.number"},
          {"id", "user.number"},
          {"code", "name", "flag"},
          {"name", "id"},
          {"user.login", "code"}};
}

std::vector<std::vector<std::string>> RandomTable::every_division() {
  return {{"code"},  {"name"},  {"price"}, {"day"},       {"at"},
          {"ratio"}, {"small"}, {"flag"},  {"id", "flag"}};
}

delta::Snapshot RandomTable::make_divided(const std::vector<std::string>& columns,
                                          const std::string& folder) {
  return delta::Snapshot::create(engine_, (folder_ / folder).string(), every_type(),
                                 {.partition_columns = columns})
      .value();
}

Batch RandomTable::random_rows(std::mt19937_64& random, std::size_t num_rows, std::int64_t spread,
                               std::int64_t start) {
  static const auto schema = std::make_shared<const Schema>(every_type());
  BatchBuilder builder(schema);
  const auto draw = [&] {
    return start + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(spread));
  };
  using Append = std::function<void(ColumnBuilder&)>;
  const Append appends[] = {
      [&](ColumnBuilder& c) { c.append_int64(draw() - 2); },
      [&](ColumnBuilder& c) { c.append_int32(static_cast<std::int32_t>(draw())); },
      [&](ColumnBuilder& c) { c.append_bytes(random_name(random, draw())); },
      [&](ColumnBuilder& c) { c.append_bytes(random_uuid(random)); },
      [&](ColumnBuilder& c) { c.append_decimal(draw() * 1'000'000'007 - 5); },
      [&](ColumnBuilder& c) { c.append_int32(static_cast<std::int32_t>(draw()) - 9); },
      [&](ColumnBuilder& c) { c.append_int64(draw() * 7 - 100); },
      [&](ColumnBuilder& c) {
        c.append_float64(random() % 32 == 0 ? std::nan("") : static_cast<double>(draw()) / 3);
      },
      [&](ColumnBuilder& c) {
        c.append_float32(random() % 32 == 0 ? -0.0F : static_cast<float>(draw()) / 3);
      },
      [&](ColumnBuilder& c) { c.append_boolean(random() % 2 == 0); },
      [&](ColumnBuilder& c) {
        c.append_bytes(std::string(random() % 20, '\0') + std::to_string(draw()));
      },
      [&](ColumnBuilder& c) { c.append_bytes(std::to_string(draw())); },
      [&](ColumnBuilder& c) {
        c.append_struct();
        c.child(0).append_bytes("login-" + std::to_string(draw()));
        c.child(1).append_int64(draw());
      }};
  for (std::size_t row = 0; row < num_rows; ++row) {
    for (std::size_t index = 0; index < std::size(appends); ++index) {
      if (random() % 16 == 0) {
        builder.column(index).append_null();
      } else {
        appends[index](builder.column(index));
      }
    }
  }
  return builder.finish();
}

delta::Snapshot RandomTable::add_file(const delta::Snapshot& table, Batch batch) {
  delta::RollingWriter writer(table);
  EXPECT_TRUE(writer.write(std::move(batch)));
  return must_commit(table, {.add = writer.finish().value()});
}

delta::Snapshot RandomTable::kill_some(const delta::Snapshot& table, std::mt19937_64& random,
                                       std::uint64_t one_in) {
  delta::Edit edit{.operation = delta::Operation::Delete};
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) {
    std::vector<std::uint64_t> dead;
    for (std::uint64_t row = 0; row < file.num_rows; ++row) {
      if (random() % one_in == 0) dead.push_back(row);
    }
    if (!dead.empty()) edit.delete_rows.emplace_back(file.path, std::move(dead));
  }
  return must_commit(table, edit);
}

delta::Snapshot RandomTable::rewrite(const delta::Snapshot& table,
                                     const std::vector<std::string>& paths) {
  delta::RollingWriter writer(table);
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) {
    if (std::ranges::find(paths, file.path) == paths.end()) continue;
    EXPECT_TRUE(table.read(file, {}, [&](Batch rows, std::span<const std::uint64_t>) {
      return writer.write(std::move(rows));
    }));
  }
  return must_commit(
      table,
      {.operation = delta::Operation::Optimize, .add = writer.finish().value(), .remove = paths});
}

std::vector<RandomTable::Row> RandomTable::live_rows(const delta::Snapshot& table,
                                                     const std::vector<std::string>& keys,
                                                     const std::vector<std::string>& sequence) {
  std::vector<Row> rows;
  const std::vector<delta::DataFile> files = table.files().value();
  for (std::uint32_t file = 0; file < files.size(); ++file) {
    EXPECT_TRUE(table.read(files[file], {},
                           [&](Batch batch, std::span<const std::uint64_t> positions) -> Status {
                             const RowKey key = RowKey::make(batch, keys).value();
                             const RowKey order = RowKey::make(batch, sequence).value();
                             for (std::size_t row = 0; row < batch.num_rows(); ++row) {
                               Row& added = rows.emplace_back(Row{file, positions[row]});
                               key.append_to(added.key, row);
                               order.append_to(added.sequence, row);
                             }
                             return {};
                           }));
  }
  return rows;
}

RandomTable::Question RandomTable::ask(const delta::Snapshot& table,
                                       const std::vector<std::string>& paths,
                                       const std::vector<std::string>& sequence,
                                       std::mt19937_64& random, std::size_t num_keys) {
  const std::vector<Row> rows = live_rows(table, paths, sequence);
  const Batch others = random_rows(random, num_keys, 40);
  const RowKey other = RowKey::make(others, paths).value();
  std::set<std::string> chosen;
  for (std::size_t i = 0; i < num_keys; ++i) {
    std::string bytes;
    other.append_to(bytes, i);
    const bool is_there = !rows.empty() && random() % 2 == 0;
    chosen.insert(is_there ? rows[random() % rows.size()].key : bytes);
  }
  std::vector<std::string> keys(chosen.begin(), chosen.end());
  std::ranges::shuffle(keys, random);

  Question question{.keys = keys};
  for (const Row& row : rows) {
    const auto key = std::ranges::find(keys, row.key);
    if (key == keys.end()) continue;
    question.expected.push_back(to_text({.key = static_cast<std::uint32_t>(key - keys.begin()),
                                         .file = row.file,
                                         .position = row.position,
                                         .sequence = row.sequence}));
  }
  return question;
}

void RandomTable::expect_answer(KeyLocator& locator, const delta::Snapshot& table,
                                const Question& question) {
  const std::vector<std::string_view> asked(question.keys.begin(), question.keys.end());
  const auto located = locator.locate(table, table.files().value(), asked);
  ASSERT_TRUE(located) << located.error().message;
  std::vector<std::string> found;
  for (const Located& one : *located) found.push_back(to_text(one));
  EXPECT_EQ(found, question.expected) << "at version " << table.version();
}

void RandomTable::expect_right(KeyLocator& locator, const delta::Snapshot& table,
                               const std::vector<std::string>& paths,
                               const std::vector<std::string>& sequence, std::mt19937_64& random,
                               std::size_t num_keys) {
  SCOPED_TRACE("key " + testing::PrintToString(paths));
  expect_answer(locator, table, ask(table, paths, sequence, random, num_keys));
}

std::string RandomTable::long_key(std::int64_t value) {
  BatchBuilder builder(std::make_shared<const Schema>(Schema{{{"k", {TypeKind::Long}}}}));
  builder.column(0).append_int64(value);
  const Batch batch = builder.finish();
  std::string bytes;
  RowKey::make(batch, {"k"}).value().append_to(bytes, 0);
  return bytes;
}

}  // namespace inlet::index
