#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace inlet {

/// Holds at most `capacity_bytes` of items, each weighed at push; one item is always let in,
/// however heavy, so that a page above the capacity passes alone. push() blocks while full, pop()
/// while empty. Once closed, push() returns false and pop() still delivers what is queued, then
/// nullopt. A stop request makes both return at once. Safe from any thread.
template <class T>
class ByteQueue {
 public:
  explicit ByteQueue(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  bool push(T item, std::size_t num_bytes, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const bool is_ready = has_room_.wait(lock, stop, [&] {
      return is_closed_ || items_.empty() || held_bytes_ + num_bytes <= capacity_bytes_;
    });
    if (!is_ready || is_closed_) return false;
    held_bytes_ += num_bytes;
    items_.emplace_back(std::move(item), num_bytes);
    has_item_.notify_one();
    return true;
  }

  std::optional<T> pop(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const bool is_ready = has_item_.wait(lock, stop, [&] { return is_closed_ || !items_.empty(); });
    if (!is_ready || items_.empty()) return std::nullopt;
    auto [item, num_bytes] = std::move(items_.front());
    items_.pop_front();
    held_bytes_ -= num_bytes;
    has_room_.notify_all();
    return std::optional<T>(std::move(item));
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
  std::mutex mutex_;
  std::condition_variable_any has_room_;
  std::condition_variable_any has_item_;
  std::deque<std::pair<T, std::size_t>> items_;
  std::size_t held_bytes_ = 0;
  bool is_closed_ = false;
};

}  // namespace inlet
