#include "inlet/decode/json_text.h"
#include "inlet/decode/rescued_data_internal.h"

namespace inlet::decode {

bool is_at_or_below(std::string_view candidate, std::string_view path) {
  if (!candidate.starts_with(path)) return false;
  return candidate.size() == path.size() || candidate[path.size()] == '.' ||
         candidate[path.size()] == '[';
}

void RescuedData::drop(std::string_view path) {
  std::erase_if(entries_, [&](const Entry& entry) { return is_at_or_below(entry.path, path); });
}

std::string_view RescuedData::find(std::string_view path) const {
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
