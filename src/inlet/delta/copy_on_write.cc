#include <algorithm>
#include <map>
#include <string_view>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/delta/copy_on_write_internal.h"

namespace inlet::delta {
namespace {

Status copy_living(const Snapshot& base, const DataFile& file,
                   const std::vector<std::uint64_t>& dying, RollingWriter& writer) {
  auto next = dying.begin();
  std::vector<std::uint32_t> living;
  return base.read(file, {}, [&](Batch batch, std::span<const std::uint64_t> positions) -> Status {
    living.clear();
    for (std::uint32_t row = 0; row < positions.size(); ++row) {
      next = std::lower_bound(next, dying.end(), positions[row]);
      const bool dies = next != dying.end() && *next == positions[row];
      if (!dies) living.push_back(row);
    }
    const bool is_whole = living.size() == batch.num_rows();
    return is_whole ? writer.write(std::move(batch)) : writer.write(batch, living);
  });
}

Result<Rewrite> rewrite_into(
    RollingWriter& writer, const Snapshot& base,
    const std::vector<std::pair<std::string, std::vector<std::uint64_t>>>& delete_rows) {
  const std::vector<DataFile> files = TRY(base.files());
  std::map<std::string_view, const DataFile*> live;
  for (const DataFile& file : files) live.emplace(file.path, &file);
  Rewrite rewrite;
  for (const auto& [path, dying] : delete_rows) {
    if (dying.empty()) continue;
    // Each path once: a second time it is not there any more.
    const auto found = live.extract(path);
    if (found.empty()) {
      return fail(ErrorKind::Bug, format("{} is no live file of {}, or is changed twice in one "
                                         "commit",
                                         path, base.url()));
    }
    const DataFile& file = *found.mapped();
    if (dying.back() >= file.num_rows) {
      return fail(ErrorKind::Bug, format("row {} is past the end of {} with {} rows", dying.back(),
                                         path, file.num_rows));
    }
    TRY(copy_living(base, file, dying, writer));
    rewrite.remove.push_back(path);
  }
  rewrite.add = TRY(writer.finish());
  return rewrite;
}

}  // namespace

Result<Rewrite> rewrite_without(
    const Snapshot& base,
    const std::vector<std::pair<std::string, std::vector<std::uint64_t>>>& delete_rows,
    std::uint64_t target_file_bytes) {
  RollingWriter writer(base, target_file_bytes);
  Result<Rewrite> rewrite = rewrite_into(writer, base, delete_rows);
  if (!rewrite) writer.discard();
  return rewrite;
}

}  // namespace inlet::delta
