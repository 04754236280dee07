#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/store/store.h"

namespace inlet::upkeep {

/// What a name below a table's folder says about who may need the object.
enum class NameKind {
  Plain,     ///< a data file or a deletion vector
  Leftover,  ///< a half-written file, under a name that no reader opens
  Checksum,  ///< Hadoop's `.NAME.crc` beside the file NAME, which it lives and dies with
  Hidden,    ///< the log and whatever else is not data: never touched
};

/// `path`: relative to the table's folder, decoded. Folders of partitions are none of the hidden
/// ones, whatever the column is called.
NameKind kind_of(std::string_view path, std::span<const std::string> partition_columns = {});

/// The path of the file that a checksum belongs to.
std::string checked_path(std::string_view path);

/// Half-written files of a local table that no listing shows: the store gives them names like
/// `00000000000000000007.json#1` until they are whole. Empty for other stores.
Result<std::vector<store::ObjectInfo>> hidden_leftovers(std::string_view table_url);

}  // namespace inlet::upkeep
