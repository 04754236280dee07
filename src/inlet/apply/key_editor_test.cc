// Runs testkit/tables/*.yaml against the rules alone. The tables are lists of rows: what another
// engine does around the rules.
#include "inlet/apply/key_editor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "inlet/apply/table_case_test.h"
#include "inlet/base/format.h"
#include "inlet/data/batch_json.h"

namespace inlet::apply {
namespace {

using testing::UnorderedElementsAreArray;

constexpr auto kMarks = {kRole, kPosition, kEdit, kIsDelete, kCounts};

// Without what stands beside the columns, and without nulls.
Json plain(Json row) {
  for (const std::string_view mark : kMarks) row.erase(std::string(mark));
  return row;
}

class ListedTable {
 public:
  explicit ListedTable(const TableCase& tested)
      : tested_(tested), source_(tested.source_schema()) {}

  void apply(const CaseBatch& batch) {
    for (const Field& field : batch.added) {
      source_.fields.push_back(field);
      for (Json& row : rows_) row[field.name] = nullptr;
      for (Json& event : kept_) event[field.name] = nullptr;
    }
    sent_.clear();
    changes_.clear();
    take(batch);
    // Rows of one key next to each other.
    std::vector<Json> rows = changes_;
    for (const Json& row : rows_) rows.push_back(marked(row, RowRole::Stored));
    for (const Json& event : kept_) {
      rows.push_back(marked(plain(event), event.at(std::string(kIsDelete)) ? RowRole::KeptDelete
                                                                           : RowRole::KeptUpsert));
    }
    std::ranges::stable_sort(rows, {}, [this](const Json& row) { return key_of(row); });
    edit(rows);
  }

  Counts counts() const { return counts_; }
  std::vector<std::string> rows() const { return texts_of(rows_); }
  std::vector<std::string> kept() const { return texts_of(kept_); }
  std::vector<std::string> expected(std::string_view member) const {
    Schema schema = member == "expect" ? table_schema() : source_;
    if (member != "expect") schema.fields.push_back({std::string(kIsDelete), {TypeKind::Boolean}});
    const Json rows = tested_.find(member)->to_json();
    return rows.empty() ? std::vector<std::string>() : texts_of(to_json(decode(rows, schema)));
  }

 private:
  Batch decode(const Json& rows, const Schema& schema) const {
    return decode_rows(rows, schema, tested_.coercion());
  }
  static std::vector<Json> to_json(const Batch& batch) {
    std::vector<Json> rows;
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
      rows.push_back(parse_json(row_to_json(batch, row)).value());
    }
    return rows;
  }
  static std::vector<std::string> texts_of(const std::vector<Json>& rows) {
    std::vector<std::string> texts;
    for (const Json& row : rows) texts.push_back(to_text(row));
    return texts;
  }
  static Json marked(Json row, RowRole role) {
    row[std::string(kRole)] = static_cast<int>(role);
    return row;
  }
  std::string key_of(const Json& row) const {
    std::string key;
    for (const std::string& path : tested_.names("keys")) {
      const Json* value = &row;
      for (std::size_t at = 0; at != std::string::npos;) {
        const std::size_t dot = path.find('.', at);
        value = &value->at(path.substr(at, dot - at));
        at = dot == std::string::npos ? dot : dot + 1;
      }
      key += to_text(*value) + "|";
    }
    return key;
  }

  Schema table_schema() const {
    Schema schema = source_;
    for (Field& field : schema.fields) field.is_nullable = true;
    if (!tested_.keeps_versions()) return schema;
    const Type interval = interval_type(source_, tested_.names("sequence"));
    schema.fields.push_back({std::string(kStartAt), interval});
    schema.fields.push_back({std::string(kEndAt), interval});
    return schema;
  }

  // Changes go through the types first, so that one key has one spelling.
  void take(const CaseBatch& batch) {
    std::vector<std::string> sent = batch.columns;
    if (sent.empty()) {
      for (const Field& field : source_.fields) sent.push_back(field.name);
    }
    sent_.push_back(sent);
    for (const CaseChange& change : batch.changes) {
      Schema loose = source_;
      for (Field& field : loose.fields) field.is_nullable = true;
      Json row = to_json(decode(Json::array({change.row}), loose)).front();
      const auto upsert = static_cast<int>(RowRole::Upsert) + static_cast<int>(sent_.size()) - 1;
      row = marked(
          row, change.kind == ChangeKind::Delete ? RowRole::Delete : static_cast<RowRole>(upsert));
      row[std::string(kPosition)] = changes_.size();
      changes_.push_back(std::move(row));
    }
    for (const CaseBatch& more : batch.more) take(more);
  }

  void edit(const std::vector<Json>& rows) {
    const bool is_snapshot = tested_.text("mode") == "snapshot";
    auto editor = KeyEditor::make(
        table_schema(),
        {.columns = {.keys = tested_.names("keys"), .sequence = tested_.names("sequence")},
         .history = {.keeps_versions = tested_.keeps_versions(),
                     .ignore_null_updates = tested_.flag("ignore_null_updates", false),
                     .tracked = tested_.names("track_history_columns"),
                     .untracked = tested_.names("track_history_except_columns")},
         .snapshot = is_snapshot ? std::optional<std::int64_t>(1) : std::nullopt,
         .sent = sent_});
    ASSERT_TRUE(editor) << editor.error().message;
    // Two rows a batch, so that keys go over the ends of batches.
    for (std::size_t first = 0; first < rows.size(); first += 2) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
      const Json two(std::vector<Json>(
          begin,
          begin + static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, rows.size() - first))));
      obey(editor->take(decode(two, *editor->input())));
    }
    obey(editor->finish());
  }

  void obey(const Result<Batch>& edits) {
    ASSERT_TRUE(edits) << edits.error().message;
    for (const Json& row : to_json(*edits)) {
      const auto what = static_cast<RowEdit>(row.at(std::string(kEdit)).get<int>());
      const bool is_event = what == RowEdit::Forget || what == RowEdit::Keep;
      Json made = plain(row);
      if (is_event) {
        made.erase(std::string(kStartAt));
        made.erase(std::string(kEndAt));
        made[std::string(kIsDelete)] = row.at(std::string(kIsDelete));
      }
      std::vector<Json>& table = is_event ? kept_ : rows_;
      if (what == RowEdit::Count) {
        add_counts(row.at(std::string(kCounts)));
      } else if (what == RowEdit::Add || what == RowEdit::Keep) {
        table.push_back(std::move(made));
      } else {
        EXPECT_GT(std::erase(table, made), 0U) << to_text(made);
      }
    }
  }

  void add_counts(const Json& counts) {
    counts_.num_committed += counts[0].get<std::uint64_t>();
    counts_.num_unchanged += counts[1].get<std::uint64_t>();
    counts_.num_deduplicated += counts[2].get<std::uint64_t>();
    counts_.num_deleted += counts[3].get<std::uint64_t>();
  }

  const TableCase& tested_;
  Schema source_;
  std::vector<Json> rows_;
  std::vector<Json> kept_;
  std::vector<std::vector<std::string>> sent_;
  std::vector<Json> changes_;
  Counts counts_;
};

class KeyEditorCases : public testing::TestWithParam<TableCase> {};

TEST_P(KeyEditorCases, GiveTheExpectedTables) {
  const TableCase& tested = GetParam();
  SCOPED_TRACE(tested.title());
  ListedTable table(tested);
  for (const CaseBatch& batch : tested.batches()) {
    table.apply(batch);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_THAT(table.rows(), UnorderedElementsAreArray(table.expected("expect")));
  if (tested.find("expect_aux") != nullptr) {
    EXPECT_THAT(table.kept(), UnorderedElementsAreArray(table.expected("expect_aux")));
  }
  const auto count = [&](std::string_view name) {
    const Document* value = tested.find("counts")->find(name);
    return value == nullptr ? 0U : static_cast<std::uint64_t>(value->as_integer().value());
  };
  EXPECT_EQ(table.counts().num_committed, count("committed"));
  EXPECT_EQ(table.counts().num_unchanged, count("unchanged"));
  EXPECT_EQ(table.counts().num_deduplicated, count("deduplicated"));
  EXPECT_EQ(table.counts().num_deleted, count("deleted"));
}

// Those whose numbers a JSON value holds.
std::vector<TableCase> keyed_cases() {
  std::vector<TableCase> cases =
      TableCase::load_all({"scd_type_1", "deletes", "snapshot", "scd_type_2", "ignore_nulls"});
  std::erase_if(cases, [](const TableCase& tested) { return tested.find("coercion") != nullptr; });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Files, KeyEditorCases, testing::ValuesIn(keyed_cases()),
                         [](const auto& tested) {
                           return format("{}_{}", tested.param.file(), tested.index);
                         });

}  // namespace
}  // namespace inlet::apply
