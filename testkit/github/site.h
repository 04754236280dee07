#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testkit/simulator/json_text.h"

namespace inlet::simulator::github {

/// How much of a documented issue is served.
enum class Shape {
  Full,     ///< Every documented member: about 4 KB an issue.
  Compact,  ///< The members a table needs: about 592 bytes an issue.
};

/// What every record refers to: the origin in its links and the people who wrote it. Constant once
/// made.
class Site {
 public:
  Site(std::string base_url, std::uint64_t seed, Shape shape, std::int64_t num_users);

  const std::string& base_url() const { return base_url_; }
  std::uint64_t seed() const { return seed_; }
  Shape shape() const { return shape_; }

  std::int64_t num_users() const { return static_cast<std::int64_t>(users_.size()); }
  /// User 0 is `octocat`. Ids grow with the number.
  std::int64_t user_id(std::int64_t user) const;
  const std::string& login(std::int64_t user) const;
  std::optional<std::int64_t> find_user(std::string_view login) const;
  /// The JSON of a user as other records hold it ("simple user").
  const std::string& simple_user(std::int64_t user) const;
  /// The JSON of GET /users/{username}.
  std::string public_user(std::int64_t user) const;
  /// The JSON of GET /user: the public user and what only its owner sees.
  std::string private_user(std::int64_t user) const;

 private:
  struct User {
    std::string login;
    std::string simple;
  };
  void append_public_members(std::int64_t user, JsonText& json) const;

  std::string base_url_;
  std::uint64_t seed_;
  Shape shape_;
  std::vector<User> users_;
};

/// The members that every simple user and organization shares, from `login` to `site_admin`.
void append_account_members(const std::string& base_url, std::string_view login, std::int64_t id,
                            std::string_view type, JsonText& json);

/// The opaque `node_id` of a record: base64 of its kind and number, as GitHub's look.
std::string node_id(std::string_view kind, std::int64_t id);

/// Case-insensitive, as logins and repository names are.
bool equal_names(std::string_view a, std::string_view b);

}  // namespace inlet::simulator::github
