#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "inlet/net/http.h"
#include "testkit/tls_server.h"

namespace inlet::net {
namespace {

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "inlet_tls_XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    ca_file_ = folder_ / "ca.pem";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<Response> get(const testkit::TlsServer& server, const std::string& ca_file) {
    return make_http_client({.ca_file = ca_file})->send({.url = server.url("/x")});
  }

  std::filesystem::path folder_;
  std::filesystem::path ca_file_;
};

TEST_F(Tls, RefusesACertificateThatNobodyTrusts) {
  const auto server = testkit::TlsServer::start(ca_file_, "127.0.0.1").value();
  const auto response = get(*server, "");
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Auth) << response.error().message;
}

TEST_F(Tls, AcceptsACertificateFromTheGivenFile) {
  const auto server = testkit::TlsServer::start(ca_file_, "127.0.0.1").value();
  const auto response = get(*server, ca_file_);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "hello");
}

TEST_F(Tls, RefusesATrustedCertificateOfAnotherHost) {
  const auto server = testkit::TlsServer::start(ca_file_, "api.example.com").value();
  const auto response = get(*server, ca_file_);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Auth) << response.error().message;
}

TEST_F(Tls, NamesACertificateFileThatCannotBeRead) {
  const auto server = testkit::TlsServer::start(ca_file_, "127.0.0.1").value();
  const auto response = get(*server, folder_ / "missing.pem");
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Config);
  EXPECT_THAT(response.error().message, testing::HasSubstr("missing.pem"));
}

}  // namespace
}  // namespace inlet::net
