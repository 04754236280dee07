#include "inlet/index/file_reader_internal.h"
#include "inlet/index/parallel_internal.h"

namespace inlet::index {

Status read_files(const delta::Snapshot& base, std::span<const delta::DataFile* const> files,
                  const std::vector<std::string>& columns, unsigned num_threads,
                  const std::function<Status(std::size_t number, const Batch& rows,
                                             std::span<const std::uint64_t> positions)>& visit,
                  std::uint64_t rows_per_part) {
  struct Part {
    std::size_t file = 0;
    delta::RowRange rows;
  };
  std::vector<Part> parts;
  for (std::size_t file = 0; file < files.size(); ++file) {
    const std::uint64_t num_rows = files[file]->num_rows;
    if (num_rows <= rows_per_part) {
      parts.push_back({.file = file, .rows = {}});
      continue;
    }
    for (std::uint64_t first = 0; first < num_rows; first += rows_per_part) {
      parts.push_back({.file = file, .rows = {.first = first, .num_rows = rows_per_part}});
    }
  }
  return in_parallel(num_threads, parts.size(), [&](std::size_t number) {
    const Part& part = parts[number];
    return base.read(
        *files[part.file], columns,
        [&](const Batch& rows, std::span<const std::uint64_t> positions) {
          return visit(part.file, rows, positions);
        },
        part.rows);
  });
}

}  // namespace inlet::index
