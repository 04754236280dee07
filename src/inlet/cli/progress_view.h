#pragma once

#include <iosfwd>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "inlet/base/clock.h"
#include "inlet/base/log.h"
#include "inlet/pipeline/run.h"

namespace inlet::cli {

/// One line per table at the foot of a terminal, drawn again as a run goes on: rows, bytes, rate,
/// requests left. Draws nothing when `width` is 0. Passes everything on to `next` (may be null).
/// Safe from any thread; `out`, `clock` and `next` outlive it.
class ProgressView final : public pipeline::RunObserver {
 public:
  ProgressView(std::ostream& out, unsigned width, const Clock& clock, pipeline::RunObserver* next);

  void on_step(pipeline::Step step, const std::string& table) override;
  void on_progress(const pipeline::Progress& progress) override;

  /// Takes the lines away: the run is over.
  void clear();
  /// A sink that writes to `inner` above the lines. This view outlives it.
  std::shared_ptr<LogSink> above(std::shared_ptr<LogSink> inner);

 private:
  class Above;
  struct Row {
    pipeline::Progress progress;
    std::chrono::nanoseconds since{0};
  };
  void erase_lines();
  void draw_lines();
  std::string line_of(const Row& row, std::chrono::nanoseconds now) const;

  std::ostream& out_;
  const unsigned width_;
  const Clock& clock_;
  pipeline::RunObserver* const next_;
  std::mutex mutex_;
  std::map<std::string, Row> rows_;
  std::size_t num_drawn_ = 0;
  std::chrono::nanoseconds last_draw_{0};
};

}  // namespace inlet::cli
