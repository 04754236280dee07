#include "python/src/page_landing.h"

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

struct PageLanding::Impl {
  pipeline::Landing landing;
  LandingLimit limit;
  Offset start;
  Offset last_offset;        // of the last page taken
  std::uint64_t num_landed;  // segments, those behind the last step included
  std::unique_ptr<PagePull> pull = {};
  bool is_mid_air = false;                // the last page repeats the offset before it
  std::optional<CountedPage> ahead = {};  // pulled, and too much for the step before
  std::vector<Page> held = {};            // not landed yet
  std::uint64_t held_bytes = 0;
  bool has_new = false;  // a record that the read did not mark as a duplicate

  Status hold(CountedPage counted);
  Status land();
  Result<Step> finish();
  Result<std::optional<CountedPage>> pull_next(std::stop_token stop);
};

Result<std::optional<CountedPage>> PageLanding::Impl::pull_next(std::stop_token stop) {
  if (ahead) return std::exchange(ahead, std::nullopt);
  std::optional<Page> page = TRY(pull->next(std::move(stop)));
  if (!page) return std::optional<CountedPage>();
  // Counting is work: it is left when nobody will ask.
  const bool is_counted = limit.max_records != LandingLimit().max_records || !has_new;
  const std::uint64_t num_records = is_counted ? count_records(*page) : 0;
  return std::optional<CountedPage>({.page = *std::move(page), .num_records = num_records});
}

Status PageLanding::Impl::land() {
  if (held.empty()) return {};
  TRY(landing.write(num_landed + 1, held));
  ++num_landed;
  held.clear();
  held_bytes = 0;
  return {};
}

Status PageLanding::Impl::hold(CountedPage counted) {
  Page& page = counted.page;
  has_new = has_new || counted.num_records > page.duplicates.size();
  is_mid_air = page.offset == last_offset;
  last_offset = page.offset;
  held_bytes += page.body.size();
  held.push_back(std::move(page));
  return held_bytes < kSegmentBytes ? Status{} : land();
}

// The engine's rule: rows at an unchanged offset would come again with every read.
Result<LandingRead::Step> PageLanding::Impl::finish() {
  const Offset end = pull->end_offset();
  if (has_new && !end.is_start() && end == start) {
    return fail(ErrorKind::Config,
                format("the source sent records and no new offset (it stays at {}): its cursor "
                       "does not advance, and every read would bring the same again",
                       end.to_text()));
  }
  TRY(land());
  return Step{.place = {.segment = num_landed, .offset = end}, .is_end = true};
}

PageLanding::PageLanding(Read read, pipeline::Landing landing, LandedTo start, LandingLimit limit)
    : impl_(std::make_unique<Impl>(Impl{.landing = std::move(landing),
                                        .limit = limit,
                                        .start = start.offset,
                                        .last_offset = start.offset,
                                        .num_landed = start.segment})) {
  impl_->pull = std::make_unique<PagePull>(
      [read = std::move(read), start = start.offset](RecordSink& sink, std::stop_token stop) {
        return read(start, sink, std::move(stop));
      });
}

PageLanding::~PageLanding() = default;

Result<LandingRead::Step> PageLanding::next(std::stop_token stop) {
  Impl& impl = *impl_;
  const LandingLimit& limit = impl.limit;
  const std::uint64_t first = impl.num_landed;
  std::uint64_t num_bytes = 0;
  std::uint64_t num_records = 0;
  bool is_full = false;
  while (std::optional<CountedPage> next = TRY(impl.pull_next(stop))) {
    num_bytes += next->page.body.size();
    num_records += next->num_records;
    is_full = is_full || num_bytes > limit.max_bytes || num_records > limit.max_records ||
              impl.num_landed - first >= limit.max_segments;
    const bool has_some = !impl.held.empty() || impl.num_landed > first;
    if (is_full && has_some && !impl.is_mid_air) {
      impl.ahead = std::move(next);
      TRY(impl.land());
      return Step{.place = {.segment = impl.num_landed, .offset = impl.last_offset}};
    }
    TRY(impl.hold(*std::move(next)));
  }
  return impl.finish();
}

}  // namespace inlet::python
