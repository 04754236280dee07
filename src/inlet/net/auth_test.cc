#include "inlet/net/auth.h"

#include <gtest/gtest.h>

namespace inlet::net {
namespace {

TEST(Auth, WritesTheHeaderOfEachScheme) {
  EXPECT_EQ(bearer(Secret("t0k")).value.reveal(), "Bearer t0k");
  EXPECT_EQ(basic("Aladdin", Secret("open sesame")).value.reveal(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(header_key("X-Key", "", Secret("k")).value.reveal(), "k");
  EXPECT_EQ(header_key("X-Key", "Token", Secret("k")).value.reveal(), "Token k");
}

TEST(Auth, PutsAQueryKeyIntoTheQuery) {
  const Credential credential = query_key("api_key", Secret("k"));
  EXPECT_EQ(credential.place, Credential::Place::Query);
  EXPECT_EQ(credential.name, "api_key");
}

TEST(Auth, EncodesBase64WithPadding) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
}

}  // namespace
}  // namespace inlet::net
