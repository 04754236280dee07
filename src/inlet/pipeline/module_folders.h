#pragma once

#include <map>
#include <span>
#include <string>

namespace inlet::pipeline {

/// `defaults` (of RunContext) with the folders of `files` before those that its `python_path`
/// names: a connector written in Python lies beside the files that speak of it. Empty names are
/// left out.
std::map<std::string, std::string> with_module_folders(std::map<std::string, std::string> defaults,
                                                       std::span<const std::string> files);

}  // namespace inlet::pipeline
