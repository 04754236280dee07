#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/column_builder.h"
#include "inlet/decode/coercion.h"
#include "inlet/decode/plan_internal.h"
#include "inlet/decode/python_value_internal.h"
#include "inlet/decode/rescued_data_internal.h"

namespace inlet::decode {

/// A member that the page puts into each of its records.
struct AddedMember {
  std::string name;
  std::optional<std::size_t> column;  ///< missing when the schema has none of that name
  std::string json;                   ///< compact
};

struct RecordReaderOptions {
  int max_depth = 128;
  bool keeps_rescued = true;
};

/// Reads one record of any shape into columns, with simdjson: the reader that knows every rule,
/// where FastRecord knows the common case. Plan and coercion outlive it.
class RecordReader {
 public:
  RecordReader(PlanNode& plan, Coercion& coercion, RecordReaderOptions options);

  /// Appends one row. On failure (BadRecord, the reason for people) columns are left uneven: the
  /// caller truncates.
  Status read(std::string_view record, std::span<ColumnBuilder> columns,
              std::span<const AddedMember> added);

  /// What the last record held beyond its row.
  const RescuedData& rescued() const { return rescued_; }
  /// Members given twice, in all records so far that became rows.
  std::uint64_t num_repeated_members() const { return num_repeated_members_; }

 private:
  using ErrorCode = simdjson::error_code;
  using Value = simdjson::ondemand::value;
  using Object = simdjson::ondemand::object;
  using Array = simdjson::ondemand::array;
  struct Fault {
    std::string path;
    std::string reason;
  };

  ErrorCode read_root(std::span<ColumnBuilder> columns, std::span<const AddedMember> added);
  ErrorCode read_added(const AddedMember& member, std::span<ColumnBuilder> columns);
  ErrorCode read_members(Object object, PlanNode& node, std::span<ColumnBuilder> columns,
                         int depth);
  ErrorCode read_member(Value value, PlanNode& node, ColumnBuilder& column, std::size_t row,
                        int depth);
  ErrorCode read_unknown(Value value, int depth);
  ErrorCode read_value(Value value, PlanNode& node, ColumnBuilder& column, int depth);
  ErrorCode read_scalar(Value value, PlanNode& node, ColumnBuilder& column);
  ErrorCode read_container(Value value, PlanNode& node, ColumnBuilder& column, int depth);
  ErrorCode read_struct(Object object, PlanNode& node, ColumnBuilder& column, int depth);
  ErrorCode read_list(Array array, PlanNode& node, ColumnBuilder& column, int depth);
  ErrorCode read_map(Object object, PlanNode& node, ColumnBuilder& column, int depth);
  ErrorCode read_entry(Value value, std::string_view key, PlanNode& node, ColumnBuilder& column,
                       int depth);
  ErrorCode read_text(Value value, ColumnBuilder& column, int depth);
  ErrorCode refuse(Value value, ColumnBuilder& column, int depth);
  void finish_members(const PlanNode& node, std::span<ColumnBuilder> columns, std::size_t row);
  void check_present(const PlanNode& node, const ColumnBuilder& column, std::size_t row,
                     bool was_missing);
  void forget(std::string_view path);
  bool is_lakeflow() const { return coercion_.policy() == CoercionPolicy::Lakeflow; }

  PlanNode& plan_;
  Coercion& coercion_;
  RecordReaderOptions options_;
  simdjson::ondemand::parser parser_;
  std::string padded_;
  std::span<const AddedMember> added_;
  std::string path_;
  RescuedData rescued_;
  std::vector<Fault> faults_;
  std::uint64_t num_repeated_members_ = 0;
  std::uint64_t num_repeated_here_ = 0;  // in the record that is being read
};

}  // namespace inlet::decode
