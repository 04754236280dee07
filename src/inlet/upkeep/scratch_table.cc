#include "inlet/upkeep/scratch_table.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::upkeep {
namespace {

namespace fs = std::filesystem;

Result<fs::path> make_folder() {
  std::error_code code;
  const fs::path parent = fs::temp_directory_path(code);
  std::string name = (parent / "inlet-sort-XXXXXX").string();
  if (!code && ::mkdtemp(name.data()) != nullptr) return fs::path(name);
  if (!code) code = std::error_code(errno, std::generic_category());
  return fail(
      ErrorKind::Unavailable,
      format("cannot make a folder in {} to sort rows in: {}; TMPDIR may name another place",
             parent.string(), code.message()));
}

}  // namespace

Result<ScratchTable> ScratchTable::make(const Schema& schema) {
  const fs::path folder = TRY(make_folder());
  const auto engine = delta::make_engine({}, std::max(1U, std::thread::hardware_concurrency()));
  Result<delta::Snapshot> table = delta::Snapshot::create(engine, folder.string(), schema, {});
  if (table) return ScratchTable(folder, *std::move(table));
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return std::unexpected(std::move(table).error());
}

ScratchTable::~ScratchTable() {
  if (folder_.empty()) return;
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace inlet::upkeep
