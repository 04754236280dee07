#include "inlet/delta/objects.h"

#include <tuple>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/delta/snapshot_internal.h"

namespace inlet::delta {
namespace {

using Visit = std::function<void(std::string_view url, Need need)>;

void visit_one(void* context, InletText url, InletNeed need) {
  const auto& visit = *static_cast<const Visit*>(context);
  visit(bridge::view(url), need == InletNeed::Live ? Need::Live : Need::Removed);
}

}  // namespace

Status visit_needed(const Snapshot& snapshot, Timestamp horizon, const Visit& visit) {
  const auto since_epoch =
      std::chrono::floor<std::chrono::milliseconds>(horizon.time_since_epoch());
  return bridge::call(inlet_bridge_snapshot_needed, snapshot.impl()->handle.get(),
                      std::int64_t{since_epoch.count()}, visit_one,
                      const_cast<void*>(static_cast<const void*>(&visit)));
}

Status discard(const Snapshot& table, const StagedFile& file) {
  const InletEngine* engine = TRY(table.impl()->engine->get());
  const std::string url = format("{}/{}", table.url(), file.path);
  return bridge::call(inlet_bridge_remove, engine, bridge::lend(url));
}

void discard(const Snapshot& table, std::span<const StagedFile> files) {
  for (const StagedFile& file : files) std::ignore = discard(table, file);
}

}  // namespace inlet::delta
