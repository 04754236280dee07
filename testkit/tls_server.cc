#include "testkit/tls_server.h"

#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <thread>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::testkit {
namespace {

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

void add_extension(X509* certificate, int id, const std::string& value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str()));
  CHECK(extension != nullptr);
  X509_add_ext(certificate, extension.get(), -1);
}

Owned<X509> self_signed(EVP_PKEY* key, std::string_view host) {
  Owned<X509> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("inlet test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const bool is_address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  add_extension(certificate.get(), NID_subject_alt_name,
                format("{}:{}", is_address ? "IP" : "DNS", host));
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  CHECK(X509_sign(certificate.get(), key, EVP_sha256()) != 0);
  return certificate;
}

}  // namespace

class TlsServer::Server {
 public:
  Server(Owned<EVP_PKEY> key, Owned<X509> certificate)
      : key_(std::move(key)),
        certificate_(std::move(certificate)),
        server_(certificate_.get(), key_.get()) {
    server_.Get(".*", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("hello", "text/plain");
    });
    server_.set_keep_alive_timeout(1);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    // Before that stop() would do nothing.
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Server() { server_.stop(); }

  int port() const { return port_; }

 private:
  Owned<EVP_PKEY> key_;
  Owned<X509> certificate_;
  httplib::SSLServer server_;
  int port_ = 0;
  std::jthread thread_;
};

TlsServer::TlsServer(std::unique_ptr<Server> server) : server_(std::move(server)) {}
TlsServer::~TlsServer() = default;

Result<std::unique_ptr<TlsServer>> TlsServer::start(const std::filesystem::path& ca_file,
                                                    std::string_view host) {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  Owned<X509> certificate = self_signed(key.get(), host);
  {
    const Owned<std::FILE> file(std::fopen(ca_file.c_str(), "w"));
    if (file == nullptr || PEM_write_X509(file.get(), certificate.get()) != 1) {
      return fail(ErrorKind::Unavailable, format("cannot write {}", ca_file.string()));
    }
  }
  auto server = std::make_unique<Server>(std::move(key), std::move(certificate));
  if (server->port() <= 0) return fail(ErrorKind::Unavailable, "cannot listen on 127.0.0.1");
  return std::unique_ptr<TlsServer>(new TlsServer(std::move(server)));
}

std::string TlsServer::url(std::string_view target) const {
  return format("https://127.0.0.1:{}{}", server_->port(), target);
}

}  // namespace inlet::testkit
