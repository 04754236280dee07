#include <algorithm>

#include "inlet/net/request_budget_internal.h"

namespace inlet::net {

std::chrono::nanoseconds RequestBudget::wait_from(std::chrono::nanoseconds now) const {
  if (num_requests_ == 0 || sent_.size() < num_requests_) return std::chrono::nanoseconds(0);
  return std::max(sent_.front() + interval_ - now, std::chrono::nanoseconds(0));
}

void RequestBudget::take(std::chrono::nanoseconds now) {
  if (num_requests_ == 0) return;
  if (sent_.size() == num_requests_) sent_.pop_front();
  sent_.push_back(now);
}

}  // namespace inlet::net
