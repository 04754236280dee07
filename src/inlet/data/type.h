#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"

namespace inlet {

struct Field;

enum class TypeKind {
  Boolean,
  Int,      ///< 32 bit
  Long,     ///< 64 bit
  Float,    ///< 32 bit
  Double,   ///< 64 bit
  Decimal,  ///< precision 1..38, scale 0..precision; 128 bit in memory
  String,   ///< UTF-8, at most 2 GiB of text per column and batch
  Binary,
  Date,       ///< days since 1970-01-01
  Timestamp,  ///< microseconds since 1970-01-01T00:00:00Z
  Json,       ///< compact JSON text with the source's number spelling; a string column in the table
  Struct,     ///< fields: the members
  List,       ///< fields: exactly one, named "element"
  Map,        ///< fields: exactly two, "key" (never null) and "value"
};

/// A column's type: a value, compared by content. Nested types own their fields.
struct Type {
  TypeKind kind = TypeKind::String;
  int precision = 0;  ///< Decimal only
  int scale = 0;      ///< Decimal only
  std::vector<Field> fields;

  static Type decimal(int precision, int scale);
  static Type structure(std::vector<Field> fields);
  static Type list(Type element);
  static Type map(Type key, Type value);

  bool operator==(const Type&) const;
};

/// A named column or member. `comment` is one sentence for people; it does not take part in
/// comparisons.
struct Field {
  std::string name;
  Type type;
  bool is_nullable = true;
  std::string comment = {};

  bool operator==(const Field& other) const;
};

/// The columns of a table, in order. Names are unique without regard to case (Delta's rule).
struct Schema {
  std::vector<Field> fields;

  /// Position of a top-level column by exact name.
  std::optional<std::size_t> index_of(std::string_view name) const;
  /// The field at a dotted path (`user.login`); a name with a dot in it is matched whole first.
  const Field* find(std::string_view path) const;
  bool operator==(const Schema&) const = default;
};

/// A scalar type from its name in Spark SQL's spelling: boolean, int, bigint (long), float, double,
/// decimal(p,s), string, binary, date, timestamp, json. Fails with Config, suggesting the nearest
/// name.
Result<Type> parse_scalar_type(std::string_view text);

/// Spark's simple string for a type: `struct<login:string,id:bigint>`, `array<string>`,
/// `map<string,bigint>`.
std::string to_text(const Type& type);

/// Names unique, decimals in range, nested types well formed. Fails with Config, naming the path.
Status validate(const Schema& schema);

}  // namespace inlet
