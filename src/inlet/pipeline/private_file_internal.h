#pragma once

#include <filesystem>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet::pipeline {

/// Replaces `file` by `text` with mode 0600: whole, durable, and never readable by others, not even
/// for a moment. Makes the folders above with mode 0700. A symbolic link is followed. Fails with
/// Config, naming the file.
Status write_private_file(const std::filesystem::path& file, std::string_view text);

}  // namespace inlet::pipeline
