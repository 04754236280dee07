#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <limits>

#include "inlet/base/try.h"
#include "inlet/data/spark_schema.h"
#include "python/src/bindings_internal.h"
#include "python/src/connection.h"
#include "python/src/interruptible.h"
#include "python/src/landed_rows.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace inlet::python {
namespace {

using Texts = Connection::Texts;
// Segment and offset of a place, and whether the read has ended there.
using Place = std::tuple<std::uint64_t, std::string, bool>;

Lander land(const Connection& connection, const std::string& table, const Texts& options,
            bool is_deletes, const std::string& landing, std::uint64_t segment,
            const std::string& offset) {
  return interruptible<Lander>([&](std::stop_token) -> Result<Lander> {
    auto start = TRY(Offset::parse(offset));
    const auto flow = is_deletes ? Connection::Flow::Deletes : Connection::Flow::Changes;
    return connection.land({table, options}, flow, landing,
                           {.segment = segment, .offset = std::move(start)});
  });
}

Place advance(Lander& lander, std::optional<std::uint64_t> max_bytes,
              std::optional<std::uint64_t> max_records, std::optional<std::uint64_t> max_segments) {
  LandingLimit limit;
  limit.max_bytes = max_bytes.value_or(limit.max_bytes);
  limit.max_records = max_records.value_or(limit.max_records);
  limit.max_segments = max_segments.value_or(limit.max_segments);
  const auto place = interruptible<LandedTo>(
      [&](std::stop_token stop) { return lander.advance(limit, std::move(stop)); });
  return {place.segment, place.offset.to_text(), lander.is_at_end()};
}

// Every refused record of the segment is kept: together they are no larger than it.
TableRows rows_of(const std::string& landing, std::uint64_t segment, const std::string& schema,
                  const std::vector<std::string>& keys) {
  return TableRows(interruptible<std::shared_ptr<Reading>>(
      [&](std::stop_token) -> Result<std::shared_ptr<Reading>> {
        const Schema wanted = TRY(from_spark_json(TRY(parse_json(schema))));
        const auto world = TRY(World::make(pipeline::ConnectionStore(), {}));
        RowOptions options = RowOptions::of(wanted, keys);
        options.num_kept_refused = std::numeric_limits<std::size_t>::max();
        return read_segment(*world, landing, segment, std::move(options));
      }));
}

template <class Work>
void with_landing(const std::string& folder, const Work& work) {
  interruptible<bool>([&](std::stop_token) -> Result<bool> {
    const auto world = TRY(World::make(pipeline::ConnectionStore(), {}));
    const auto store = store::make_store(world->store_options());
    auto landing = TRY(pipeline::Landing::open(*store, folder));
    TRY(work(landing));
    return true;
  });
}

void remove_landed(const std::string& folder, std::uint64_t last) {
  with_landing(folder, [&](pipeline::Landing& landing) { return landing.remove(0, last); });
}

void keep_refused(const std::string& folder, std::uint64_t segment, const std::string& json) {
  with_landing(folder,
               [&](pipeline::Landing& landing) { return landing.write_refused(segment, json); });
}

std::map<std::string, std::string> refused_below(const std::string& folder) {
  return interruptible<std::map<std::string, std::string>>(
      [&](std::stop_token) -> Result<std::map<std::string, std::string>> {
        const auto world = TRY(World::make(pipeline::ConnectionStore(), {}));
        const auto store = store::make_store(world->store_options());
        return pipeline::Landing::read_refused(*store, folder);
      });
}

void remove_refused(const std::vector<std::string>& urls) {
  interruptible<bool>([&](std::stop_token) -> Result<bool> {
    const auto world = TRY(World::make(pipeline::ConnectionStore(), {}));
    const auto store = store::make_store(world->store_options());
    TRY(pipeline::Landing::remove_refused(*store, urls));
    return true;
  });
}

}  // namespace

void bind_landing(nb::module_& module) {
  nb::class_<Lander>(module, "Lander")
      .def("advance", &advance, "max_bytes"_a = nb::none(), "max_records"_a = nb::none(),
           "max_segments"_a = nb::none());
  module.def("land", &land, "connection"_a, "table"_a, "options"_a, "is_deletes"_a, "landing"_a,
             "segment"_a, "offset"_a);
  module.def("landed_rows", &rows_of, "landing"_a, "segment"_a, "schema"_a, "keys"_a);
  module.def("remove_landed", &remove_landed, "landing"_a, "last"_a);
  module.def("refused_below", &refused_below, "folder"_a);
  module.def("remove_refused", &remove_refused, "urls"_a);
  module.def("keep_refused", &keep_refused, "landing"_a, "segment"_a, "json"_a);
}

}  // namespace inlet::python
