#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "inlet/base/json.h"

namespace inlet::delta {

/// The user metadata of a commit of ours: `entry`, an object, under a name that says whose it is.
std::string to_commit_metadata(Json entry);
/// The entry again; nullopt where others wrote the metadata, or there is none.
std::optional<Json> read_commit_metadata(std::string_view user_metadata);

}  // namespace inlet::delta
