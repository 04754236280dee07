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

using OptionalCount = std::optional<std::uint64_t>;

Lander land(const Connection& connection, const std::string& table, const Texts& options,
            bool is_deletes, const std::string& landing, std::uint64_t segment,
            const std::string& offset, OptionalCount max_bytes, OptionalCount max_records,
            OptionalCount max_segments, OptionalCount partition_bytes) {
  return interruptible<Lander>([&](std::stop_token) -> Result<Lander> {
    Connection::LandOptions how;
    how.flow = is_deletes ? Connection::Flow::Deletes : Connection::Flow::Changes;
    how.landing = landing;
    how.start = {.segment = segment, .offset = TRY(Offset::parse(offset))};
    how.limit.max_bytes = max_bytes.value_or(how.limit.max_bytes);
    how.limit.max_records = max_records.value_or(how.limit.max_records);
    how.limit.max_segments = max_segments.value_or(how.limit.max_segments);
    how.partition_bytes = partition_bytes.value_or(how.partition_bytes);
    return connection.land({table, options}, std::move(how));
  });
}

Place advance(Lander& lander) {
  const auto place = interruptible<LandedTo>(
      [&](std::stop_token stop) { return lander.advance(std::move(stop)); });
  return {place.segment, place.offset.to_text(), lander.is_at_end()};
}

// Every refused record of a segment is kept: together they are no larger than it.
constexpr std::size_t kEveryRefused = std::numeric_limits<std::size_t>::max();

TableRows rows_of(const std::string& landing, std::uint64_t segment, const std::string& schema,
                  const std::vector<std::string>& keys) {
  return TableRows(interruptible<std::shared_ptr<Reading>>(
      [&](std::stop_token) -> Result<std::shared_ptr<Reading>> {
        const Schema wanted = TRY(from_spark_json(TRY(parse_json(schema))));
        const auto world = TRY(World::make(pipeline::ConnectionStore(), {}));
        RowOptions options = RowOptions::of(wanted, keys);
        options.num_kept_refused = kEveryRefused;
        return read_segment(*world, landing, segment, std::move(options));
      }));
}

TableRows rows_of_share(const Connection& connection, const std::string& table,
                        const Texts& options, const std::string& partition,
                        const std::string& schema, const std::vector<std::string>& keys) {
  return TableRows(interruptible<std::shared_ptr<Reading>>(
      [&](std::stop_token) -> Result<std::shared_ptr<Reading>> {
        auto parsed = TRY(parse_json(partition));
        return connection.read_partition({table, options}, std::move(parsed),
                                         {.schema = TRY(from_spark_json(TRY(parse_json(schema)))),
                                          .keys = keys,
                                          .num_kept_refused = kEveryRefused});
      }));
}

template <class T, class Work>
T with_store(const Work& work) {
  return interruptible<T>([&](std::stop_token) -> Result<T> {
    const auto world = TRY(World::make(pipeline::ConnectionStore(), {}));
    return work(*store::make_store(world->store_options()));
  });
}

template <class T, class Work>
T with_landing(const std::string& folder, const Work& work) {
  return with_store<T>([&](store::Store& store) -> Result<T> {
    auto landing = TRY(pipeline::Landing::open(store, folder));
    return work(landing);
  });
}

using PartitionTexts = std::map<std::uint64_t, std::string>;

PartitionTexts shares_of(const std::string& folder, std::uint64_t first, std::uint64_t last) {
  return with_landing<PartitionTexts>(
      folder, [&](pipeline::Landing& landing) -> Result<PartitionTexts> {
        PartitionTexts texts;
        for (const auto& [segment, partition] : TRY(landing.read_shares(first, last))) {
          texts.emplace(segment, to_text(partition));
        }
        return texts;
      });
}

std::uint64_t bytes_of(const std::string& folder, std::uint64_t first, std::uint64_t last) {
  return with_landing<std::uint64_t>(
      folder, [&](pipeline::Landing& landing) { return landing.num_bytes(first, last); });
}

void remove_landed(const std::string& folder, std::uint64_t last) {
  with_landing<bool>(folder, [&](pipeline::Landing& landing) -> Result<bool> {
    TRY(landing.remove(0, last));
    return true;
  });
}

void keep_refused(const std::string& folder, std::uint64_t segment, const std::string& json) {
  with_landing<bool>(folder, [&](pipeline::Landing& landing) -> Result<bool> {
    TRY(landing.write_refused(segment, json));
    return true;
  });
}

std::map<std::string, std::string> refused_below(const std::string& folder) {
  return with_store<std::map<std::string, std::string>>(
      [&](store::Store& store) { return pipeline::Landing::read_refused(store, folder); });
}

void remove_refused(const std::vector<std::string>& urls) {
  with_store<bool>([&](store::Store& store) -> Result<bool> {
    TRY(pipeline::Landing::remove_refused(store, urls));
    return true;
  });
}

}  // namespace

void bind_landing(nb::module_& module) {
  nb::class_<Lander>(module, "Lander").def("advance", &advance);
  module.def("land", &land, "connection"_a, "table"_a, "options"_a, "is_deletes"_a, "landing"_a,
             "segment"_a, "offset"_a, "max_bytes"_a = nb::none(), "max_records"_a = nb::none(),
             "max_segments"_a = nb::none(), "partition_bytes"_a = nb::none());
  module.def("landed_rows", &rows_of, "landing"_a, "segment"_a, "schema"_a, "keys"_a);
  module.def("landed_shares", &shares_of, "landing"_a, "first"_a, "last"_a);
  module.def("share_rows", &rows_of_share, "connection"_a, "table"_a, "options"_a, "partition"_a,
             "schema"_a, "keys"_a);
  module.def("landed_bytes", &bytes_of, "landing"_a, "first"_a, "last"_a);
  module.def("remove_landed", &remove_landed, "landing"_a, "last"_a);
  module.def("refused_below", &refused_below, "folder"_a);
  module.def("remove_refused", &remove_refused, "urls"_a);
  module.def("keep_refused", &keep_refused, "landing"_a, "segment"_a, "json"_a);
}

}  // namespace inlet::python
