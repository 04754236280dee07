#include <algorithm>
#include <span>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/rest/http_loader_internal.h"
#include "inlet/rest/table_loader_internal.h"

namespace inlet::rest {
namespace {

constexpr std::size_t kMaxAncestors = 8;

// `user.login` is the record's /user/login; a column with a dot in its name is taken whole.
std::string pointer_of(const Schema& schema, std::string path) {
  if (!schema.index_of(path)) std::replace(path.begin(), path.end(), '.', '/');
  return "/" + path;
}

struct ForEach {
  std::string source;
  std::string alias;
};
Result<ForEach> parse_for_each(const Document& node) {
  const std::string& text = node.text();
  const auto as = text.find(" as ");
  const std::string_view rest =
      as == std::string::npos ? "" : std::string_view(text).substr(as + 4);
  const bool is_name = !rest.empty() && rest.find_first_of(" .$") == std::string_view::npos;
  if (!is_name)
    return std::unexpected(node.error("expected \"TABLE as NAME\", as in: issues as issue"));
  return ForEach{text.substr(0, as), std::string(rest)};
}

const Document* for_each_of(const TableSpec& table) {
  return table.node.find("for_each");
}

// Puts the parents of `table` into `scope`, the farthest first.
Status add_parents(const ApiPlan& api, const TableSpec& table, Scope& scope, std::size_t depth) {
  const Document* node = for_each_of(table);
  if (node == nullptr) return {};
  if (depth > kMaxAncestors) return std::unexpected(node->error("for_each goes round in a circle"));
  const ForEach for_each = TRY(parse_for_each(*node));
  if (for_each.source.starts_with("options.")) {
    scope.parents.emplace_back(for_each.alias, nullptr);
    return {};
  }
  const auto parent = api.spec.find_table(for_each.source);
  if (!parent) return std::unexpected(node->error(parent.error().message));
  TRY(add_parents(api, **parent, scope, depth + 1));
  scope.parents.emplace_back(for_each.alias, &(*parent)->schema);
  return {};
}

Result<std::optional<ParentPlan>> load_parent(const TableSpec& table, const Scope& scope) {
  const Document* node = for_each_of(table);
  const Document* where = table.node.find("where");
  if (node == nullptr) {
    if (where != nullptr) return std::unexpected(where->key_error("\"where\" needs \"for_each\""));
    return std::nullopt;
  }
  const ForEach for_each = TRY(parse_for_each(*node));
  ParentPlan parent{.alias = for_each.alias, .table = for_each.source};
  parent.where = TRY(load_template(where, scope));
  if (!for_each.source.starts_with("options.")) return parent;
  parent.option = std::exchange(parent.table, "").substr(std::string_view("options.").size());
  const OptionSpec* option = scope.find_option(parent.option);
  if (option == nullptr || option->type != OptionType::TextList) {
    return std::unexpected(node->error(format("{} is no option of type list", parent.option)));
  }
  return parent;
}

Result<std::chrono::milliseconds> read_duration(const Document* node) {
  if (node == nullptr) return std::chrono::milliseconds(0);
  const auto duration = parse_duration(node->text());
  if (!duration) return std::unexpected(node->error(duration.error().message));
  return *duration;
}

Status read_cursor_members(const Document& node, CursorPlan& cursor) {
  const std::string order = text_of_node(node.find("order"));
  if (order == "ascending") cursor.order = CursorPlan::Order::Ascending;
  if (order == "descending") cursor.order = CursorPlan::Order::Descending;
  cursor.lookback = TRY(read_duration(node.find("lookback")));
  cursor.margin = TRY(read_duration(node.find("margin")));
  if (const Document* time_format = node.find("format")) {
    cursor.format = *parse_cursor_format(time_format->text());  // the shape was checked
  }
  cursor.anchor_every = cursor.order == CursorPlan::Order::Ascending ? 1 : 0;
  if (const Document* every = node.find("anchor_every")) {
    cursor.anchor_every = TRY(every->as_integer());
  }
  return {};
}

bool uses(const TablePlan& plan, std::string_view root, std::string_view member) {
  for (const Template* used : plan.templates()) {
    for (const Reference* reference : used->references()) {
      const auto* step =
          reference->steps.empty() ? nullptr : std::get_if<std::string>(&reference->steps[0]);
      if (reference->root == root && step != nullptr && *step == member) return true;
    }
  }
  return false;
}

Result<std::optional<CursorPlan>> load_cursor(const TableSpec& table, const TablePlan& plan) {
  const Document* node = table.node.find("cursor");
  if (node == nullptr || table.metadata.ingestion_type == IngestionType::Snapshot) {
    return std::nullopt;
  }
  CursorPlan cursor;
  if (node->is_map()) TRY(read_cursor_members(*node, cursor));
  const std::string& path = *table.metadata.cursor_field;
  const Field* column = table.schema.find(path);
  if (column == nullptr) return std::unexpected(node->error("the cursor's column is not declared"));
  const auto kind = CursorValue::kind_of(column->type);
  if (!kind) return std::unexpected(node->error(kind.error().message));
  cursor.kind = *kind;
  cursor.pointer = pointer_of(table.schema, path);
  cursor.has_lower_bound = uses(plan, "cursor", "from");
  cursor.has_upper_bound = uses(plan, "cursor", "to");
  if (!cursor.has_lower_bound) cursor.anchor_every = 0;
  return cursor;
}

Status check_add(const TableSpec& table) {
  const Document* add = table.node.find("add");
  if (add == nullptr) return {};
  std::vector<std::string_view> known;
  for (const Field& field : table.schema.fields) known.push_back(field.name);
  for (const auto& [name, value] : add->members()) {
    if (table.schema.index_of(name)) continue;
    return std::unexpected(
        value.key_error(format("\"{}\" is added, but it is no column{}", name,
                               did_you_mean(name, std::span<const std::string_view>(known)))));
  }
  return {};
}

Status load_request(const TableSpec& table, const Scope& scope, TablePlan& plan) {
  const Document* get = table.node.find("get");
  const Document* post = table.node.find("post");
  if ((get == nullptr) == (post == nullptr)) {
    return std::unexpected(
        table.node.key_error(format("table {} needs \"get\" or \"post\"", table.name)));
  }
  if (post != nullptr) plan.method = "POST";
  plan.path = TRY(Template::compile(get != nullptr ? *get : *post, scope));
  plan.params = TRY(load_assignments(table.node.find("params"), scope));
  plan.headers = TRY(load_assignments(table.node.find("headers"), scope));
  if (const Document* body = table.node.find("body")) {
    if (get != nullptr) return std::unexpected(body->key_error("a GET request has no body"));
    plan.body = TRY(BodyTemplate::compile(*body, scope));
  }
  return {};
}

Status load_records(const TableSpec& table, const Scope& scope, TablePlan& plan) {
  plan.records = text_of_node(table.node.find("records"));
  Scope with_record = scope;
  with_record.record = &table.schema;
  plan.filter = TRY(load_template(table.node.find("filter"), with_record));
  if (!plan.filter) return {};
  const ValueType type = plan.filter->type();
  if (type != ValueType::Boolean && type != ValueType::Any) {
    return std::unexpected(table.node.find("filter")->error("\"filter\" needs a boolean"));
  }
  for (const Reference* reference : plan.filter->references()) {
    if (reference->root == "record") plan.record_pointers.push_back(to_pointer(*reference));
  }
  return {};
}

// A snapshot that finds nothing because it looked in the wrong place would empty its table.
Status check_missing(const TableSpec& table, const TablePlan& plan) {
  if (table.metadata.ingestion_type != IngestionType::Snapshot || plan.parent) return {};
  for (const AnswerRule& rule : plan.errors) {
    if (rule.status != 404 || rule.then != AnswerRule::Then::NoRows) continue;
    return std::unexpected(table.node.key_error(
        format("table {} is a snapshot: 404 cannot mean that it has no rows", table.name)));
  }
  return {};
}

// An append table has to know what it has delivered already.
Status check_progress(const TableSpec& table) {
  const bool is_append = table.metadata.ingestion_type == IngestionType::Append;
  if (!is_append || table.metadata.cursor_field || !table.metadata.primary_keys.empty()) return {};
  return std::unexpected(table.node.key_error(
      format("table {} appends without a cursor: it needs keys, to know what it has", table.name)));
}

}  // namespace

Result<TablePlan> load_table(const ApiPlan& api, const TableSpec& table) {
  TablePlan plan;
  plan.spec = &table;
  if (table.schema.fields.empty()) {
    return std::unexpected(table.node.key_error(format("table {} has no columns", table.name)));
  }
  Scope scope{
      .whose = "table " + table.name, .connection = api.spec.connection, .options = table.options};
  TRY(add_parents(api, table, scope, 0));
  plan.parent = TRY(load_parent(table, scope));
  plan.add = TRY(load_assignments(table.node.find("add"), scope));
  TRY(check_add(table));
  scope.built_ins.has_cursor = table.metadata.cursor_field.has_value();
  scope.built_ins.has_page = true;
  TRY(load_request(table, scope, plan));
  TRY(load_records(table, scope, plan));
  const Document* paginate = table.node.find("paginate");
  const Document* common = api.spec.document.find("http")->find("paginate");
  if (paginate == nullptr) paginate = common;
  if (paginate != nullptr) plan.paginate = TRY(load_paginate(*paginate, scope));
  plan.cursor = TRY(load_cursor(table, plan));
  plan.errors = load_rules(table.node.find("errors"));
  plan.errors.insert(plan.errors.end(), api.errors.begin(), api.errors.end());
  TRY(check_progress(table));
  TRY(check_missing(table, plan));
  return plan;
}

}  // namespace inlet::rest
