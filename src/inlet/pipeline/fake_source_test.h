#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/connect/connector.h"

namespace inlet::pipeline {

/// What the fake source serves, changed by a test between runs. Tables: `events` (append), `things`
/// (cdc), `both` (cdc with a delete flow, whose records are those of `both deletes`), `set`
/// (snapshot); each serves its texts in pages of `page_size`; the offset is the number
/// of records delivered.
struct FakeWorld {
  std::map<std::string, std::vector<std::string>> records;
  std::size_t page_size = 2;
  std::optional<std::size_t> fail_after_pages = {};
  /// Of every table; left out: id, seq and name.
  std::optional<Schema> schema = {};
  bool is_stuck = false;    ///< offsets do not advance
  bool is_mid_air = false;  ///< every second page repeats the offset of the one before it
};
inline FakeWorld& fake_world() {
  static FakeWorld world;
  return world;
}

class FakeSource final : public Source {
 public:
  Result<std::vector<std::string>> list_tables() override {
    return std::vector<std::string>{"events", "things", "both", "set"};
  }

  Result<Schema> get_table_schema(const TableRequest&) override {
    if (fake_world().schema) return *fake_world().schema;
    return Schema{{{"id", {TypeKind::Long}, false}, {"seq", {TypeKind::Long}}, {"name", {}}}};
  }

  Result<TableMetadata> read_table_metadata(const TableRequest& request) override {
    if (request.table == "events") return TableMetadata{{}, "seq", IngestionType::Append};
    if (request.table == "things") return TableMetadata{{"id"}, "seq", IngestionType::Cdc};
    if (request.table == "both") return TableMetadata{{"id"}, "seq", IngestionType::CdcWithDeletes};
    return TableMetadata{{"id"}, {}, IngestionType::Snapshot};
  }

  Result<Offset> read_table(const ReadRequest& request, RecordSink& sink) override {
    return serve(fake_world().records[request.table.table], request, sink);
  }

  Result<Offset> read_table_deletes(const ReadRequest& request, RecordSink& sink) override {
    return serve(fake_world().records[request.table.table + " deletes"], request, sink);
  }

  Status check() override { return {}; }

 private:
  static Result<Offset> serve(const std::vector<std::string>& records, const ReadRequest& request,
                              RecordSink& sink) {
    const FakeWorld& world = fake_world();
    const auto start = static_cast<std::size_t>(std::stoul(request.start.text("n", "0")));
    std::size_t num_pages = 0;
    for (std::size_t next = start; next < records.size(); next += world.page_size) {
      if (world.fail_after_pages == num_pages++) {
        return fail(ErrorKind::Unavailable, "the fake source went away");
      }
      const std::size_t end = std::min(records.size(), next + world.page_size);
      const bool repeats = world.is_mid_air && num_pages % 2 == 0;
      Page page{.format = PageFormat::NdJson, .offset = offset(request, repeats ? next : end)};
      for (std::size_t i = next; i < end; ++i) page.body += records[i] + "\n";
      page.origin = {.url = "fake://" + request.table.table, .byte_offset = next};
      TRY(sink.page(std::move(page)));
    }
    return offset(request, records.size());
  }

  static Offset offset(const ReadRequest& request, std::size_t end) {
    if (request.table.table == "set" || fake_world().is_stuck) return request.start;
    return Offset::at("n", std::to_string(end));
  }
};

inline const Connector& fake_connector() {
  static const Connector kConnector = {
      .name = "fake",
      .connection_options = [] { return Result<std::vector<OptionSpec>>(); },
      .table_options = [](std::string_view) { return Result<std::vector<OptionSpec>>(); },
      .make = [](const Options&, const SourceContext&) -> Result<std::unique_ptr<Source>> {
        return std::make_unique<FakeSource>();
      },
  };
  return kConnector;
}

}  // namespace inlet::pipeline
