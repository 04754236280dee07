#include "inlet/cli/store_options.h"

#include <algorithm>
#include <cctype>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/connect/options.h"

namespace inlet::cli {
namespace {

// The environment variables that the clouds' own tools read; each is a store option in lower case.
constexpr std::string_view kVariables[] = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ALLOW_HTTP",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_CLIENT_ID",
    "AZURE_STORAGE_CLIENT_SECRET",
    "AZURE_STORAGE_TENANT_ID",
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "GOOGLE_APPLICATION_CREDENTIALS",
};

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

}  // namespace

Result<store::StoreOptions> store_options(const std::vector<std::string>& given,
                                          const pipeline::SecretResolver& resolver) {
  store::StoreOptions options;
  for (const std::string_view name : kVariables) {
    const auto value = resolver.environment(std::string(name));
    if (value && !value->empty()) options.insert_or_assign(to_lower(name), Secret(*value));
  }
  for (const std::string& pair : given) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::Config, "--store-option takes name=value");
    }
    const std::string name = to_lower(pair.substr(0, equals));
    const std::string value = pair.substr(equals + 1);
    if (sounds_secret(name) && !pipeline::is_indirect(value)) {
      return fail(ErrorKind::Config,
                  format("--store-option {0}: other users can read a command line; write "
                         "'{0}=${{env:NAME}}'",
                         name));
    }
    auto resolved = pipeline::resolve_text(value, resolver);
    if (!resolved) {
      return std::unexpected(std::move(resolved).error().within("--store-option " + name));
    }
    options.insert_or_assign(name, Secret(*std::move(resolved)));
  }
  return options;
}

}  // namespace inlet::cli
