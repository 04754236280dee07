#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace inlet::simulator::github {

/// Record numbers in the order that a list serves them: a page is a slice of it.
using View = std::vector<std::uint32_t>;

/// The views asked for lately, so that page 10,000 of a list costs what page 1 costs. Safe from any
/// thread.
class ViewCache {
 public:
  /// The view stored under `key`, or else what `make` returns, which is then stored.
  std::shared_ptr<const View> get(const std::string& key, const std::function<View()>& make);
  /// The records have changed.
  void clear();

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::shared_ptr<const View>>> views_;
};

}  // namespace inlet::simulator::github
