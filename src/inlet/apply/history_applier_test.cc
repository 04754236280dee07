#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "inlet/apply/applier.h"
#include "inlet/data/column_builder.h"
#include "testkit/temporary_folder.h"

namespace inlet::apply {
namespace {

class HistoryApplier : public testing::Test {
 protected:
  static Batch row(std::int64_t id, std::int64_t seq) {
    BatchBuilder builder(std::make_shared<const Schema>(source()));
    builder.column(0).append_int64(id);
    builder.column(1).append_int64(seq);
    return builder.finish();
  }

  static Schema source() {
    return {{{"id", {TypeKind::Long}, false}, {"seq", {TypeKind::Long}, false}}};
  }

  static Schema target() {
    Schema schema = source();
    const Type interval = interval_type(schema, {"seq"});
    schema.fields.push_back({std::string(kStartAt), interval, false});
    schema.fields.push_back({std::string(kEndAt), interval, true});
    return schema;
  }

  std::unique_ptr<Applier> make_applier() const {
    return make_history(index::make_probe({"id"}, {"seq"}), {.keys = {"id"}, .sequence = {"seq"}},
                        {}, {table_, source(), {"id", "seq"}});
  }

  // What a delete of a key that has no row leaves behind lies in the auxiliary table alone.
  Status remove(Applier& applier, std::int64_t id, std::int64_t seq) const {
    Status added = applier.add(row(id, seq), ChangeKind::Delete);
    if (!added) return added;
    const Result<Prepared> prepared = applier.prepare(table_);
    if (!prepared) return std::unexpected(prepared.error());
    applier.clear(table_);
    return {};
  }

  testkit::TemporaryFolder folder_;
  delta::Snapshot table_ =
      delta::Snapshot::create(delta::make_engine({}, 1), (folder_ / "t").string(), target(), {})
          .value();
};

TEST_F(HistoryApplier, FollowsAnotherWriterOfTheAuxiliaryTable) {
  const auto first = make_applier();
  ASSERT_TRUE(remove(*first, 1, 1));
  ASSERT_TRUE(remove(*make_applier(), 2, 1));
  const Status again = remove(*first, 1, 5);
  EXPECT_TRUE(again) << again.error().message;
}

}  // namespace
}  // namespace inlet::apply
