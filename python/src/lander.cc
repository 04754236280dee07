#include "python/src/lander.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/record_scan.h"
#include "python/src/page_pull.h"

namespace inlet::python {
namespace {

constexpr std::uint64_t kSegmentBytes = 8 << 20;

// How many records a page has at most; those of a page that cannot be read count as one.
std::uint64_t count_records(const Page& page) {
  if (page.format != PageFormat::Json) {
    return static_cast<std::uint64_t>(std::count(page.body.begin(), page.body.end(), '\n'));
  }
  std::uint64_t count = 0;
  const Status scanned =
      decode::scan_records(page, {}, [&](const decode::ScannedRecord&) -> Status {
        ++count;
        return {};
      });
  return scanned ? count : 1;
}

struct CountedPage {
  Page page;
  std::uint64_t num_records = 0;
};

}  // namespace

struct Lander::Impl {
  std::shared_ptr<void> keeper;
  Read read;
  pipeline::Landing landing;
  LandedTo position;  // the last place that a reader can resume at

  std::unique_ptr<PagePull> pull;
  Offset read_start = {};
  Offset last_offset = {};           // of the last page taken
  bool is_mid_air = false;           // which repeats the offset before it
  std::optional<CountedPage> ahead;  // pulled, and too much for the step before
  std::vector<Page> held;            // not landed yet
  std::uint64_t held_bytes = 0;
  std::uint64_t num_landed = 0;  // segments, those behind `position` included
  std::uint64_t num_new = 0;     // records of the read that it did not mark as duplicates

  void begin();
  Status hold(Page page);
  Status land();
  Status finish();
  Result<std::optional<CountedPage>> next(std::stop_token stop);
};

void Lander::Impl::begin() {
  read_start = last_offset = position.offset;
  is_mid_air = false;
  num_new = 0;
  pull = std::make_unique<PagePull>([this](RecordSink& sink, std::stop_token stop) {
    return read(read_start, sink, std::move(stop));
  });
}

Result<std::optional<CountedPage>> Lander::Impl::next(std::stop_token stop) {
  if (ahead) return std::exchange(ahead, std::nullopt);
  std::optional<Page> page = TRY(pull->next(std::move(stop)));
  if (!page) return std::optional<CountedPage>();
  const std::uint64_t num_records = count_records(*page);
  return std::optional<CountedPage>({.page = *std::move(page), .num_records = num_records});
}

Status Lander::Impl::land() {
  if (held.empty()) return {};
  TRY(landing.write(num_landed + 1, held));
  ++num_landed;
  held.clear();
  held_bytes = 0;
  return {};
}

Status Lander::Impl::hold(Page page) {
  is_mid_air = page.offset == last_offset;
  last_offset = page.offset;
  held_bytes += page.body.size();
  held.push_back(std::move(page));
  return held_bytes < kSegmentBytes ? Status{} : land();
}

// The engine's rule: rows at an unchanged offset would come again with every read.
Status Lander::Impl::finish() {
  const Offset end = pull->end_offset();
  pull.reset();
  const bool is_stuck = num_new > 0 && !end.is_start() && end == read_start;
  if (is_stuck) {
    return fail(ErrorKind::Config,
                format("the source sent {} records and no new offset (it stays at {}): its cursor "
                       "does not advance, and every read would bring the same again",
                       num_new, end.to_text()));
  }
  TRY(land());
  position = {.segment = num_landed, .offset = end};
  return {};
}

Result<Lander> Lander::make(std::shared_ptr<void> keeper, Read read, pipeline::Landing landing,
                            LandedTo start) {
  TRY(landing.remove(start.segment + 1, pipeline::Landing::kLastSegment));
  const std::uint64_t num_landed = start.segment;
  return Lander(std::make_unique<Impl>(Impl{.keeper = std::move(keeper),
                                            .read = std::move(read),
                                            .landing = std::move(landing),
                                            .position = std::move(start),
                                            .num_landed = num_landed}));
}

Lander::Lander(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lander::~Lander() = default;
Lander::Lander(Lander&&) noexcept = default;

Result<LandedTo> Lander::advance(const LandingLimit& limit, std::stop_token stop) {
  Impl& impl = *impl_;
  if (impl.pull == nullptr) impl.begin();
  const std::uint64_t first = impl.num_landed;
  std::uint64_t num_bytes = 0;
  std::uint64_t num_records = 0;
  bool is_full = false;
  while (true) {
    std::optional<CountedPage> next = TRY(impl.next(stop));
    if (!next) {
      TRY(impl.finish());
      break;
    }
    num_bytes += next->page.body.size();
    num_records += next->num_records;
    is_full = is_full || num_bytes > limit.max_bytes || num_records > limit.max_records ||
              impl.num_landed - first >= limit.max_segments;
    const bool has_some = !impl.held.empty() || impl.num_landed > first;
    if (is_full && has_some && !impl.is_mid_air) {
      impl.ahead = std::move(next);
      TRY(impl.land());
      impl.position = {.segment = impl.num_landed, .offset = impl.last_offset};
      break;
    }
    impl.num_new += next->num_records -
                    std::min<std::uint64_t>(next->num_records, next->page.duplicates.size());
    TRY(impl.hold(std::move(next->page)));
  }
  return impl.position;
}

bool Lander::is_at_end() const {
  return impl_->pull == nullptr;
}

const LandedTo& Lander::position() const {
  return impl_->position;
}

}  // namespace inlet::python
