#include "testkit/github/view_cache.h"

namespace inlet::simulator::github {
namespace {
constexpr std::size_t kMaxViews = 8;
}  // namespace

std::shared_ptr<const View> ViewCache::get(const std::string& key,
                                           const std::function<View()>& make) {
  // Held while making: several connections that start on the same list wait for one sort.
  const std::lock_guard lock(mutex_);
  for (const auto& [name, view] : views_) {
    if (name == key) return view;
  }
  if (views_.size() == kMaxViews) views_.erase(views_.begin());
  views_.emplace_back(key, std::make_shared<const View>(make()));
  return views_.back().second;
}

void ViewCache::clear() {
  const std::lock_guard lock(mutex_);
  views_.clear();
}

}  // namespace inlet::simulator::github
