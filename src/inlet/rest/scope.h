#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/connect/options.h"
#include "inlet/data/type.h"
#include "inlet/rest/expression_tree.h"

namespace inlet::rest {

/// The built-in names that an expression may use where it stands.
struct BuiltIns {
  bool has_cursor = false;    ///< cursor.from, cursor.to
  bool has_page = false;      ///< page.number, page.offset, page.size
  bool has_response = false;  ///< any member of the answer's body
  bool allows_secrets = false;
};

/// What names mean while a file is checked: options, parents, the record, the built-ins.
struct Scope {
  std::string whose;  ///< `table issues`, for messages
  std::vector<OptionSpec> connection = {};
  std::vector<OptionSpec> options = {};
  /// Name given by `for_each ... as NAME`, and the columns behind it (nullptr: a plain text).
  std::vector<std::pair<std::string, const Schema*>> parents = {};
  const Schema* record = nullptr;
  BuiltIns built_ins = {};

  struct Meaning {
    ValueType type = ValueType::Any;
    bool is_secret = false;
  };
  /// The type of a name with its steps, or the message for the author ("did you mean").
  std::expected<Meaning, std::string> resolve(const Reference& reference) const;
  const OptionSpec* find_option(std::string_view name) const;
};

/// A record's values by JSON pointer, as picked for the expressions that ask for them.
using PickedValues = std::vector<std::pair<std::string, Json>>;

/// What names hold while a table is read. The pointers are borrowed for one evaluation.
struct Environment {
  const Options* connection = nullptr;
  const Options* options = nullptr;
  std::vector<std::pair<std::string, PickedValues>> parents = {};
  const PickedValues* record = nullptr;
  Json cursor = Json::object();
  Json page = Json::object();
  const std::string* response = nullptr;
  Timestamp now = {};

  Result<Json> look_up(const Reference& reference) const;
};

}  // namespace inlet::rest
