#include "python/src/share_landing.h"

#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::python {

ShareLanding::ShareLanding(std::vector<Share> shares, pipeline::Landing landing, LandedTo start,
                           LandingLimit limit)
    : shares_(std::move(shares)),
      landing_(std::move(landing)),
      reached_(std::move(start)),
      limit_(limit) {}

std::size_t ShareLanding::step_end() const {
  std::size_t end = num_planned_;
  std::uint64_t num_bytes = 0;
  bool is_full = false;
  const Offset* last_offset = &reached_.offset;
  bool is_mid_air = true;
  for (std::size_t i = num_planned_; i < shares_.size(); ++i) {
    num_bytes += shares_[i].num_bytes;
    is_full = is_full || num_bytes > limit_.max_bytes || i - num_planned_ >= limit_.max_segments;
    if (is_full && !is_mid_air) break;
    is_mid_air = shares_[i].offset == *last_offset;
    last_offset = &shares_[i].offset;
    end = i + 1;
  }
  return end;
}

Result<LandingRead::Step> ShareLanding::next(std::stop_token) {
  const std::size_t end = step_end();
  if (end > num_planned_) {
    const Offset& offset = shares_[end - 1].offset;
    if (offset == reached_.offset && !offset.is_start()) {
      return fail(ErrorKind::Config,
                  format("the source planned {} shares and no new offset (it stays at {}): its "
                         "cursor does not advance, and every read would bring the same again",
                         end - num_planned_, offset.to_text()));
    }
    const auto begin = shares_.begin();
    TRY(landing_.write_shares(reached_.segment + 1,
                              {begin + static_cast<std::ptrdiff_t>(num_planned_),
                               begin + static_cast<std::ptrdiff_t>(end)}));
    reached_ = {.segment = reached_.segment + (end - num_planned_), .offset = offset};
    num_planned_ = end;
  }
  return Step{.place = reached_, .is_end = num_planned_ == shares_.size()};
}

}  // namespace inlet::python
