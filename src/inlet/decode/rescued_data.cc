#include "inlet/decode/json_text.h"
#include "inlet/decode/rescued_data_internal.h"

namespace inlet::decode {
namespace {
constexpr std::size_t kFewEntries = 16;
}

bool is_at_or_below(std::string_view candidate, std::string_view path) {
  if (!candidate.starts_with(path)) return false;
  return candidate.size() == path.size() || candidate[path.size()] == '.' ||
         candidate[path.size()] == '[';
}

void RescuedData::add(std::string path, std::string json) {
  entries_.push_back({std::move(path), std::move(json)});
  if (entries_.size() > kFewEntries) index();
}

void RescuedData::index() {
  for (; num_indexed_ < entries_.size(); ++num_indexed_) {
    positions_.emplace(entries_[num_indexed_].path, num_indexed_);
  }
}

void RescuedData::drop(std::string_view path) {
  std::erase_if(entries_, [&](const Entry& entry) { return is_at_or_below(entry.path, path); });
  positions_.clear();
  num_indexed_ = 0;
  if (entries_.size() > kFewEntries) index();
}

std::string_view RescuedData::find(std::string_view path) const {
  if (!positions_.empty()) {
    const auto found = positions_.find(std::string(path));
    return found == positions_.end() ? std::string_view() : entries_[found->second].json;
  }
  for (const Entry& entry : entries_) {
    if (entry.path == path) return entry.json;
  }
  return {};
}

std::string RescuedData::text() const {
  std::string json = "{";
  for (const Entry& entry : entries_) {
    if (json.size() > 1) json += ',';
    append_json_string(json, entry.path);
    json += ':';
    json += entry.json;
  }
  return json + "}";
}

}  // namespace inlet::decode
