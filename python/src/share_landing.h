#pragma once

#include <cstddef>
#include <vector>

#include "inlet/connect/source.h"
#include "inlet/pipeline/landing.h"
#include "python/src/landing_read.h"

namespace inlet::python {

/// Lands the plan of a read whose shares somebody else reads. The limit of records is not kept: the
/// source has not counted them.
class ShareLanding final : public LandingRead {
 public:
  ShareLanding(std::vector<Share> shares, pipeline::Landing landing, LandedTo start,
               LandingLimit limit);

  Result<Step> next(std::stop_token stop) override;

 private:
  /// Up to where the next step goes.
  std::size_t step_end() const;

  const std::vector<Share> shares_;
  std::size_t num_planned_ = 0;  // of the shares
  pipeline::Landing landing_;
  LandedTo reached_;
  const LandingLimit limit_;
};

}  // namespace inlet::python
