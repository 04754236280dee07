#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/data/column_builder.h"
#include "inlet/decode/added_cell_internal.h"
#include "inlet/decode/coercion.h"
#include "inlet/decode/plan_internal.h"
#include "inlet/decode/rescued_data_internal.h"
#include "inlet/decode/text_scan_internal.h"

namespace inlet::decode {

/// Reads records that look as the schema says, straight from their bytes: members in the order of
/// the record before, values of their column's kind. Whatever else it meets it leaves to
/// RecordReader, which gives the same rows for the records that both can read. Plan, columns and
/// coercion outlive it.
class FastRecord {
 public:
  FastRecord(const PlanNode& plan, std::span<ColumnBuilder> columns, Coercion& coercion,
             int max_depth);

  /// False when the schema or the policy has nothing that can be read this way.
  bool is_usable() const { return is_usable_; }

  struct Place {
    const char* begin;
    const char* end;      ///< of the page
    bool ends_with_line;  ///< line feeds are not white space: NDJSON
    std::size_t row;      ///< that the record becomes
  };
  /// Appends the record at `place.begin` (valid UTF-8) as one row. Returns the place past it;
  /// nullptr when it is not such a record: the columns are uneven then, and the caller truncates
  /// them.
  const char* read(Place place, std::span<const AddedCell> added,
                   std::span<ColumnBuilder* const> added_columns);

  /// Members of the last record that the schema does not have.
  const RescuedData& rescued() const { return rescued_; }

 private:
  struct Node {
    Node(const PlanNode& plan, ColumnBuilder* column_builder, std::string node_path);
    void add_children(const PlanNode& plan, std::span<ColumnBuilder> columns);

    std::string text;  ///< `"name":`
    TextPattern pattern = {};
    std::string path;  ///< dotted; "." for the record, empty inside of lists
    int depth = 1;     ///< the level that a list or object here has
    TypeKind kind;
    bool is_required;
    ColumnBuilder* column;  ///< none for the record itself
    std::vector<Node> children = {};
    /// What came behind each member when it was there last; at 0, the first one, then by number
    /// + 1.
    std::vector<std::uint32_t> next = {};
  };

  static void bind(Node& node);
  const char* read_members(const char* at, Node& node);
  const char* read_unknown(const char* at, const Node& node);
  /// `previous`: number + 1 of the member before, or 0.
  Node* find_member(const char* at, Node& node, std::size_t previous);
  bool fill_missing(Node& node, std::size_t row);
  const char* read_value(const char* at, Node& node);
  const char* read_list(const char* at, Node& node);
  const char* read_integer(const char* at, Node& node);
  const char* read_boolean(const char* at, Node& node);
  const char* read_null(const char* at, Node& node);
  const char* read_text(const char* at, Node& node);
  const char* read_escaped(const char* begin, const char* escape, Node& node);
  const char* read_timestamp(const char* at, Node& node);
  const char* read_plain_string(const char* at, Node& node);
  const char* read_number(const char* at, Node& node);
  const char* read_json(const char* at, Node& node);
  const char* skip_space(const char* at) const;
  /// Where the line ends, or the page: no search for a bracket or a quote goes further.
  const char* text_end(const char* at) const;
  std::size_t left(const char* at) const { return static_cast<std::size_t>(end_ - at); }

  bool is_usable_ = true;
  Node root_;
  Coercion& coercion_;
  int max_depth_;
  RescuedData rescued_;
  std::string json_;
  const char* end_ = nullptr;
  std::size_t row_ = 0;
  std::size_t num_filled_ = 0;  // columns that have their value before the members are read
  bool ends_with_line_ = false;
};

}  // namespace inlet::decode
