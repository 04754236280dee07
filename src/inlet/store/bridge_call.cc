#include "inlet/store/bridge_call.h"

#include <array>
#include <vector>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet_bridge.h"

namespace inlet::bridge {
namespace {

// What people set; the bridge knows further spellings. Only used to suggest one.
constexpr std::array<std::string_view, 42> kOptionNames = {
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_region",
    "aws_default_region",
    "aws_endpoint",
    "aws_allow_http",
    "aws_virtual_hosted_style_request",
    "aws_conditional_put",
    "aws_skip_signature",
    "aws_unsigned_payload",
    "aws_imdsv1_fallback",
    "aws_metadata_endpoint",
    "aws_s3_express",
    "aws_request_payer",
    "aws_server_side_encryption",
    "aws_sse_kms_key_id",
    "aws_web_identity_token_file",
    "aws_role_arn",
    "azure_storage_account_name",
    "azure_storage_account_key",
    "azure_storage_sas_key",
    "azure_storage_token",
    "azure_storage_client_id",
    "azure_storage_client_secret",
    "azure_storage_tenant_id",
    "azure_storage_authority_host",
    "azure_storage_endpoint",
    "azure_storage_use_emulator",
    "azure_use_azure_cli",
    "azure_msi_endpoint",
    "google_service_account",
    "google_service_account_key",
    "google_bucket",
    "google_application_credentials",
    "google_base_url",
    "google_skip_signature",
    "allow_http",
    "proxy_url",
    "timeout",
    "connect_timeout",
    "user_agent",
};

ErrorKind to_kind(InletCode code) {
  switch (code) {
    case InletCode::Config: return ErrorKind::Config;
    case InletCode::Auth: return ErrorKind::Auth;
    case InletCode::NotFound: return ErrorKind::NotFound;
    case InletCode::Unavailable: return ErrorKind::Unavailable;
    case InletCode::Conflict: return ErrorKind::Conflict;
    case InletCode::Indeterminate: return ErrorKind::Indeterminate;
    case InletCode::Stopped: return ErrorKind::Cancelled;
    case InletCode::BadRecord: return ErrorKind::BadRecord;
    case InletCode::Ok:
    case InletCode::Bug: return ErrorKind::Bug;
  }
  return ErrorKind::Bug;
}

}  // namespace

InletText lend(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view view(InletText text) {
  return {reinterpret_cast<const char*>(text.data), text.size};
}

std::string take(InletBytes bytes) {
  if (bytes.data == nullptr) return {};
  std::string text(reinterpret_cast<const char*>(bytes.data), bytes.size);
  inlet_bridge_bytes_free(bytes);
  return text;
}

Error to_error(InletCode code, InletBytes message) {
  return Error{to_kind(code), take(message)};
}

void EngineFree::operator()(InletEngine* engine) const {
  inlet_bridge_engine_free(engine);
}

Result<EngineHandle> make_engine(const store::StoreOptions& options, unsigned num_encode_threads) {
  std::vector<InletOption> pairs;
  for (const auto& [name, value] : options) pairs.push_back({lend(name), lend(value.reveal())});
  InletEngine* engine = nullptr;
  Status made = call(inlet_bridge_engine_new, pairs.data(), pairs.size(),
                     std::size_t{num_encode_threads}, &engine);
  if (made) return EngineHandle(engine);
  Error error = std::move(made).error();
  for (const auto& [name, value] : options) {
    if (error.message.find(format("\"{}\"", name)) == std::string::npos) continue;
    error.message += did_you_mean(name, kOptionNames);
  }
  return std::unexpected(std::move(error));
}

}  // namespace inlet::bridge
