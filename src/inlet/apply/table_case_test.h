#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/base/document.h"
#include "inlet/base/json.h"
#include "inlet/decode/decoder.h"
#include "testkit/temporary_folder.h"

namespace inlet::apply {

/// One change of a batch.
struct CaseChange {
  Json row;
  ChangeKind kind = ChangeKind::Upsert;
};

/// What one commit of a case brings.
struct CaseBatch {
  std::vector<CaseChange> changes = {};
  std::vector<std::string> columns = {};  ///< that upserts have; empty: all
  std::vector<Field> added = {};          ///< columns that the table gets before
  std::vector<CaseBatch> more = {};       ///< of the same commit
};

/// One case of testkit/tables/*.yaml.
class TableCase {
 public:
  static std::vector<TableCase> load_all(const std::vector<std::string>& files);

  const std::string& file() const { return file_; }
  std::string title() const;  ///< where it stands, and its sentence
  const Document* find(std::string_view member) const { return document_.find(member); }
  std::string text(std::string_view member) const;  ///< empty when it is not there
  std::vector<std::string> names(std::string_view member) const;
  bool flag(std::string_view member, bool otherwise) const;

  bool has_history() const;
  bool keeps_versions() const { return text("mode") == "scd_type_2"; }
  bool is_order_free() const { return has_history() && flag("order_free", keeps_versions()); }
  Schema source_schema() const;
  /// Those of the source's columns that can be partition columns: an empty text would be null
  /// there.
  std::vector<std::string> columns_that_can_divide() const;
  CoercionPolicy coercion() const;
  std::vector<CaseBatch> batches() const;

 private:
  bool has_empty_text(const std::string& column) const;
  TableCase(std::string file, Document document)
      : file_(std::move(file)), document_(std::move(document)) {}

  std::string file_;
  Document document_;
};

/// JSON objects as rows; a failure of the test when one cannot be.
Batch decode_rows(const Json& rows, const Schema& schema, CoercionPolicy policy);

/// For GoogleTest's messages.
void PrintTo(const TableCase& tested, std::ostream* out);

/// Whether the changes of a commit are applied as they come, or put aside and then key by key.
enum class Way { AtOnce, InParts };

/// A table that a case is run on, in a folder of its own.
class CaseTable {
 public:
  explicit CaseTable(const TableCase& tested, const delta::TableSettings& settings = {},
                     Way way = Way::AtOnce);

  /// Commits one batch; an edit that changes nothing is none.
  Counts apply(const CaseBatch& batch);
  /// The last edit changed nothing.
  bool was_empty() const { return was_empty_; }

  /// As JSON, sorted.
  std::vector<std::string> rows() const;
  std::vector<std::string> auxiliary_rows() const;
  /// The rows that the case names, in the same form.
  std::vector<std::string> expected_rows(std::string_view member) const;
  std::size_t num_files() const { return table_->files().value().size(); }
  bool has_deletion_vectors() const { return table_->has_deletion_vectors(); }
  bool is_partitioned() const { return !table_->partition_columns().empty(); }

 private:
  std::unique_ptr<Applier> make_applier() const;
  std::unique_ptr<Applier> in_parts(std::unique_ptr<Applier> applier) const;
  void add(const CaseBatch& batch);
  void add(const std::vector<CaseChange>& changes, ChangeKind kind, const Schema& schema);
  void add_columns(const std::vector<Field>& added);
  std::string auxiliary_url() const { return table_->url() + "_aux"; }

  const TableCase& tested_;
  const Way way_;
  testkit::TemporaryFolder folder_;
  Schema source_;
  std::optional<delta::Snapshot> table_;
  std::unique_ptr<Applier> applier_;
  bool was_empty_ = false;
};

}  // namespace inlet::apply
