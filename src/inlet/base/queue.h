#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace inlet {

/// Holds at most `capacity_bytes` of items, each weighed at push; one item is always let in,
/// however heavy, so that a page above the capacity passes alone. push() blocks while full, pop()
/// and take() while empty. Once closed, push() returns false and the others still deliver what is
/// queued, then nullopt. A stop request makes both return at once. Safe from any thread.
template <class T>
class ByteQueue {
 public:
  explicit ByteQueue(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  bool push(T item, std::size_t num_bytes, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const auto has_room = [&] {
      return is_closed_ || items_.empty() || held_bytes_ + num_bytes <= capacity_bytes_;
    };
    ++num_pushing_;
    if (!has_room()) has_item_.notify_all();  // nobody shall linger for what cannot come in
    const bool is_ready = has_room_.wait(lock, stop, has_room);
    --num_pushing_;
    if (!is_ready || is_closed_) return false;
    held_bytes_ += num_bytes;
    items_.emplace_back(std::move(item), num_bytes);
    has_item_.notify_one();
    return true;
  }

  std::optional<T> pop(std::stop_token stop) {
    std::optional<Group> group = take(1, {}, [](const T&, const T&) { return false; }, stop);
    if (!group) return std::nullopt;
    return std::optional<T>(std::move(group->items.front()));
  }

  /// Neighbours in the queue; groups are numbered 0, 1, 2, ... in the order of being taken.
  struct Group {
    std::uint64_t number = 0;
    std::vector<T> items;
  };

  /// Several items at once: waits for one, then up to `linger` for `enough_bytes` of them, and
  /// takes as many as go together (`joins` of the first and each next) up to the one that makes it
  /// enough.
  template <class Joins>
  std::optional<Group> take(std::size_t enough_bytes, std::chrono::milliseconds linger,
                            const Joins& joins, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const auto is_enough = [&] {
      return is_closed_ || num_pushing_ > 0 || items_.empty() || held_bytes_ >= enough_bytes;
    };
    do {
      const bool is_ready =
          has_item_.wait(lock, stop, [&] { return is_closed_ || !items_.empty(); });
      if (!is_ready || items_.empty()) return std::nullopt;
      if (!is_enough()) has_item_.wait_for(lock, stop, linger, is_enough);
    } while (items_.empty());
    Group group{.number = num_groups_++};
    for (std::size_t num_bytes = 0; !items_.empty() && num_bytes < enough_bytes;) {
      if (!group.items.empty() && !joins(group.items.front(), items_.front().first)) break;
      num_bytes += items_.front().second;
      held_bytes_ -= items_.front().second;
      group.items.push_back(std::move(items_.front().first));
      items_.pop_front();
    }
    has_room_.notify_all();
    return std::optional<Group>(std::move(group));
  }

  /// Taken so far.
  std::uint64_t num_groups() const {
    const std::lock_guard lock(mutex_);
    return num_groups_;
  }

  /// No more items will come. Idempotent.
  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    has_item_.notify_all();
    has_room_.notify_all();
  }

 private:
  const std::size_t capacity_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable_any has_room_;
  std::condition_variable_any has_item_;
  std::deque<std::pair<T, std::size_t>> items_;
  std::size_t held_bytes_ = 0;
  std::uint64_t num_groups_ = 0;
  int num_pushing_ = 0;  // and waiting for room, seen from outside
  bool is_closed_ = false;
};

}  // namespace inlet
