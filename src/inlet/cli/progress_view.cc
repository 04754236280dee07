#include "inlet/cli/progress_view.h"

#include <algorithm>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/cli/text_table.h"
#include "inlet/pipeline/readable.h"

namespace inlet::cli {
namespace {

constexpr std::chrono::milliseconds kDrawInterval{100};

// At most `width` bytes, without cutting a character.
std::string cut_line(std::string line, std::size_t width) {
  while (display_width(line) > width) {
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0U) == 0x80U) {
      line.pop_back();
    }
    if (!line.empty()) line.pop_back();
  }
  return line;
}

}  // namespace

class ProgressView::Above final : public LogSink {
 public:
  Above(ProgressView& view, std::shared_ptr<LogSink> inner)
      : view_(view), inner_(std::move(inner)) {}

  void write(const LogRecord& record) override {
    const std::lock_guard lock(view_.mutex_);
    view_.erase_lines();
    inner_->write(record);
    view_.draw_lines();
  }

 private:
  ProgressView& view_;
  const std::shared_ptr<LogSink> inner_;
};

ProgressView::ProgressView(std::ostream& out, unsigned width, const Clock& clock,
                           pipeline::RunObserver* next)
    : out_(out), width_(width), clock_(clock), next_(next) {}

void ProgressView::on_step(pipeline::Step step, const std::string& table) {
  if (next_ != nullptr) next_->on_step(step, table);
}

void ProgressView::on_progress(const pipeline::Progress& progress) {
  if (next_ != nullptr) next_->on_progress(progress);
  if (width_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady();
  const auto [row, is_new] = rows_.try_emplace(progress.table);
  if (is_new) row->second.since = now;
  row->second.progress = progress;
  if (!is_new && !progress.is_done && now - last_draw_ < kDrawInterval) return;
  last_draw_ = now;
  erase_lines();
  draw_lines();
}

void ProgressView::clear() {
  const std::lock_guard lock(mutex_);
  erase_lines();
  rows_.clear();
}

std::shared_ptr<LogSink> ProgressView::above(std::shared_ptr<LogSink> inner) {
  return std::make_shared<Above>(*this, std::move(inner));
}

// To the first drawn line, and everything below it away.
void ProgressView::erase_lines() {
  if (num_drawn_ > 0) out_ << format("\x1b[{}A\x1b[J", num_drawn_) << std::flush;
  num_drawn_ = 0;
}

void ProgressView::draw_lines() {
  if (width_ == 0) return;
  std::string text;
  const auto now = clock_.steady();
  for (const auto& [table, row] : rows_) text += cut_line(line_of(row, now), width_ - 1) + "\n";
  num_drawn_ = rows_.size();
  out_ << text << std::flush;
}

std::string ProgressView::line_of(const Row& row, std::chrono::nanoseconds now) const {
  const pipeline::Progress& progress = row.progress;
  std::size_t name_width = 0;
  for (const auto& [table, other] : rows_) name_width = std::max(name_width, table.size());
  std::string line = format(
      "{} {:<{}}  {:>11} rows  {:>11} committed  {:>9}", progress.is_done ? "■" : "…",
      progress.table, name_width, pipeline::readable_count(progress.fetched),
      pipeline::readable_count(progress.committed), pipeline::readable_bytes(progress.page_bytes));
  const double seconds = std::chrono::duration<double>(now - row.since).count();
  if (!progress.is_done && seconds > 0.5) {
    const double rate = static_cast<double>(progress.fetched) / seconds;
    line += format("  {:>7}/s", pipeline::readable_count(static_cast<std::uint64_t>(rate)));
  }
  if (progress.requests_left) {
    line += format("  {} requests left", pipeline::readable_count(*progress.requests_left));
  }
  return line;
}

}  // namespace inlet::cli
