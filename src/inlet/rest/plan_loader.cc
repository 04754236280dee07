#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/rest/http_loader_internal.h"
#include "inlet/rest/language.h"
#include "inlet/rest/plan.h"
#include "inlet/rest/table_loader_internal.h"

namespace inlet::rest {
namespace {

// The templates in which the aliases of `table`'s parent can stand: its own, and those of tables
// that are read for each record of it.
void collect_users(const ApiPlan& api, const TablePlan& table,
                   std::vector<const Template*>& templates) {
  for (const Template* used : table.templates()) templates.push_back(used);
  for (const TablePlan& child : api.tables) {
    if (child.parent && child.parent->table == table.spec->name)
      collect_users(api, child, templates);
  }
}

void find_parent_pointers(ApiPlan& api) {
  for (TablePlan& table : api.tables) {
    if (!table.parent) continue;
    std::vector<const Template*> templates;
    collect_users(api, table, templates);
    auto& pointers = table.parent->pointers;
    for (const Template* used : templates) {
      for (const Reference* reference : used->references()) {
        if (reference->root == table.parent->alias) pointers.push_back(to_pointer(*reference));
      }
    }
    std::sort(pointers.begin(), pointers.end());
    pointers.erase(std::unique(pointers.begin(), pointers.end()), pointers.end());
  }
}

}  // namespace

std::vector<const Template*> TablePlan::templates() const {
  std::vector<const Template*> templates;
  if (path) templates.push_back(&*path);
  for (const Assignments* assignments : {&params, &headers, &add}) {
    for (const auto& [name, value] : *assignments) templates.push_back(&value);
  }
  if (body) {
    for (const Template* part : body->templates()) templates.push_back(part);
  }
  for (const auto* single : {&filter, &paginate.value, &paginate.more}) {
    if (*single) templates.push_back(&**single);
  }
  if (parent && parent->where) templates.push_back(&*parent->where);
  return templates;
}

Result<std::unique_ptr<ApiPlan>> ApiPlan::load(std::string_view text, std::string_view file) {
  auto api = std::make_unique<ApiPlan>();
  api->spec = TRY(ConnectorSpec::parse(text, file, declarative_extension()));
  TRY(load_http(*api));
  api->tables.reserve(api->spec.tables.size());
  for (const TableSpec& table : api->spec.tables) {
    api->tables.push_back(TRY(load_table(*api, table)));
  }
  find_parent_pointers(*api);
  for (TablePlan& table : api->tables) TRY(choose_options(*api, table));
  return api;
}

bool ApiPlan::follows_parent(const TablePlan& table) const {
  if (table.spec->metadata.ingestion_type == IngestionType::Snapshot || !table.parent) return false;
  if (table.cursor && table.cursor->has_lower_bound) return false;
  const TablePlan* outermost = &table;
  while (outermost->parent) {
    const auto parent = find_table(outermost->parent->table);
    if (!parent) return false;  // a list option
    outermost = *parent;
  }
  return outermost->cursor.has_value();
}

Result<const TablePlan*> ApiPlan::find_table(std::string_view table) const {
  const TableSpec* found = TRY(spec.find_table(table));
  return &tables[static_cast<std::size_t>(found - spec.tables.data())];
}

}  // namespace inlet::rest
