#include "inlet/apply/table_case_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "inlet/apply/partitioned.h"
#include "inlet/data/batch_json.h"
#include "inlet/data/row_key.h"
#include "testkit/row_text.h"

namespace inlet::apply {
namespace {

Field field_of(const std::string& name, std::string type) {
  const bool is_required = type.ends_with('!');
  if (is_required) type.pop_back();
  return {name, testkit::parse_type(type).value(), !is_required};
}

std::vector<std::string> rows_of(const Batch& batch) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < batch.num_rows(); ++row) rows.push_back(row_to_json(batch, row));
  std::ranges::sort(rows);
  return rows;
}

std::vector<std::string> rows_of(const delta::Snapshot& table) {
  std::vector<std::string> rows;
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) {
    const Status read = table.read(file, {}, [&](Batch batch, std::span<const std::uint64_t>) {
      const std::vector<std::string> more = rows_of(batch);
      rows.insert(rows.end(), more.begin(), more.end());
      return Status{};
    });
    EXPECT_TRUE(read.has_value()) << read.error().message;
  }
  std::ranges::sort(rows);
  return rows;
}

// The columns at the top that hold these paths.
Schema part_of(const Schema& schema, const std::vector<std::string>& paths) {
  Schema part;
  for (const Field& field : schema.fields) {
    const std::vector<std::string> wanted = columns_of(schema, paths);
    if (std::ranges::find(wanted, field.name) != wanted.end()) part.fields.push_back(field);
  }
  return part;
}

std::vector<std::string> joined(std::vector<std::string> names,
                                const std::vector<std::string>& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

CaseBatch batch_of(const Document& document) {
  CaseBatch batch;
  const auto take = [&batch](const Document* rows, ChangeKind kind) {
    if (rows == nullptr) return;
    for (const Document& row : rows->items()) batch.changes.push_back({row.to_json(), kind});
  };
  if (document.is_list()) {
    take(&document, ChangeKind::Upsert);
    return batch;
  }
  take(document.find("upserts"), ChangeKind::Upsert);
  take(document.find("deletes"), ChangeKind::Delete);
  if (const Document* columns = document.find("columns")) {
    for (const Document& name : columns->items()) batch.columns.push_back(name.text());
  }
  if (const Document* added = document.find("add_columns")) {
    for (const auto& [name, type] : added->members()) {
      batch.added.push_back(field_of(name, type.text()));
    }
  }
  if (const Document* more = document.find("more")) {
    for (const Document& next : more->items()) batch.more.push_back(batch_of(next));
  }
  return batch;
}

}  // namespace

Batch decode_rows(const Json& rows, const Schema& schema, CoercionPolicy policy) {
  auto decoder = decode::make_decoder(schema, {.policy = policy, .has_rescued_column = false});
  const Page page{.body = to_text(rows)};
  auto decoded = decoder.value()->decode(page).value();
  EXPECT_EQ(decoded.bad.size(), 0U) << (decoded.bad.empty() ? "" : decoded.bad.front().reason);
  return std::move(decoded.batch);
}

std::vector<TableCase> TableCase::load_all(const std::vector<std::string>& files) {
  std::vector<TableCase> cases;
  const auto folder = std::filesystem::path(INLET_SOURCE_DIR) / "testkit/tables";
  for (const std::string& file : files) {
    const Document documents = Document::load(folder / (file + ".yaml")).value();
    for (const Document& document : documents.items()) cases.push_back({file, document});
  }
  return cases;
}

std::string TableCase::title() const {
  return document_.where() + ": " + text("name");
}

std::string TableCase::text(std::string_view member) const {
  const Document* found = find(member);
  return found == nullptr ? "" : found->text();
}

std::vector<std::string> TableCase::names(std::string_view member) const {
  std::vector<std::string> names;
  const Document* list = find(member);
  if (list == nullptr) return names;
  for (const Document& name : list->items()) names.push_back(name.text());
  return names;
}

bool TableCase::flag(std::string_view member, bool otherwise) const {
  const Document* found = find(member);
  return found == nullptr ? otherwise : found->as_bool().value();
}

bool TableCase::has_history() const {
  return keeps_versions() || flag("ignore_null_updates", false);
}

Schema TableCase::source_schema() const {
  Schema schema;
  for (const auto& [name, type] : find("columns")->members()) {
    schema.fields.push_back(field_of(name, type.text()));
  }
  return schema;
}

std::vector<std::string> TableCase::columns_that_can_divide() const {
  const auto cannot = {TypeKind::Struct, TypeKind::List, TypeKind::Map, TypeKind::Json,
                       TypeKind::Binary};
  std::vector<std::string> names;
  const Schema schema = source_schema();
  for (const Field& field : schema.fields) {
    const bool is_possible = std::ranges::find(cannot, field.type.kind) == cannot.end();
    if (is_possible && !has_empty_text(field.name)) names.push_back(field.name);
  }
  return names;
}

bool TableCase::has_empty_text(const std::string& column) const {
  const std::vector<CaseBatch> all = batches();
  return std::ranges::any_of(all, [&](const CaseBatch& batch) {
    return std::ranges::any_of(batch.changes, [&](const CaseChange& change) {
      const auto value = change.row.find(column);
      return value != change.row.end() && *value == "";
    });
  });
}

CoercionPolicy TableCase::coercion() const {
  const std::string name = text("coercion");
  return name.empty() ? CoercionPolicy::Strict : parse_coercion_policy(name).value();
}

std::vector<CaseBatch> TableCase::batches() const {
  std::vector<CaseBatch> batches;
  for (const Document& batch : find("batches")->items()) batches.push_back(batch_of(batch));
  return batches;
}

void PrintTo(const TableCase& tested, std::ostream* out) {
  *out << tested.text("name");
}

CaseTable::CaseTable(const TableCase& tested, const delta::TableSettings& settings, Way way)
    : tested_(tested), way_(way), source_(tested.source_schema()) {
  Schema schema = source_;
  if (tested.keeps_versions()) {
    const Type interval = interval_type(source_, tested.names("sequence"));
    schema.fields.push_back({std::string(kStartAt), interval, false});
    schema.fields.push_back({std::string(kEndAt), interval, true});
  }
  auto created = delta::Snapshot::open_or_create(delta::make_engine({}, 1),
                                                 (folder_ / "t").string(), schema, settings);
  EXPECT_TRUE(created.has_value()) << created.error().message;
  table_ = *std::move(created);
  applier_ = make_applier();
}

std::unique_ptr<Applier> CaseTable::make_applier() const {
  const std::string mode = tested_.text("mode");
  const std::vector<std::string> keys = tested_.names("keys");
  if (mode == "append") return make_append(*table_);
  if (mode == "append_by_key") return make_first_only(index::make_probe(keys, {}), keys);
  if (mode == "snapshot") return make_snapshot(*table_, {}, keys);
  const KeyedColumns columns{.keys = keys, .sequence = tested_.names("sequence")};
  AuxiliaryTable auxiliary(*table_, source_, joined(keys, columns.sequence));
  if (!tested_.has_history())
    return in_parts(make_upsert(index::make_probe(columns.keys, columns.sequence), columns,
                                std::move(auxiliary)));
  const HistoryOptions options{.keeps_versions = tested_.keeps_versions(),
                               .ignore_null_updates = tested_.flag("ignore_null_updates", false),
                               .tracked = tested_.names("track_history_columns"),
                               .untracked = tested_.names("track_history_except_columns")};
  return in_parts(make_history(index::make_probe(columns.keys, columns.sequence), columns, options,
                               std::move(auxiliary)));
}

// Every batch is put aside, and every part is a group of its own.
std::unique_ptr<Applier> CaseTable::in_parts(std::unique_ptr<Applier> applier) const {
  if (way_ == Way::AtOnce) return applier;
  const KeyedColumns columns{.keys = tested_.names("keys"), .sequence = tested_.names("sequence")};
  return make_partitioned(std::move(applier), columns, *table_,
                          {.max_held_bytes = 1, .put_aside = PutAside::Always});
}

void CaseTable::add(const std::vector<CaseChange>& changes, ChangeKind kind, const Schema& schema) {
  Json rows = Json::array();
  for (const CaseChange& change : changes) {
    if (change.kind == kind) rows.push_back(change.row);
  }
  if (rows.empty()) return;
  const Status added = applier_->add(decode_rows(rows, schema, tested_.coercion()), kind);
  EXPECT_TRUE(added.has_value()) << added.error().message;
}

// A new source column makes a new applier, as a new run would.
void CaseTable::add_columns(const std::vector<Field>& added) {
  delta::Edit edit;
  for (const Field& field : added) edit.add_columns.push_back({.field = field});
  auto committed = delta::commit(*table_, edit);
  EXPECT_TRUE(committed.has_value()) << committed.error().message;
  table_ = *std::move(committed);
  source_.fields.insert(source_.fields.end(), added.begin(), added.end());
  applier_ = make_applier();
}

void CaseTable::add(const CaseBatch& batch) {
  add(batch.changes, ChangeKind::Upsert,
      batch.columns.empty() ? source_ : part_of(source_, batch.columns));
  add(batch.changes, ChangeKind::Delete,
      part_of(source_, joined(tested_.names("keys"), tested_.names("sequence"))));
  for (const CaseBatch& next : batch.more) add(next);
}

Counts CaseTable::apply(const CaseBatch& batch) {
  if (!batch.added.empty()) add_columns(batch.added);
  add(batch);
  auto prepared = applier_->prepare(*table_);
  EXPECT_TRUE(prepared.has_value()) << prepared.error().message;
  was_empty_ = prepared->edit.add.empty() && prepared->edit.delete_rows.empty();
  if (!was_empty_) {
    auto committed = delta::commit(*table_, prepared->edit);
    EXPECT_TRUE(committed.has_value()) << committed.error().message;
    table_ = *std::move(committed);
  }
  applier_->clear(*table_);
  return prepared->counts;
}

std::vector<std::string> CaseTable::rows() const {
  return rows_of(*table_);
}

std::vector<std::string> CaseTable::auxiliary_rows() const {
  const auto auxiliary = delta::Snapshot::open(table_->engine(), auxiliary_url());
  return auxiliary ? rows_of(*auxiliary) : std::vector<std::string>();
}

std::vector<std::string> CaseTable::expected_rows(std::string_view member) const {
  const Json rows = tested_.find(member)->to_json();
  if (rows.empty()) return {};
  Schema schema = table_->schema();
  if (member == "expect_aux") {
    schema = delta::Snapshot::open(table_->engine(), auxiliary_url()).value().schema();
  }
  return rows_of(decode_rows(rows, schema, tested_.coercion()));
}

}  // namespace inlet::apply
