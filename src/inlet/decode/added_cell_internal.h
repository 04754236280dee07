#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/decode/coercion.h"

namespace inlet::decode {

/// A member that the page puts into each of its records, for formats whose records are not JSON
/// themselves.
class AddedCell {
 public:
  /// Fails with Bug when `json` is not one JSON value.
  static Result<AddedCell> make(std::string_view name, std::string_view json);

  const std::string& name() const { return name_; }
  /// Compact JSON text.
  const std::string& json() const { return json_; }
  bool is_null() const { return json_ == "null"; }
  /// Appends the value to a column. False: refused, nothing was appended. Not for null.
  bool append_to(ColumnBuilder& column, Coercion& coercion) const;

 private:
  std::string name_;
  std::string json_;
  std::optional<Scalar::Kind> kind_;  // missing for objects and lists
  std::string text_;                  // as Scalar::text
};

}  // namespace inlet::decode
