#include "inlet/rest/declarative.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/rest/table_reader.h"

namespace inlet::rest {
namespace {

class DeclarativeSource final : public Source {
 public:
  DeclarativeSource(std::unique_ptr<ApiPlan> api, std::unique_ptr<ApiClient> client,
                    const SourceContext& context)
      : api_(std::move(api)), client_(std::move(client)), context_(context) {}

  Result<std::vector<std::string>> list_tables() override { return api_->spec.table_names(); }

  Result<Schema> get_table_schema(const TableRequest& request) override {
    const TablePlan* table = TRY(checked_table(request));
    return table->spec->schema;
  }

  Result<TableMetadata> read_table_metadata(const TableRequest& request) override {
    const TablePlan* table = TRY(checked_table(request));
    return table->spec->metadata;
  }

  Result<Offset> read_table(const ReadRequest& request, RecordSink& sink) override {
    const TablePlan* table = TRY(api_->find_table(request.table.table));
    auto end = TableReader(*api_, *client_, context_.clock, *table, request, sink).run();
    if (!end) return std::unexpected(std::move(end).error().within(table->spec->name));
    return end;
  }

  Status check() override {
    if (!api_->check) return {};
    const Environment environment{.connection = &client_->connection()};
    const auto path = TRY(api_->check->path_text(environment));
    TRY(client_->send({.url = client_->url_of(path.value_or(""))}, {}, {}));
    return {};
  }

  SourceCounts counts() const override { return client_->counts(); }

 private:
  // Schema and metadata do not depend on options, but a wrong option is better told early.
  Result<const TablePlan*> checked_table(const TableRequest& request) const {
    const TablePlan* table = TRY(api_->find_table(request.table));
    if (!request.options.empty()) {
      TRY(Options::make(table->options, request.options, "table " + table->spec->name));
    }
    return table;
  }

  std::unique_ptr<ApiPlan> api_;
  std::unique_ptr<ApiClient> client_;
  SourceContext context_;
};

}  // namespace

Result<std::vector<OptionSpec>> connection_options(std::string_view spec_text,
                                                   std::string_view file) {
  auto api = TRY(ApiPlan::load(spec_text, file));
  return std::move(api->spec.connection);
}

Result<std::vector<OptionSpec>> table_options(std::string_view spec_text, std::string_view file,
                                              std::string_view table) {
  const auto api = TRY(ApiPlan::load(spec_text, file));
  const TablePlan* found = TRY(api->find_table(table));
  return found->options;
}

Result<ConnectorSpec> describe(std::string_view spec_text, std::string_view file) {
  auto api = TRY(ApiPlan::load(spec_text, file));
  for (std::size_t i = 0; i < api->tables.size(); ++i) {
    api->spec.tables[i].options = api->tables[i].options;
  }
  return std::move(api->spec);
}

Result<std::unique_ptr<Source>> make_source(std::string_view spec_text, std::string_view file,
                                            const Options& connection,
                                            const SourceContext& context) {
  auto api = TRY(ApiPlan::load(spec_text, file));
  auto client = TRY(ApiClient::make(*api, connection, context));
  return std::make_unique<DeclarativeSource>(std::move(api), std::move(client), context);
}

}  // namespace inlet::rest
