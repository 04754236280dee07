#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "inlet/base/error.h"

namespace inlet::cli {

/// Text by path below the folder.
using GeneratedFiles = std::map<std::string, std::string>;

/// Writes the files and takes note of them in `.inlet-generated`, so that the next time they are
/// replaced, and removed where they are no longer made. Fails with Config before it touches
/// anything when a file is in the way that was not written by this or was changed since.
Status write_generated(const std::filesystem::path& folder, const GeneratedFiles& files);

}  // namespace inlet::cli
