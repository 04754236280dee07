#include "inlet/pipeline/module_folders.h"

#include <algorithm>
#include <filesystem>

#include "inlet/base/json.h"

namespace inlet::pipeline {

std::map<std::string, std::string> with_module_folders(std::map<std::string, std::string> defaults,
                                                       std::span<const std::string> files) {
  Json folders = Json::array();
  for (const std::string& file : files) {
    if (file.empty()) continue;
    // The child may stand elsewhere.
    std::error_code ignored;
    const std::string folder = std::filesystem::absolute(file, ignored).parent_path().string();
    if (std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.push_back(folder);
  }
  std::string& path = defaults["python_path"];
  const auto given = parse_json(path.empty() ? "[]" : path);
  if (given && given->is_array()) folders.insert(folders.end(), given->begin(), given->end());
  path = to_text(folders);
  return defaults;
}

}  // namespace inlet::pipeline
