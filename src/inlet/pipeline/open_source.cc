#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/net/http.h"
#include "inlet/pipeline/run.h"

namespace inlet::pipeline {

struct OpenSource::Impl {
  const Connector* connector = nullptr;
  std::unique_ptr<net::HttpClient> http;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Source> source;
  std::string identity;
};

namespace {

std::string identity_of(const Options& options) {
  std::string values;
  for (const OptionSpec& spec : options.specs()) {
    const bool tells = (spec.is_required || spec.is_identity) && spec.type != OptionType::Secret;
    const auto text = options.text(spec.name);
    if (tells && text) values += format("{}={}\n", spec.name, *text);
  }
  return values.empty() ? "" : format("{:016x}", hash_bytes(values));
}

}  // namespace

Result<OpenSource> OpenSource::open(std::string_view connection_name, const RunContext& context,
                                    const store::StoreOptions& store_options) {
  Connection connection = TRY(context.connections.find(connection_name));
  auto impl = std::make_unique<Impl>();
  impl->connector = TRY(find_connector(context.registry, connection.connector));
  const std::vector<OptionSpec> specs = TRY(impl->connector->connection_options());
  for (const OptionSpec& spec : specs) {
    const auto value = context.parameter_defaults.find(spec.name);
    if (value != context.parameter_defaults.end()) connection.parameters.insert(*value);
  }
  const Options options = TRY(resolve(connection, specs, context.resolver));
  impl->identity = identity_of(options);
  impl->http = net::make_http_client({.user_agent = "inlet"});
  impl->store = store::make_store(store_options);
  impl->source = TRY(impl->connector->make(
      options,
      {.clock = context.clock, .http = *impl->http, .store = *impl->store, .log = context.log}));
  return OpenSource(std::move(impl));
}

OpenSource::OpenSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OpenSource::~OpenSource() = default;
OpenSource::OpenSource(OpenSource&&) noexcept = default;

Source& OpenSource::source() {
  return *impl_->source;
}
const Connector& OpenSource::connector() const {
  return *impl_->connector;
}
const std::string& OpenSource::identity() const {
  return impl_->identity;
}

}  // namespace inlet::pipeline
