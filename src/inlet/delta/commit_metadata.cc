#include "inlet/delta/commit_metadata.h"

#include <utility>

namespace inlet::delta {
namespace {

constexpr const char* kOwner = "inlet";

}  // namespace

std::string to_commit_metadata(Json entry) {
  return to_text(Json{{kOwner, std::move(entry)}});
}

std::optional<Json> read_commit_metadata(std::string_view user_metadata) {
  const Result<Json> metadata = parse_json(user_metadata);
  if (!metadata || !metadata->is_object()) return std::nullopt;
  const auto entry = metadata->find(kOwner);
  return entry != metadata->end() && entry->is_object() ? std::optional(*entry) : std::nullopt;
}

}  // namespace inlet::delta
