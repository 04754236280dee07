#include <optional>
#include <utility>

#include "connectors/python/python_class.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/connect/connector_spec.h"
#include "inlet/data/spark_ddl.h"
#include "inlet/data/spark_schema.h"

namespace inlet::python_class {
namespace {

// A class may pass over windows without rows, but not for ever; the next read goes on behind them.
constexpr int kMaxIdleReads = 100;

constexpr std::string_view kOwnParameters = "python_";

class PythonSource final : public Source {
 public:
  PythonSource(ClassSpec spec, const SourceContext& context)
      : object_(std::move(spec), context.log), clock_(context.clock) {}

  Result<std::vector<std::string>> list_tables() override;
  Result<Schema> get_table_schema(const TableRequest& request) override;
  Result<TableMetadata> read_table_metadata(const TableRequest& request) override;
  Result<Offset> read_table(const ReadRequest& request, RecordSink& sink) override;
  Result<Offset> read_table_deletes(const ReadRequest& request, RecordSink& sink) override;
  Status check() override;

 private:
  /// What one call of the class brought.
  struct Part {
    Offset end;
    std::uint64_t num_records = 0;
  };

  static Json request_of(std::string_view call, const TableRequest& request);
  Result<Offset> read_all(std::string_view call, const ReadRequest& request, RecordSink& sink);
  Result<Part> read_part(const Json& call, const Offset& start, const ReadRequest& request,
                         RecordSink& sink);
  Result<Offset> end_of(const Frame& answer) const;
  Status expect_move(const Part& part, const Offset& start, const std::string& table) const;
  Page page_of(Frame frame, const Offset& offset, const std::string& table) const;

  PythonObject object_;
  const Clock& clock_;
};

Result<std::vector<std::string>> PythonSource::list_tables() {
  const Json tables = TRY(object_.call({{"call", "list_tables"}}));
  return tables.get<std::vector<std::string>>();
}

Status PythonSource::check() {
  TRY(list_tables());
  return {};
}

Json PythonSource::request_of(std::string_view call, const TableRequest& request) {
  return {{"call", call}, {"table", request.table}, {"options", request.options}};
}

Result<Schema> PythonSource::get_table_schema(const TableRequest& request) {
  const Json answer = TRY(object_.call(request_of("get_table_schema", request)));
  auto schema = answer.contains("ddl") ? parse_spark_ddl(answer.at("ddl").get<std::string>())
                                       : from_spark_json(answer.at("json"));
  if (schema) return schema;
  return std::unexpected(std::move(schema).error().within(
      format("python:{}: get_table_schema of {}", object_.name(), request.table)));
}

Result<TableMetadata> PythonSource::read_table_metadata(const TableRequest& request) {
  const Json answer = TRY(object_.call(request_of("read_table_metadata", request)));
  TableMetadata metadata{
      .primary_keys = answer.at("primary_keys"),
      .ingestion_type = TRY(parse_ingestion_type(answer.at("ingestion_type").get<std::string>()))};
  const Json& cursor = answer.at("cursor_field");
  if (cursor.is_string()) metadata.cursor_field = cursor.get<std::string>();
  return metadata;
}

Result<Offset> PythonSource::read_table(const ReadRequest& request, RecordSink& sink) {
  const TableMetadata metadata = TRY(read_table_metadata(request.table));
  if (metadata.ingestion_type != IngestionType::Snapshot) {
    return read_all("read_table", request, sink);
  }
  Json call = request_of("read_table", request.table);
  call["is_snapshot"] = true;
  TRY(read_part(call, Offset(), request, sink));
  return Offset();
}

Result<Offset> PythonSource::read_table_deletes(const ReadRequest& request, RecordSink& sink) {
  return read_all("read_table_deletes", request, sink);
}

// A class gives as much as it likes in one call; all that there is has been read once a call brings
// nothing new.
Result<Offset> PythonSource::read_all(std::string_view call, const ReadRequest& request,
                                      RecordSink& sink) {
  Json next = request_of(call, request.table);
  next["is_snapshot"] = false;
  Offset offset = request.start;
  for (int num_idle = 0; num_idle < kMaxIdleReads;) {
    Part part = TRY(read_part(next, offset, request, sink));
    const bool is_done = part.num_records == 0 && part.end == offset;
    num_idle = part.num_records == 0 ? num_idle + 1 : 0;
    offset = std::move(part.end);
    if (is_done) break;
  }
  return offset;
}

// The offset is known when the last page is: every page before it ends in mid-air.
Result<PythonSource::Part> PythonSource::read_part(const Json& call, const Offset& start,
                                                   const ReadRequest& request, RecordSink& sink) {
  Json with_start = call;
  with_start["start"] = start.json();
  TRY(object_.begin(with_start));
  const std::string& table = request.table.table;
  Part part;
  std::optional<Page> held;
  while (true) {
    Frame frame = TRY(object_.next(request.stop));
    if (frame.kind == Frame::Kind::Answer) {
      part.end = TRY(end_of(frame));
      break;
    }
    part.num_records += frame.num_records;
    std::optional<Page> before = std::exchange(held, page_of(std::move(frame), start, table));
    if (!before) continue;
    if (Status pushed = sink.page(*std::move(before)); !pushed) {
      object_.abandon();
      return std::unexpected(std::move(pushed).error());
    }
  }
  if (!call.at("is_snapshot").get<bool>()) TRY(expect_move(part, start, table));
  if (!held && part.end.is_start()) part.end = start;
  if (!held) return part;
  held->offset = part.end;
  TRY(sink.page(*std::move(held)));
  return part;
}

Result<Offset> PythonSource::end_of(const Frame& answer) const {
  const Json json = TRY(parse_json(answer.body));
  auto offset = Offset::make(json.at("offset"));
  if (offset) return offset;
  return std::unexpected(std::move(offset).error().within("python:" + object_.name()));
}

// The engine's rule: rows at an unchanged offset would come again with every read, and the empty
// offset would bring all of them; without rows it means no more than that nothing has moved.
Status PythonSource::expect_move(const Part& part, const Offset& start,
                                 const std::string& table) const {
  const bool is_reset = part.end.is_start() && !start.is_start();
  if (part.num_records == 0 || !(is_reset || part.end == start)) return {};
  const std::string why =
      is_reset ? "every row would be read again"
               : "its cursor does not advance, and every read would bring the same again";
  return fail(ErrorKind::Config,
              format("python:{}: table {}: it returned {} records and {} (from {}): {}",
                     object_.name(), table, part.num_records,
                     is_reset ? "the empty offset" : "an unchanged offset", start.to_text(), why));
}

Page PythonSource::page_of(Frame frame, const Offset& offset, const std::string& table) const {
  return {
      .body = std::move(frame.body),
      .binary = BinarySpelling::Base64,
      .offset = offset,
      .origin = {.url = format("python:{}/{}", object_.name(), table), .fetched_at = clock_.now()}};
}

Result<ClassSpec> class_spec(const Options& connection) {
  const std::string name = TRY(connection.text("python_class"));
  const std::string module =
      connection.has("python_module") ? TRY(connection.text("python_module")) : "";
  ClassSpec spec{.program = TRY(connection.text("python_program")),
                 .name = module.empty() ? name : format("{}:{}", module, name)};
  if (connection.has("python_path")) spec.path = TRY(connection.list("python_path"));
  if (connection.has("python_pickle")) spec.pickle = TRY(connection.secret("python_pickle"));
  for (const OptionSpec& option : connection.specs()) {
    if (option.name.starts_with(kOwnParameters)) continue;
    if (option.type == OptionType::Secret) {
      spec.secrets.emplace(option.name, TRY(connection.secret(option.name)));
    } else {
      spec.texts.emplace(option.name, TRY(connection.text(option.name)));
    }
  }
  return spec;
}

}  // namespace
}  // namespace inlet::python_class

namespace inlet::python {

Result<std::unique_ptr<Source>> make(const ConnectorSpec&, const Options& connection,
                                     const SourceContext& context) {
  python_class::ClassSpec spec = TRY(python_class::class_spec(connection));
  return std::make_unique<python_class::PythonSource>(std::move(spec), context);
}

}  // namespace inlet::python
