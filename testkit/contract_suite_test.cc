#include "testkit/contract_suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::testkit {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// How the source below breaks the contract.
enum class Defect {
  None,
  LosesTies,         // its offset is the time of the last row, read on with "later than"
  RepeatsTies,       // ... with "not earlier than"
  StaysPut,          // its offset never moves
  MovesForNothing,   // its offset moves although nothing came
  ChangesItsSchema,  // a new column in every source object
  KnowsEveryTable,   // answers for tables that do not exist
  SwallowsRefusals,  // goes on when the sink refuses
  NamesAMissingKey,
  SendsABrokenRecord,
  ForgetsARow,  // when pages are small
  LosesAPartition,
  MovesPartitions,
  EndsPartitionsEarly,  // the last one's offset is the one before
  MisplacesPartitions,  // their offsets pass over a row
};

constexpr int kNumRows = 7;

// Two rows share each second.
std::string time_of(int row) {
  return format("2026-01-02T03:04:{:02}Z", row / 2);
}

class NumberedRows final : public Source {
 public:
  NumberedRows(Defect defect, int number) : defect_(defect), number_(number) {}

  Result<std::vector<std::string>> list_tables() override {
    return std::vector<std::string>{"rows"};
  }

  Result<Schema> get_table_schema(const TableRequest& request) override {
    TRY(known(request));
    Schema schema{{{"id", {TypeKind::Long}, false}, {"time", {TypeKind::Timestamp}}}};
    if (defect_ == Defect::ChangesItsSchema) {
      schema.fields.push_back({format("column_{}", number_), {TypeKind::Long}});
    }
    return schema;
  }

  Result<TableMetadata> read_table_metadata(const TableRequest& request) override {
    TRY(known(request));
    return TableMetadata{.primary_keys = {defect_ == Defect::NamesAMissingKey ? "identity" : "id"},
                         .cursor_field = "time",
                         .ingestion_type = IngestionType::Cdc};
  }

  Result<Offset> read_table(const ReadRequest& request, RecordSink& sink) override {
    TRY(known(request.table));
    const int page_size = number(request.table, "page_size", 3);
    const int end = std::min(
        kNumRows, first_after(request.start) + number(request.table, "max_rows", kNumRows));
    Offset reached = request.start;
    for (int row = first_after(request.start); row < end; row += page_size) {
      const int page_end = std::min(row + page_size, end);
      if (defect_ != Defect::StaysPut) reached = offset_at(page_end - 1);
      const Status status = sink.page(page(row, page_end, page_size, reached));
      if (!status && defect_ != Defect::SwallowsRefusals) return std::unexpected(status.error());
    }
    if (defect_ == Defect::MovesForNothing) {
      Json moved = reached.json();
      moved["again"] = moved.value("again", 0) + 1;
      return Offset::make(moved);
    }
    return reached;
  }

  Result<std::optional<std::vector<Share>>> get_partitions(const ReadRequest& request,
                                                           std::uint64_t) override {
    std::vector<Share> shares;
    for (int row = first_after(request.start); row < kNumRows; ++row) {
      const int passed = defect_ == Defect::MisplacesPartitions && row + 1 < kNumRows ? 1 : 0;
      shares.push_back({.partition = row, .offset = offset_at(row + passed), .num_bytes = 100});
    }
    if (defect_ == Defect::LosesAPartition) shares.pop_back();
    if (defect_ == Defect::EndsPartitionsEarly) shares.back().offset = shares[5].offset;
    return shares;
  }

  Status read_partition(const PartitionRequest& request, RecordSink& sink) override {
    const int moved = defect_ == Defect::MovesPartitions ? number_ % 2 : 0;
    const int row = request.partition.get<int>() + moved;
    return sink.page(page(row, row + 1, kNumRows, {}));
  }

  Status check() override { return {}; }

 private:
  Status known(const TableRequest& request) const {
    if (request.table == "rows" || defect_ == Defect::KnowsEveryTable) return {};
    return fail(ErrorKind::NotFound, "no such table");
  }

  static int number(const TableRequest& request, const std::string& name, int fallback) {
    const auto option = request.options.find(name);
    return option == request.options.end() ? fallback : std::stoi(option->second);
  }

  bool is_by_time() const { return defect_ == Defect::LosesTies || defect_ == Defect::RepeatsTies; }

  Offset offset_at(int row) const {
    return is_by_time() ? Offset::at("time", time_of(row)) : Offset::at("id", format("{}", row));
  }

  int first_after(const Offset& offset) const {
    int row = 0;
    while (row < kNumRows && is_before(row, offset)) ++row;
    return row;
  }

  bool is_before(int row, const Offset& offset) const {
    if (defect_ == Defect::RepeatsTies) return time_of(row) < offset.text("time", "");
    if (defect_ == Defect::LosesTies) return time_of(row) <= offset.text("time", "");
    return row <= std::stoi(offset.text("id", "-1"));
  }

  Page page(int first, int end, int page_size, Offset offset) const {
    Page page{.body = "[", .offset = std::move(offset)};
    for (int row = first; row < end; ++row) {
      if (defect_ == Defect::ForgetsARow && page_size == 1 && row == 4) continue;
      if (page.body.size() > 1) page.body += ",";
      page.body += format(R"({{"id": {}, "time": "{}"}})", row, time_of(row));
    }
    if (defect_ == Defect::SendsABrokenRecord) page.body += R"(,{"id": null})";
    page.body += "]";
    return page;
  }

  const Defect defect_;
  const int number_;
};

std::vector<std::string> check(Defect defect, bool may_overlap = false) {
  int number = 0;
  return check_contract({
      .make = [&]() -> Result<std::unique_ptr<Source>> {
        return std::make_unique<NumberedRows>(defect, ++number);
      },
      .table = {.table = "rows"},
      .variants = {{{"page_size", "1"}}, {{"max_rows", "2"}}},
      .num_rows = kNumRows,
      .may_overlap = may_overlap,
  });
}

TEST(ContractSuite, FindsNothingWrongWithAGoodSource) {
  EXPECT_THAT(check(Defect::None), IsEmpty());
}

TEST(ContractSuite, FindsLostTies) {
  EXPECT_THAT(check(Defect::LosesTies), Contains(HasSubstr("rows are lost: 1 (id=3)")));
}

TEST(ContractSuite, FindsRepeatedTiesUnlessOverlapIsAllowed) {
  EXPECT_THAT(check(Defect::RepeatsTies), Contains(HasSubstr("twice")));
}

TEST(ContractSuite, FindsAnOffsetThatDoesNotMove) {
  EXPECT_THAT(check(Defect::StaysPut),
              Contains("the full read: 7 rows came but the offset stayed {}"));
}

TEST(ContractSuite, FindsAnOffsetThatMovesForNothing) {
  EXPECT_THAT(check(Defect::MovesForNothing),
              Contains(HasSubstr("the full read: the offset does not come to rest")));
}

TEST(ContractSuite, FindsASchemaThatChanges) {
  EXPECT_THAT(check(Defect::ChangesItsSchema),
              Contains("get_table_schema: another schema from another source object"));
}

TEST(ContractSuite, FindsUnknownTablesThatAreNotRefused) {
  EXPECT_THAT(check(Defect::KnowsEveryTable), testing::SizeIs(3));
}

TEST(ContractSuite, FindsASwallowedRefusal) {
  EXPECT_THAT(check(Defect::SwallowsRefusals),
              Contains("read_table: the sink's refusal is not passed on"));
}

TEST(ContractSuite, FindsAKeyThatIsNoColumn) {
  EXPECT_THAT(check(Defect::NamesAMissingKey), Contains("key identity is not in the schema"));
}

TEST(ContractSuite, FindsRecordsThatDoNotDecode) {
  EXPECT_THAT(check(Defect::SendsABrokenRecord),
              Contains(HasSubstr("the full read: a record does not decode: ")));
}

TEST(ContractSuite, FindsRowsLostInSmallPages) {
  EXPECT_THAT(check(Defect::ForgetsARow),
              Contains("read with page_size=1: rows are lost: 1 (id=4)"));
}

TEST(ContractSuite, FindsRowsLostBetweenPartitions) {
  EXPECT_THAT(check(Defect::LosesAPartition),
              Contains("in partitions of 100 bytes: rows are lost: 1 (id=6)"));
}

TEST(ContractSuite, FindsPartitionsThatEndElsewhereThanTheRead) {
  EXPECT_THAT(
      check(Defect::EndsPartitionsEarly),
      Contains(R"(in partitions of 100 bytes: they end at {"id":"5"}, the read at {"id":"6"})"));
}

TEST(ContractSuite, FindsRowsLostAfterAPartition) {
  EXPECT_THAT(check(Defect::MisplacesPartitions),
              Contains(HasSubstr("resumed after partition 1 of 100 bytes, offset {\"id\":\"1\"}: "
                                 "rows are lost: 1 (id=1)")));
}

TEST(ContractSuite, FindsAPartitionThatIsAnotherWhenReadAgain) {
  EXPECT_THAT(check(Defect::MovesPartitions),
              Contains(HasSubstr("a partition read again: rows are lost: 1")));
}

}  // namespace
}  // namespace inlet::testkit
