#include "inlet/net/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/net/http.h"

namespace inlet::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(Url, EncodesAllButTheUnreservedBytes) {
  EXPECT_EQ(percent_encode("aZ9-._~ /?&=+%\xC3\xA9"), "aZ9-._~%20%2F%3F%26%3D%2B%25%C3%A9");
  EXPECT_EQ(percent_decode("%20%2f%C3%A9+%zz%4"), " /\xC3\xA9+%zz%4");
}

TEST(Url, ResolvesAReferenceAgainstItsBase) {
  const std::string base = "https://api.example.com:8443/a/b?x=1#f";
  EXPECT_EQ(resolve_url(base, "c?y=2"), "https://api.example.com:8443/a/c?y=2");
  EXPECT_EQ(resolve_url(base, "/c"), "https://api.example.com:8443/c");
  EXPECT_EQ(resolve_url(base, "?page=2"), "https://api.example.com:8443/a/b?page=2");
  EXPECT_EQ(resolve_url(base, "//other.example.com/c"), "https://other.example.com/c");
  EXPECT_EQ(resolve_url(base, "http://b.example.com/c#top"), "http://b.example.com/c");
  EXPECT_FALSE(resolve_url(base, "file:///etc/passwd").has_value());
  EXPECT_FALSE(resolve_url(base, "https://joe:hush@example.com/").has_value());
}

TEST(Url, PutsParametersBehindTheQuery) {
  EXPECT_EQ(with_query("http://h/p", {{"a b", "c&d"}, {"e", ""}}), "http://h/p?a%20b=c%26d&e=");
  EXPECT_EQ(with_query("http://h/p?x=1#f", {{"a", "b"}}), "http://h/p?x=1&a=b#f");
  EXPECT_EQ(with_query("http://h/p", {}), "http://h/p");
}

TEST(Url, ReadsTheParametersOfAQuery) {
  EXPECT_THAT(query_of("http://h/p?a%20b=c%26d&e&f=1+2&&a=2#x=y"),
              ElementsAre(Pair("a b", "c&d"), Pair("e", ""), Pair("f", "1 2"), Pair("a", "2")));
  EXPECT_TRUE(query_of("http://h/p").empty());
}

TEST(Url, NamesTheOriginWithItsPort) {
  EXPECT_EQ(origin_of("HTTPS://API.Example.com/x"), "https://api.example.com:443");
  EXPECT_EQ(origin_of("http://example.com"), "http://example.com:80");
  EXPECT_EQ(origin_of("http://127.0.0.1:8080/x?y"), "http://127.0.0.1:8080");
}

TEST(Url, RefusesWhatIsNotPlainHttp) {
  for (const char* bad : {"", "/relative", "example.com/x", "ftp://example.com/",
                          "file:///etc/passwd", "gopher://example.com/", "http://"}) {
    const Status status = check_url(bad);
    ASSERT_FALSE(status.has_value()) << bad;
    EXPECT_EQ(status.error().kind, ErrorKind::Config);
  }
}

TEST(Url, RefusesUserInfoWithoutRepeatingIt) {
  for (const char* bad : {"https://joe:hush@example.com/x?key=hush", "https://hush@example.com/"}) {
    const Status status = check_url(bad);
    ASSERT_FALSE(status.has_value()) << bad;
    EXPECT_THAT(status.error().message, AllOf(HasSubstr("example.com"), Not(HasSubstr("hush"))));
  }
}

TEST(Url, RedactsUserInfoAndSecretParameters) {
  EXPECT_EQ(redact_url("https://joe:hush@h/p?a=1&API%5Fkey=hush&api_key=x#t", {"api_key"}),
            "https://h/p?a=1&API%5Fkey=***&api_key=***#t");
  EXPECT_EQ(redact_url("https://h/p@q?a=b@c", {}), "https://h/p@q?a=b@c");
}

}  // namespace
}  // namespace inlet::net
