#include "python/src/landed_rows.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/pipeline/landing.h"

namespace inlet::python {

Result<std::shared_ptr<Reading>> read_segment(const World& world, const std::string& landing,
                                              std::uint64_t segment, RowOptions options) {
  const std::shared_ptr<store::Store> store = store::make_store(world.store_options());
  const auto opened = TRY(pipeline::Landing::open(*store, landing));
  return std::make_shared<Reading>(store, std::move(options), Offset(),
                                   [opened, segment](RecordSink& sink, std::stop_token) {
                                     const auto push = [&]() -> Result<Offset> {
                                       Offset last;
                                       for (Page& page : TRY(opened.read(segment))) {
                                         last = page.offset;
                                         TRY(sink.page(std::move(page)));
                                       }
                                       return last;
                                     };
                                     return push();
                                   });
}

}  // namespace inlet::python
