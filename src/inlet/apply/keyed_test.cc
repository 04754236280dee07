#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "inlet/apply/applier.h"
#include "inlet/data/batch_json.h"
#include "inlet/data/column_builder.h"
#include "testkit/temporary_folder.h"

namespace inlet::apply {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Keyed : public testing::Test {
 protected:
  // id, seq and the texts that `columns` name.
  static Batch row(std::int64_t id, std::int64_t seq,
                   const std::vector<std::pair<std::string, std::string>>& texts) {
    Schema schema{{{"id", {TypeKind::Long}, false}, {"seq", {TypeKind::Long}, false}}};
    for (const auto& [name, value] : texts) schema.fields.push_back({name, {TypeKind::String}});
    BatchBuilder builder(std::make_shared<const Schema>(schema));
    builder.column(0).append_int64(id);
    builder.column(1).append_int64(seq);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      builder.column(i + 2).append_bytes(texts[i].second);
    }
    return builder.finish();
  }

  std::unique_ptr<Applier> make_applier(
      std::unique_ptr<index::KeyLocator> locator = index::make_probe({"id"}, {"seq"})) const {
    return make_upsert(std::move(locator), {.keys = {"id"}, .sequence = {"seq"}},
                       {table_, table_.schema(), {"id", "seq"}});
  }

  void commit(const Prepared& prepared) { table_ = delta::commit(table_, prepared.edit).value(); }

  void upsert(Batch batch) {
    const auto applier = make_applier();
    ASSERT_TRUE(applier->add(std::move(batch)));
    commit(applier->prepare(table_).value());
  }

  std::vector<std::string> rows() const {
    std::vector<std::string> rows;
    const std::vector<delta::DataFile> files = table_.files().value();
    for (const delta::DataFile& file : files) {
      const Status read = table_.read(file, {}, [&rows](const Batch& batch, auto) {
        for (std::size_t i = 0; i < batch.num_rows(); ++i) rows.push_back(row_to_json(batch, i));
        return Status{};
      });
      EXPECT_TRUE(read);
    }
    std::ranges::sort(rows);
    return rows;
  }

  testkit::TemporaryFolder folder_;
  delta::Snapshot table_ =
      delta::Snapshot::create(delta::make_engine({}, 1), (folder_ / "t").string(),
                              {{{"id", {TypeKind::Long}, false},
                                {"seq", {TypeKind::Long}, false},
                                {"name", {TypeKind::String}},
                                {"note", {TypeKind::String}}}},
                              {})
          .value();
};

TEST_F(Keyed, CarriesOverWhatTheTableHasAfterALostRace) {
  upsert(row(1, 1, {{"name", "a"}, {"note", "old"}}));
  const auto applier = make_applier();
  ASSERT_TRUE(applier->add(row(1, 3, {{"name", "b"}})));
  ASSERT_TRUE(applier->prepare(table_));
  upsert(row(1, 2, {{"name", "c"}, {"note", "new"}}));
  commit(applier->prepare(table_).value());
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"seq":3,"name":"b","note":"new"})"));
}

TEST_F(Keyed, ForgetsTheValuesOfARowThatIsGoneAfterALostRace) {
  upsert(row(1, 1, {{"name", "a"}, {"note", "old"}}));
  const auto applier = make_applier();
  ASSERT_TRUE(applier->add(row(1, 3, {{"name", "b"}})));
  ASSERT_TRUE(applier->prepare(table_));
  table_ = delta::commit(table_, {.remove = {table_.files().value().front().path}}).value();
  commit(applier->prepare(table_).value());
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"seq":3,"name":"b","note":null})"));
}

TEST_F(Keyed, CarriesOverAColumnThatAnotherWriterAddedMeanwhile) {
  upsert(row(1, 1, {{"name", "a"}, {"note", "x"}}));
  const auto applier = make_applier();
  ASSERT_TRUE(applier->add(row(1, 3, {{"name", "b"}, {"note", "y"}})));
  table_ = delta::commit(table_, {.add_columns = {{{"extra", {TypeKind::String}}}}}).value();
  upsert(row(1, 2, {{"name", "a"}, {"note", "x"}, {"extra", "kept"}}));
  commit(applier->prepare(table_).value());
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"seq":3,"name":"b","note":"y","extra":"kept"})"));
}

TEST_F(Keyed, KnowsTheRowsOfItsOwnCompletedFiles) {
  upsert(row(1, 1, {{"name", "a"}, {"note", "x"}}));
  const index::IndexOptions options{.folder = (folder_ / "index").string(),
                                    .use = index::IndexUse::Always};
  const auto applier = make_applier(index::make_indexed(options, {"id"}, {"seq"}));
  ASSERT_TRUE(applier->add(row(2, 1, {{"name", "b"}})));
  ASSERT_TRUE(applier->add(row(1, 2, {{"name", "c"}})));
  commit(applier->prepare(table_).value());
  applier->clear(table_);
  ASSERT_TRUE(applier->add(row(1, 3, {{"name", "d"}})));
  ASSERT_TRUE(applier->add(row(2, 2, {{"name", "e"}})));
  commit(applier->prepare(table_).value());
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"seq":3,"name":"d","note":"x"})",
                                  R"({"id":2,"seq":2,"name":"e","note":null})"));
}

TEST_F(Keyed, WritesNothingForARowThatTiesInTheColumnsItHas) {
  upsert(row(1, 1, {{"name", "a"}, {"note", "x"}}));
  const auto applier = make_applier();
  ASSERT_TRUE(applier->add(row(1, 1, {{"note", "x"}})));
  const Prepared prepared = applier->prepare(table_).value();
  EXPECT_THAT(prepared.edit.add, IsEmpty());
  EXPECT_EQ(prepared.counts.num_unchanged, 1U);
}

}  // namespace
}  // namespace inlet::apply
