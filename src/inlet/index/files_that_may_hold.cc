#include "inlet/index/files_that_may_hold.h"

#include "inlet/index/file_bounds_internal.h"

namespace inlet::index {

std::vector<std::uint32_t> files_that_may_hold(const Schema& schema, std::string_view path,
                                               std::span<const delta::DataFile> files,
                                               std::span<const std::string_view> keys) {
  std::vector<std::uint32_t> found;
  const Field* first = schema.find(path);
  if (first == nullptr) return found;
  const std::vector<Bounds> bounds = read_bounds(schema, path, files);
  const Pruner pruner(first->type, keys);
  for (std::uint32_t file = 0; file < files.size(); ++file) {
    if (pruner.may_hold(bounds[file])) found.push_back(file);
  }
  return found;
}

}  // namespace inlet::index
