#include <limits>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/store/bridge_call.h"
#include "inlet/store/local_file.h"
#include "inlet/store/store.h"
#include "inlet_bridge.h"

namespace inlet::store {
namespace {

ObjectInfo to_info(const InletObject& object) {
  const auto modified = std::chrono::microseconds(object.modified_us);
  return {.url = std::string(bridge::view(object.url)),
          .size = object.size,
          .modified = Timestamp(std::chrono::duration_cast<Timestamp::duration>(modified)),
          .etag = std::string(bridge::view(object.etag))};
}

// What a walk carries through the bridge's callback.
struct Walk {
  const std::function<Status(const ObjectInfo&)>& visit;
  Status outcome = {};
};

std::int32_t visit_one(void* context, const InletObject* object) {
  auto& walk = *static_cast<Walk*>(context);
  walk.outcome = walk.visit(to_info(*object));
  return walk.outcome ? 0 : 1;
}

class ObjectStore final : public Store {
 public:
  explicit ObjectStore(Result<bridge::EngineHandle> engine) : engine_(std::move(engine)) {}

  Status list(std::string_view folder_url,
              const std::function<Status(const ObjectInfo&)>& visit) override {
    const InletEngine* engine = TRY(this->engine());
    Walk walk{visit};
    Status walked = bridge::call(inlet_bridge_list, engine, bridge::lend(folder_url), visit_one,
                                 static_cast<void*>(&walk));
    if (!walk.outcome) return walk.outcome;
    return walked;
  }

  Result<ObjectInfo> head(std::string_view url) override {
    const InletEngine* engine = TRY(this->engine());
    ObjectInfo info;
    const std::function<Status(const ObjectInfo&)> keep =
        [&info](const ObjectInfo& found) -> Status {
      info = found;
      return {};
    };
    Walk walk{keep};
    TRY(bridge::call(inlet_bridge_head, engine, bridge::lend(url), visit_one,
                     static_cast<void*>(&walk)));
    return info;
  }

  Result<std::string> get(std::string_view url) override {
    return get_range(url, 0, std::numeric_limits<std::uint64_t>::max());
  }

  Result<std::string> get_range(std::string_view url, std::uint64_t offset,
                                std::uint64_t length) override {
    if (const auto path = local_path(url)) return read_local_range(*path, offset, length);
    const InletEngine* engine = TRY(this->engine());
    InletBytes bytes = {};
    TRY(bridge::call(inlet_bridge_get, engine, bridge::lend(url), offset, length, &bytes));
    return bridge::take(bytes);
  }

  Status put(std::string_view url, std::string_view bytes, IfPresent if_present) override {
    const InletEngine* engine = TRY(this->engine());
    const bool fail_if_present = if_present == IfPresent::Fail;
    return bridge::call(inlet_bridge_put, engine, bridge::lend(url), bridge::lend(bytes),
                        fail_if_present);
  }

  Status remove(std::string_view url) override {
    const InletEngine* engine = TRY(this->engine());
    return bridge::call(inlet_bridge_remove, engine, bridge::lend(url));
  }

 private:
  Result<const InletEngine*> engine() const {
    if (!engine_) return std::unexpected(engine_.error());
    return engine_->get();
  }

  Result<bridge::EngineHandle> engine_;
};

}  // namespace

std::unique_ptr<Store> make_store(StoreOptions options) {
  return std::make_unique<ObjectStore>(bridge::make_engine(options, 1));
}

Result<std::string> to_url(std::string_view path_or_url) {
  InletBytes url = {};
  TRY(bridge::call(inlet_bridge_to_url, bridge::lend(path_or_url), &url));
  return bridge::take(url);
}

}  // namespace inlet::store
