#pragma once

#include <functional>
#include <string>
#include <vector>

#include "connectors/files/table_options.h"
#include "inlet/base/clock.h"
#include "inlet/store/store.h"

namespace inlet::files {

/// One file of a table, as the listing showed it.
struct DataFile {
  std::string path;  ///< below the connection's folder
  std::uint64_t size = 0;
  Timestamp modified = {};
  FileKind kind = {};
};

/// The connection's folder.
class Folder {
 public:
  /// A path or URL of a folder, or of one file, which is then all that the folder holds.
  static Result<Folder> make(std::string_view path_or_url, store::Store& store);

  /// Files of the table that did not change after `until`, oldest first (then by path). Names that
  /// start with `_` or
  /// `.` are left out, as Spark does. Fails with NotFound when there is no such folder.
  Result<std::vector<DataFile>> list(const TableOptions& options, Timestamp until) const;
  /// One of the table's files, as it is now.
  Result<DataFile> find(std::string_view path, const TableOptions& options) const;
  /// Whether the table has any file. Stops at the first.
  Result<bool> has_files(const TableOptions& options) const;
  /// The sub-folders that hold data files, and kRootTable when some lie in the folder itself.
  Result<std::vector<std::string>> tables() const;
  /// Fails when the folder cannot be listed.
  Status check() const;

  std::string url_of(std::string_view path) const;
  const std::string& url() const { return url_; }
  store::Store& store() const { return *store_; }

 private:
  Folder(std::string url, std::string only_file, store::Store& store)
      : url_(std::move(url)), only_file_(std::move(only_file)), store_(&store) {}
  std::string path_of(std::string_view url) const;
  /// Visits the files of the table.
  Status walk_table(const TableOptions& options,
                    const std::function<Status(DataFile)>& visit) const;
  Status walk(std::string_view sub_folder, const std::function<Status(DataFile)>& visit) const;

  std::string url_;        // no slash at its end
  std::string only_file_;  // empty: all
  store::Store* store_;
};

}  // namespace inlet::files
