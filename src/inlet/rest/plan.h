#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlet/connect/connector_spec.h"
#include "inlet/net/retry.h"
#include "inlet/rest/body_template.h"
#include "inlet/rest/cursor_value.h"
#include "inlet/rest/template.h"

namespace inlet::rest {

/// name: value, in the order of the file.
using Assignments = std::vector<std::pair<std::string, Template>>;

/// One way to prove who asks.
struct AuthPlan {
  enum class Kind { Bearer, Basic, Header, Query } kind = Kind::Bearer;
  std::string name;    ///< of the header or parameter
  std::string prefix;  ///< Header only
  std::optional<Template> user;
  std::optional<Template> value;
};

/// What an answer with this status (and text in its body) means.
struct AnswerRule {
  enum class Then { NoRows, Wait, Retry, Fail } then = Then::Fail;
  int status = 0;
  std::string contains;
  std::string say;
};

/// How to get from page to page.
struct PaginatePlan {
  enum class Kind { None, Link, Page, Offset, Token, After, Url } kind = Kind::None;
  enum class Until { Empty, Short } until = Until::Empty;
  enum class Place { Query, Body } place = Place::Query;
  std::string name;   ///< the parameter; the relation of Link
  std::string field;  ///< After: pointer into the record
  long long start = 0;
  std::optional<Template> value;  ///< Token, Url
  std::optional<Template> more;
  std::string size_param;
  long long default_size = 0;
  long long max_size = 0;  ///< 0: unknown
};

struct CursorPlan {
  enum class Order { Ascending, Descending, Unsorted } order = Order::Unsorted;
  std::string pointer;  ///< into the record
  CursorValue::Kind kind = CursorValue::Kind::Time;
  CursorFormat format = CursorFormat::Rfc3339;
  std::chrono::milliseconds lookback{0};
  std::chrono::milliseconds margin{0};
  long long anchor_every = 0;
  bool has_lower_bound = false;  ///< a request asks for `cursor.from`
  bool has_upper_bound = false;  ///< a request asks for `cursor.to`
};

/// `for_each: TABLE as ALIAS`.
struct ParentPlan {
  std::string alias;
  std::string table;  ///< empty: `option` is a list of texts
  std::string option;
  std::optional<Template> where;
  std::vector<std::string> pointers;  ///< what expressions ask of its records
};

/// One table, ready to be read.
struct TablePlan {
  const TableSpec* spec = nullptr;  ///< of the ApiPlan that owns this
  std::string method = "GET";
  std::optional<Template> path;
  Assignments params;
  Assignments headers;
  std::optional<BodyTemplate> body;
  std::string records;
  std::optional<Template> filter;
  std::vector<std::string> record_pointers;  ///< what `filter` asks of records
  Assignments add;
  PaginatePlan paginate;
  std::optional<CursorPlan> cursor;
  std::optional<ParentPlan> parent;
  std::vector<AnswerRule> errors;   ///< its own first, then those of http
  std::vector<OptionSpec> options;  ///< those it uses, its own, and the engine's

  /// Every template whose values come from outside of the records.
  std::vector<const Template*> templates() const;
};

/// A connector.yaml, checked and compiled. Immutable after load(); neither copied nor moved, since
/// the tables point into `spec`.
struct ApiPlan {
  ConnectorSpec spec;
  std::optional<Template> url;
  std::vector<AuthPlan> auth;
  Assignments headers;
  Assignments params;
  net::RetryPolicy retry;
  std::optional<Template> check;
  std::vector<AnswerRule> errors;
  std::vector<TablePlan> tables;

  ApiPlan() = default;
  ApiPlan(const ApiPlan&) = delete;
  ApiPlan& operator=(const ApiPlan&) = delete;

  /// Every error is Config, `file:line:column: message`.
  static Result<std::unique_ptr<ApiPlan>> load(std::string_view text, std::string_view file);
  /// True for a table that is read for each changed record of its outermost parent, whose cursor
  /// its offset then holds.
  bool follows_parent(const TablePlan& table) const;
  /// Fails with NotFound, with "did you mean". Valid while this lives.
  Result<const TablePlan*> find_table(std::string_view table) const;
};

}  // namespace inlet::rest
