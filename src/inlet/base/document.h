#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/base/json.h"

namespace inlet {

/// One node of a YAML or JSON file that a human wrote: it knows its place, so that every complaint
/// can name file, line and column. A value; copies are cheap enough for configuration.
class Document {
 public:
  enum class Kind { Null, Scalar, List, Map };

  /// Parses YAML (JSON is YAML). `name` is what errors call the file. Fails with Config on bad
  /// syntax, on a member given twice, and on an empty text.
  static Result<Document> parse(std::string_view text, std::string name);
  static Result<Document> load(const std::filesystem::path& file);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::Null; }
  bool is_scalar() const { return kind_ == Kind::Scalar; }
  bool is_list() const { return kind_ == Kind::List; }
  bool is_map() const { return kind_ == Kind::Map; }

  /// The scalar as written; empty for the other kinds.
  const std::string& text() const { return text_; }
  /// True for a scalar written in quotes: then `"5"` is text and not a number.
  bool is_quoted() const { return is_quoted_; }
  /// List items in order; empty for the other kinds.
  const std::vector<Document>& items() const { return items_; }
  /// Map members in the order of the file; empty for the other kinds.
  const std::vector<std::pair<std::string, Document>>& members() const { return members_; }
  /// The member, or nullptr. Valid while this Document lives.
  const Document* find(std::string_view key) const;

  /// "file:line:column", counted from 1.
  std::string where() const;
  /// A Config error at this place: "file:line:column: message".
  Error error(std::string_view message) const;
  /// The place of the key that names this node (the node itself for list items and the root).
  Error key_error(std::string_view message) const;

  /// Typed scalars. Each fails with Config at this place, naming what was expected.
  Result<std::string> as_text() const;
  Result<bool> as_bool() const;
  Result<long long> as_integer() const;
  /// Fails when a member of this map is not in `known`, with "did you mean".
  Status expect_members(const std::vector<std::string_view>& known) const;

  /// The same content as JSON: unquoted scalars become null, booleans and numbers as YAML 1.2's
  /// core schema.
  Json to_json() const;

 private:
  friend class DocumentReader;
  struct Place {
    int line = 1;
    int column = 1;
  };
  Error error_at(Place place, std::string_view message) const;

  Kind kind_ = Kind::Null;
  bool is_quoted_ = false;
  std::string text_;
  std::vector<Document> items_;
  std::vector<std::pair<std::string, Document>> members_;
  std::shared_ptr<const std::string> file_;
  Place place_;
  Place key_place_;
};

}  // namespace inlet
