#include "python/src/lander.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "inlet/base/try.h"

namespace inlet::python {

struct Lander::Impl {
  std::shared_ptr<void> keeper;
  OpenRead open;

  // Of the thread that lands.
  LandedTo reached;
  std::unique_ptr<LandingRead> read;

  // Of who asks.
  bool is_at_end = true;

  // Between the two.
  std::mutex mutex;
  std::condition_variable_any changed;
  bool is_wanted = false;  // a step that is not ready yet
  std::optional<Result<LandingRead::Step>> ready;
  std::jthread landing_thread;

  Result<LandingRead::Step> step(std::stop_token stop);
  void run(const std::stop_token& stop);
};

Result<LandingRead::Step> Lander::Impl::step(std::stop_token stop) {
  if (read == nullptr) read = TRY(open(reached));
  auto step = TRY(read->next(std::move(stop)));
  if (step.is_end) read.reset();
  reached = step.place;
  return step;
}

void Lander::Impl::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (changed.wait(lock, stop, [&] { return is_wanted; })) {
    lock.unlock();
    auto landed = step(stop);
    lock.lock();
    is_wanted = false;
    ready = std::move(landed);
    changed.notify_all();
  }
}

Result<Lander> Lander::make(std::shared_ptr<void> keeper, OpenRead open, pipeline::Landing landing,
                            LandedTo start) {
  TRY(landing.remove(start.segment + 1, pipeline::Landing::kLastSegment));
  auto impl = std::make_unique<Impl>();
  impl->keeper = std::move(keeper);
  impl->open = std::move(open);
  impl->reached = std::move(start);
  impl->landing_thread =
      std::jthread([&impl = *impl](const std::stop_token& stop) { impl.run(stop); });
  return Lander(std::move(impl));
}

Lander::Lander(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lander::~Lander() = default;
Lander::Lander(Lander&&) noexcept = default;

Result<LandedTo> Lander::advance(std::stop_token stop) {
  Impl& impl = *impl_;
  std::unique_lock lock(impl.mutex);
  if (!impl.ready) {
    impl.is_wanted = true;
    impl.changed.notify_all();
  }
  if (!impl.changed.wait(lock, std::move(stop), [&] { return impl.ready.has_value(); })) {
    return fail(ErrorKind::Cancelled, "the read was stopped");
  }
  if (!*impl.ready) return std::unexpected(impl.ready->error());
  const LandingRead::Step step = **std::exchange(impl.ready, std::nullopt);
  impl.is_at_end = step.is_end;
  impl.is_wanted = !step.is_end;
  impl.changed.notify_all();
  return step.place;
}

bool Lander::is_at_end() const {
  return impl_->is_at_end;
}

}  // namespace inlet::python
