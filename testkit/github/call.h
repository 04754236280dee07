#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "testkit/github/site.h"
#include "testkit/github/world.h"
#include "testkit/simulator/service.h"

namespace inlet::simulator::github {

/// An answer other than 2xx, in GitHub's shape.
struct ApiError {
  int status = 404;
  std::string message = "Not Found";
  /// Ready-made JSON of the `errors` member; empty for none.
  std::string errors;
  /// Where a 301 leads; empty for none.
  std::string location;
};
ApiError validation_failed(std::string_view resource, std::string_view field,
                           std::string_view value);

/// A list before it is cut into pages.
struct Listing {
  std::int64_t size = 0;
  /// Appends the record at a position.
  std::function<void(std::int64_t position, std::string& out)> write;
  /// Lists that page by `since=ID` instead of by number: the id at a position.
  std::function<std::int64_t(std::int64_t position)> id_at;
};

/// A list or the JSON of one record.
using Answer = std::variant<Listing, std::string>;
using Answered = std::expected<Answer, ApiError>;
template <class T>
using Parsed = std::expected<T, ApiError>;

/// One request on its way to the handler of its route.
struct Call {
  const Request& request;
  const Site& site;
  const World& world;
  bool is_signed_in = false;
  bool has_rights = true;
  /// True: `since` gives records changed at that second as well.
  bool is_since_inclusive = true;
  /// Of /repos/{owner}/{repo}/...; otherwise nullptr.
  Repository* repository = nullptr;
  /// What stood in the other {places} of the route.
  std::vector<std::string_view> arguments;

  /// The query member, or `fallback`. Fails with 422 when it is not among `known`.
  Parsed<std::string_view> choice(std::string_view name, std::string_view fallback,
                                  std::initializer_list<std::string_view> known,
                                  std::string_view resource) const;
  /// The first second that the ISO 8601 time of query member `name` lets through. Fails with 422.
  Parsed<std::optional<Seconds>> time(std::string_view name, std::string_view resource) const;
  /// The query member, or an empty text.
  std::string_view parameter(std::string_view name) const;
  /// argument `position` as a number. Fails with 404.
  Parsed<std::int64_t> number(std::size_t position) const;
};

struct Route {
  /// `/repos/{owner}/{repo}/issues/{}`.
  std::string_view pattern;
  Answered (*handler)(const Call& call);
};

/// Lists that a View orders: `view` positions, backwards when `is_descending`.
Listing slice_of(std::shared_ptr<const View> view, bool is_descending,
                 std::function<void(std::int64_t record, std::string& out)> write);

std::vector<Route> issue_routes();
std::vector<Route> pull_routes();
std::vector<Route> git_routes();
std::vector<Route> people_routes();
std::vector<Route> repository_routes();

}  // namespace inlet::simulator::github
