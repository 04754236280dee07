#include "inlet/upkeep/table_order.h"

#include "inlet/delta/commit_metadata.h"
#include "inlet/upkeep/row_order.h"

namespace inlet::upkeep {
namespace {

constexpr const char* kOrderBy = "order_by";

std::vector<std::string> read_order(std::string_view user_metadata) {
  std::vector<std::string> columns;
  const std::optional<Json> entry = delta::read_commit_metadata(user_metadata);
  if (!entry) return columns;
  const Json names = entry->value(kOrderBy, Json());
  for (const Json& name : names) {
    if (name.is_string()) columns.push_back(name.get<std::string>());
  }
  return columns;
}

}  // namespace

std::string order_metadata(const std::vector<std::string>& columns) {
  if (columns.empty()) return "";
  return delta::to_commit_metadata({{kOrderBy, columns}});
}

std::vector<std::string> last_order(std::span<const delta::HistoryEntry> history,
                                    const Schema& schema) {
  for (const delta::HistoryEntry& commit : history) {
    if (commit.operation != "OPTIMIZE" || commit.user_metadata.empty()) continue;
    std::vector<std::string> columns = read_order(commit.user_metadata);
    if (columns.empty()) continue;
    return check_order(schema, columns) ? columns : std::vector<std::string>{};
  }
  return {};
}

}  // namespace inlet::upkeep
