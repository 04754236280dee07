#include "testkit/github/site.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "inlet/base/format.h"
#include "testkit/github/words.h"
#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {

constexpr std::uint64_t kUserStream = 11;
constexpr std::int64_t kFirstUserId = 583231;
constexpr Seconds kFirstUserSince = 1295981043;  // 2011-01-25

std::string make_login(std::uint64_t seed, std::int64_t user) {
  if (user == 0) return "octocat";
  Draw draw(seed, kUserStream, static_cast<std::uint64_t>(user));
  return format("{}-{}{}", plain_word(draw.next()), plain_word(draw.next()), user);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::array<unsigned, 3> group{};
    const std::size_t num_bytes = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < num_bytes; ++k) group[k] = static_cast<unsigned char>(bytes[i + k]);
    const unsigned bits = group[0] << 16U | group[1] << 8U | group[2];
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= num_bytes ? kDigits[(bits >> (18U - 6U * k)) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace

Site::Site(std::string base_url, std::uint64_t seed, Shape shape, std::int64_t num_users)
    : base_url_(std::move(base_url)), seed_(seed), shape_(shape) {
  for (std::int64_t user = 0; user < num_users; ++user) {
    User made{.login = make_login(seed, user), .simple = {}};
    JsonText json(made.simple);
    json.open('{');
    if (shape == Shape::Compact) {
      json.text("login", made.login).number("id", user_id(user)).text("type", "User");
    } else {
      append_account_members(base_url_, made.login, user_id(user), "User", json);
    }
    json.close('}');
    users_.push_back(std::move(made));
  }
}

std::int64_t Site::user_id(std::int64_t user) const {
  return kFirstUserId + user * 17;
}

const std::string& Site::login(std::int64_t user) const {
  return users_[static_cast<std::size_t>(user)].login;
}

std::optional<std::int64_t> Site::find_user(std::string_view login) const {
  for (std::int64_t user = 0; user < num_users(); ++user) {
    if (equal_names(this->login(user), login)) return user;
  }
  return std::nullopt;
}

const std::string& Site::simple_user(std::int64_t user) const {
  return users_[static_cast<std::size_t>(user)].simple;
}

void Site::append_public_members(std::int64_t user, JsonText& json) const {
  append_account_members(base_url_, login(user), user_id(user), "User", json);
  Draw draw(seed_, kUserStream + 1, static_cast<std::uint64_t>(user));
  const auto text_or_null = [&](std::string_view name, std::uint64_t percent, std::string value) {
    if (user == 0 || draw.chance(percent)) {
      json.text(name, value);
    } else {
      json.null(name);
    }
  };
  text_or_null("name", 80, format("{} {}", plain_word(draw.next()), "Müller"));
  text_or_null("company", 40, "@octo-org");
  json.text("blog", user % 2 == 0 ? "https://example.org/blog" : "");
  text_or_null("location", 50, "São Paulo, BR");
  text_or_null("email", 30, format("{}@example.org", login(user)));
  if (user % 3 == 0) {
    json.boolean("hireable", true);
  } else {
    json.null("hireable");
  }
  text_or_null("bio", 60, "Writes \"parsers\"\nand other 🦑 things");
  text_or_null("twitter_username", 20, login(user));
  json.number("public_repos", static_cast<std::int64_t>(draw.below(80)));
  json.number("public_gists", static_cast<std::int64_t>(draw.below(20)));
  json.number("followers", static_cast<std::int64_t>(draw.below(5000)));
  json.number("following", static_cast<std::int64_t>(draw.below(300)));
  json.time("created_at", kFirstUserSince + user * 86400);
  json.time("updated_at", kFirstUserSince + user * 86400 + 300000000);
}

std::string Site::public_user(std::int64_t user) const {
  std::string out;
  JsonText json(out);
  json.open('{');
  append_public_members(user, json);
  json.close('}');
  return out;
}

std::string Site::private_user(std::int64_t user) const {
  std::string out;
  JsonText json(out);
  json.open('{');
  append_public_members(user, json);
  json.number("private_gists", 81).number("total_private_repos", 100);
  json.number("owned_private_repos", 100).number("disk_usage", 10000).number("collaborators", 8);
  json.boolean("two_factor_authentication", true);
  json.key("plan").open('{').text("name", "Medium").number("space", 400);
  json.number("private_repos", 20).number("collaborators", 0).close('}');
  json.close('}');
  return out;
}

void append_account_members(const std::string& base_url, std::string_view login, std::int64_t id,
                            std::string_view type, JsonText& json) {
  const std::string url = format("{}/users/{}", base_url, login);
  json.text("login", login).number("id", id).text("node_id", node_id("User", id));
  json.text("avatar_url", format("{}/u/{}?v=4", base_url, id)).text("gravatar_id", "");
  json.text("url", url).text("html_url", format("{}/{}", base_url, login));
  json.text("followers_url", url + "/followers");
  json.text("following_url", url + "/following{/other_user}");
  json.text("gists_url", url + "/gists{/gist_id}");
  json.text("starred_url", url + "/starred{/owner}{/repo}");
  json.text("subscriptions_url", url + "/subscriptions");
  json.text("organizations_url", url + "/orgs").text("repos_url", url + "/repos");
  json.text("events_url", url + "/events{/privacy}");
  json.text("received_events_url", url + "/received_events");
  json.text("type", type).text("user_view_type", "public").boolean("site_admin", false);
}

std::string node_id(std::string_view kind, std::int64_t id) {
  return base64(format("0{}:{}{}", kind.size(), kind, id));
}

bool equal_names(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace inlet::simulator::github
