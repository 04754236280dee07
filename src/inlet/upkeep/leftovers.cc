#include "inlet/upkeep/leftovers.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/store/local_file.h"

namespace inlet::upkeep {
namespace {

namespace fs = std::filesystem;

bool is_hidden(std::string_view name) {
  return name.starts_with('_') || name.starts_with('.');
}

bool is_partition(std::string_view folder, std::span<const std::string> columns) {
  return std::ranges::any_of(columns, [&](const std::string& column) {
    return folder.starts_with(column) && folder.substr(column.size()).starts_with('=');
  });
}

// Spark and others write `.NAME.UUID.tmp` in the log; our own data files are `.part-*.tmp` first.
bool is_half_written(std::string_view folder, std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(".tmp")) return false;
  return folder == "_delta_log/" || name.starts_with(".part-");
}

bool is_numbered(std::string_view name) {
  const auto mark = name.rfind('#');
  if (mark == std::string_view::npos || mark + 1 == name.size()) return false;
  return std::ranges::all_of(name.substr(mark + 1), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

Timestamp modified_of(const fs::directory_entry& entry, std::error_code& code) {
  const auto written = entry.last_write_time(code);
  if (code) return {};
  return std::chrono::time_point_cast<Timestamp::duration>(
      std::chrono::file_clock::to_sys(written));
}

}  // namespace

NameKind kind_of(std::string_view path, std::span<const std::string> partition_columns) {
  const auto slash = path.rfind('/');
  const std::string_view folder = slash == std::string_view::npos ? "" : path.substr(0, slash + 1);
  const std::string_view name = path.substr(folder.size());
  if (is_half_written(folder, name)) return NameKind::Leftover;
  for (std::size_t begin = 0; begin < folder.size(); begin = folder.find('/', begin) + 1) {
    const std::string_view part = folder.substr(begin);
    if (is_hidden(part) && !is_partition(part, partition_columns)) return NameKind::Hidden;
  }
  if (name.starts_with('.') && name.ends_with(".crc")) return NameKind::Checksum;
  return is_hidden(name) ? NameKind::Hidden : NameKind::Plain;
}

std::string checked_path(std::string_view path) {
  constexpr std::string_view kEnding = ".crc";
  const auto name = path.rfind('/') + 1;
  std::string checked(path.substr(0, name));
  checked += path.substr(name + 1, path.size() - name - 1 - kEnding.size());
  return checked;
}

Result<std::vector<store::ObjectInfo>> hidden_leftovers(std::string_view table_url) {
  std::vector<store::ObjectInfo> found;
  const auto folder = store::local_path(table_url);
  if (!folder) return found;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(*folder, code), end; !code && entry != end;
       entry.increment(code)) {
    if (!is_numbered(entry->path().filename().string()) || !entry->is_regular_file(code)) continue;
    std::error_code gone;
    const Timestamp modified = modified_of(*entry, gone);
    const auto size = gone ? 0 : entry->file_size(gone);
    if (gone) continue;
    const std::string path = entry->path().string();
    found.push_back({.url = TRY(store::to_url(path)), .size = size, .modified = modified});
  }
  if (code) {
    return fail(ErrorKind::Unavailable, format("cannot list {}: {}", *folder, code.message()));
  }
  return found;
}

}  // namespace inlet::upkeep
