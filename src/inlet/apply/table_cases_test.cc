// Runs testkit/tables/*.yaml against the native engine: batches in, table out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "inlet/apply/applier.h"
#include "inlet/base/document.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/batch_json.h"
#include "inlet/decode/decoder.h"

namespace inlet::apply {
namespace {

struct Case {
  std::string file;
  Document document;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.document.find("name")->text();
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const char* file : {"append", "scd_type_1", "snapshot"}) {
    const auto path =
        std::filesystem::path(INLET_SOURCE_DIR) / "testkit/tables" / (std::string(file) + ".yaml");
    const Document documents = Document::load(path).value();
    for (const Document& document : documents.items()) cases.push_back({file, document});
  }
  return cases;
}

std::vector<std::string> names(const Document& document, std::string_view member) {
  std::vector<std::string> names;
  const Document* list = document.find(member);
  if (list != nullptr) {
    for (const Document& name : list->items()) names.push_back(name.text());
  }
  return names;
}

Schema schema_of(const Document& columns) {
  Schema schema;
  for (const auto& [name, type] : columns.members()) {
    std::string text = type.text();
    const bool is_required = text.ends_with('!');
    if (is_required) text.pop_back();
    schema.fields.push_back({name, parse_scalar_type(text).value(), !is_required});
  }
  return schema;
}

Batch decode_rows(const Document& rows, const Schema& schema, CoercionPolicy policy) {
  auto decoder = decode::make_decoder(schema, {.policy = policy, .has_rescued_column = false});
  Page page{.body = to_text(rows.to_json())};
  auto decoded = decoder.value()->decode(page).value();
  EXPECT_EQ(decoded.bad.size(), 0U) << (decoded.bad.empty() ? "" : decoded.bad.front().reason);
  return std::move(decoded.batch);
}

std::unique_ptr<Applier> make_applier(const Document& document, const delta::Snapshot& table) {
  const std::string& mode = document.find("mode")->text();
  const auto keys = names(document, "keys");
  if (mode == "append") return make_append(table);
  if (mode == "append_by_key") return make_first_only(index::make_probe(keys, {}), keys);
  if (mode == "snapshot") return make_snapshot(table, keys);
  std::vector<std::string> sequence = names(document, "sequence");
  std::vector<std::string> never_null = keys;
  never_null.insert(never_null.end(), sequence.begin(), sequence.end());
  AuxiliaryTable auxiliary(table.engine(), table.url(), table.schema(), never_null);
  return make_upsert(index::make_probe(keys, sequence), {keys, sequence}, std::move(auxiliary));
}

std::vector<std::string> rows_of(const delta::Snapshot& table) {
  std::vector<std::string> rows;
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) {
    const Status read = table.read(file, {}, [&](Batch batch, std::span<const std::uint64_t>) {
      for (std::size_t row = 0; row < batch.num_rows(); ++row) {
        rows.push_back(row_to_json(batch, row));
      }
      return Status{};
    });
    EXPECT_TRUE(read.has_value()) << read.error().message;
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> rows_of(const Batch& batch) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < batch.num_rows(); ++row) rows.push_back(row_to_json(batch, row));
  std::sort(rows.begin(), rows.end());
  return rows;
}

class TableCases : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "inlet-table-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_P(TableCases, GivesTheExpectedTable) {
  const Document& document = GetParam().document;
  SCOPED_TRACE(document.where() + ": " + document.find("name")->text());
  const Schema schema = schema_of(*document.find("columns"));
  const Document* coercion = document.find("coercion");
  const CoercionPolicy policy = coercion == nullptr
                                    ? CoercionPolicy::Strict
                                    : parse_coercion_policy(coercion->text()).value();
  auto created = delta::Snapshot::create(delta::make_engine({}, 1),
                                         "file://" + (folder_ / "t").string(), schema, {});
  ASSERT_TRUE(created.has_value()) << created.error().message;
  delta::Snapshot table = *created;
  const auto applier = make_applier(document, table);
  Counts sums;
  std::int64_t version = 0;
  for (const Document& rows : document.find("batches")->items()) {
    if (!rows.items().empty()) {
      ASSERT_TRUE(applier->add(decode_rows(rows, schema, policy)).has_value());
    }
    auto prepared = applier->prepare(table);
    ASSERT_TRUE(prepared.has_value()) << prepared.error().message;
    prepared->edit.app_id = "test";
    prepared->edit.app_version = ++version;
    auto committed = delta::commit(table, prepared->edit);
    ASSERT_TRUE(committed.has_value()) << committed.error().message;
    table = *committed;
    applier->clear(table);
    sums.num_committed += prepared->counts.num_committed;
    sums.num_unchanged += prepared->counts.num_unchanged;
    sums.num_deduplicated += prepared->counts.num_deduplicated;
    sums.num_deleted += prepared->counts.num_deleted;
  }

  EXPECT_EQ(rows_of(table), rows_of(decode_rows(*document.find("expect"), schema, policy)));
  const auto count = [&](std::string_view name) {
    const Document* value = document.find("counts")->find(name);
    return value == nullptr ? 0U : static_cast<std::uint64_t>(value->as_integer().value());
  };
  EXPECT_EQ(sums.num_committed, count("committed"));
  EXPECT_EQ(sums.num_unchanged, count("unchanged"));
  EXPECT_EQ(sums.num_deduplicated, count("deduplicated"));
  EXPECT_EQ(sums.num_deleted, count("deleted"));
  if (const Document* files = document.find("files")) {
    EXPECT_EQ(table.files().value().size(), static_cast<std::size_t>(files->as_integer().value()));
  }
}

INSTANTIATE_TEST_SUITE_P(Files, TableCases, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<Case>& tested) {
                           return format("{}_{}", tested.param.file, tested.index);
                         });

}  // namespace
}  // namespace inlet::apply
