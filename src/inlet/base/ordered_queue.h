#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace inlet {

/// Puts items that were made in any order back into the order of their numbers (0, 1, 2, ...).
/// Holds at most `capacity_bytes`, but always lets in the item that is waited for, so that it
/// cannot lock up. finish(n) says that the items are 0 .. n-1; pop() returns nullopt after the last
/// one. A stop request makes both ends return at once. Safe from any thread.
template <class T>
class OrderedQueue {
 public:
  explicit OrderedQueue(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  bool push(std::uint64_t number, T item, std::size_t num_bytes, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const bool is_ready = has_room_.wait(
        lock, stop, [&] { return number == next_ || held_bytes_ + num_bytes <= capacity_bytes_; });
    if (!is_ready) return false;
    held_bytes_ += num_bytes;
    items_.emplace(number, std::pair(std::move(item), num_bytes));
    has_item_.notify_one();
    return true;
  }

  std::optional<T> pop(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    has_item_.wait(lock, stop, [&] { return is_next_here() || next_ == end_; });
    if (!is_next_here()) return std::nullopt;
    auto [item, num_bytes] = std::move(items_.begin()->second);
    items_.erase(items_.begin());
    held_bytes_ -= num_bytes;
    ++next_;
    has_room_.notify_all();
    return std::optional<T>(std::move(item));
  }

  void finish(std::uint64_t num_items) {
    const std::lock_guard lock(mutex_);
    end_ = num_items;
    has_item_.notify_all();
  }

 private:
  bool is_next_here() const { return !items_.empty() && items_.begin()->first == next_; }

  const std::size_t capacity_bytes_;
  std::mutex mutex_;
  std::condition_variable_any has_room_;
  std::condition_variable_any has_item_;
  std::map<std::uint64_t, std::pair<T, std::size_t>> items_;
  std::size_t held_bytes_ = 0;
  std::uint64_t next_ = 0;
  std::optional<std::uint64_t> end_;
};

}  // namespace inlet
