#include "inlet/apply/table_scan.h"

#include "inlet/base/try.h"

namespace inlet::apply {

Status scan_table(const delta::Snapshot& table, const std::vector<delta::DataFile>& files,
                  const std::vector<std::string>& columns,
                  const std::function<Status(std::size_t file, const Batch& rows,
                                             std::span<const std::uint64_t> positions)>& visit) {
  for (std::size_t file = 0; file < files.size(); ++file) {
    TRY(table.read(files[file], columns, [&](Batch rows, std::span<const std::uint64_t> positions) {
      return visit(file, rows, positions);
    }));
  }
  return {};
}

}  // namespace inlet::apply
