#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet::testkit {

/// An HTTPS server on 127.0.0.1 with a certificate of its own making that nobody signed. Every GET
/// is answered with 200 and `hello`. Ends with its owner.
class TlsServer {
 public:
  /// Writes the certificate to `ca_file` as PEM: whoever trusts that file trusts this server.
  /// `host` is the name or IPv4 address that the certificate is for.
  static Result<std::unique_ptr<TlsServer>> start(const std::filesystem::path& ca_file,
                                                  std::string_view host);
  ~TlsServer();

  /// https://127.0.0.1:PORT with `target` behind it.
  std::string url(std::string_view target) const;

 private:
  class Server;
  explicit TlsServer(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace inlet::testkit
