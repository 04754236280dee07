#pragma once

#include <cstdint>
#include <string_view>

#include "inlet/data/coerce.h"
#include "inlet/data/column_builder.h"

namespace inlet::decode {

/// A scalar as the source sent it, null apart. `text`: the JSON spelling of a number, the unescaped
/// UTF-8 of a string, empty for booleans. Borrowed.
struct Scalar {
  enum class Kind { True, False, Number, String };
  Kind kind = Kind::String;
  std::string_view text = {};
};

/// Turns scalars into column values under one policy; docs/coercion.md is its table. Shared by
/// every format.
class Coercion {
 public:
  Coercion(CoercionPolicy policy, Spellings spellings);

  CoercionPolicy policy() const { return policy_; }
  const Spellings& spellings() const { return spellings_; }
  /// What the texts of the next page are for binary columns; Utf8: what this was made with.
  void set_page_binary(BinarySpelling spelling);

  /// Appends one value to a column of scalar type. False: the policy refuses it, and nothing was
  /// appended. A number's `text` must be of JSON's grammar. A Json column gets the value as JSON
  /// text.
  bool append(ColumnBuilder& column, Scalar value);

  /// For formats whose values have no kind of their own (CSV): `text` is read as what the column
  /// asks for, so that `42` is an integer under every policy. A Json column takes JSON text only.
  bool append_text(ColumnBuilder& column, std::string_view text);

  /// Timestamps appended so far with more than six fraction digits; the rest was cut.
  std::uint64_t num_truncated_times() const { return num_truncated_times_; }
  void set_num_truncated_times(std::uint64_t number) { num_truncated_times_ = number; }

 private:
  bool append_as_python(ColumnBuilder& column, Scalar value);
  static bool append_in_range(ColumnBuilder& column, std::int64_t integer);
  bool append_integer(ColumnBuilder& column, Scalar value) const;
  bool append_floating(ColumnBuilder& column, Scalar value) const;
  bool append_decimal(ColumnBuilder& column, Scalar value) const;
  bool append_boolean(ColumnBuilder& column, Scalar value) const;
  bool append_string(ColumnBuilder& column, Scalar value) const;
  bool append_json(ColumnBuilder& column, Scalar value) const;
  bool append_binary(ColumnBuilder& column, Scalar value) const;
  bool append_date(ColumnBuilder& column, Scalar value) const;
  bool append_timestamp(ColumnBuilder& column, Scalar value);

  CoercionPolicy policy_;
  Spellings spellings_;
  BinarySpelling declared_binary_;
  std::uint64_t num_truncated_times_ = 0;
};

}  // namespace inlet::decode
