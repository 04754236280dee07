#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "testkit/github/call.h"
#include "testkit/github/repository_text.h"

namespace inlet::simulator::github {
namespace {

Seconds pushed_at(const Repository& repository) {
  return repository.is_empty() ? 0 : repository.commits.created(repository.commits.size() - 1);
}

// The repositories that `is_wanted` picks, in the order that the query asks for.
template <class Predicate>
Answered list_repositories(const Call& call, const Predicate& is_wanted) {
  const auto sort = TRY(call.choice("sort", "full_name",
                                    {"created", "updated", "pushed", "full_name"}, "Repository"));
  const auto direction = TRY(call.choice("direction", sort == "full_name" ? "asc" : "desc",
                                         {"asc", "desc"}, "Repository"));
  TRY(call.choice("type", "all",
                  {"all", "public", "private", "forks", "sources", "member", "owner"},
                  "Repository"));
  std::vector<const Repository*> chosen;
  for (const auto& repository : call.world.repositories()) {
    if (is_wanted(*repository)) chosen.push_back(repository.get());
  }
  std::stable_sort(chosen.begin(), chosen.end(), [&](const Repository* a, const Repository* b) {
    if (sort == "full_name") return a->full_name() < b->full_name();
    if (sort == "created") return a->plan.id < b->plan.id;
    return pushed_at(*a) < pushed_at(*b);
  });
  if (direction == "desc") std::reverse(chosen.begin(), chosen.end());
  const auto size = std::ssize(chosen);
  return Listing{
      .size = size,
      .write = [&call, chosen = std::move(chosen)](std::int64_t position, std::string& out) {
        write_repository(call.site, *chosen[static_cast<std::size_t>(position)], out);
      }};
}

Answered get_repository(const Call& call) {
  std::string body;
  write_single_repository(call.site, *call.repository, body);
  return body;
}

Answered list_repositories_of_organization(const Call& call) {
  const auto organization = call.world.find_organization(call.arguments[0]);
  if (!organization) return std::unexpected(ApiError{});
  return list_repositories(call, [&](const Repository& repository) {
    return equal_names(repository.plan.owner, call.arguments[0]);
  });
}

Answered list_repositories_of_user(const Call& call) {
  const auto user = call.site.find_user(call.arguments[0]);
  if (!user && !call.world.find_organization(call.arguments[0])) return std::unexpected(ApiError{});
  return list_repositories(call, [&](const Repository& repository) {
    return equal_names(repository.plan.owner, call.arguments[0]);
  });
}

Answered list_own_repositories(const Call& call) {
  if (!call.is_signed_in) {
    return std::unexpected(ApiError{.status = 401, .message = "Requires authentication"});
  }
  return list_repositories(call, [](const Repository&) { return true; });
}

Answered list_public_repositories(const Call& call) {
  const auto& all = call.world.repositories();
  return Listing{.size = std::ssize(all),
                 .write =
                     [&call, &all](std::int64_t position, std::string& out) {
                       write_repository(call.site, *all[static_cast<std::size_t>(position)], out);
                     },
                 .id_at =
                     [&all](std::int64_t position) {
                       return all[static_cast<std::size_t>(position)]->plan.id;
                     }};
}

Answered get_root(const Call& call) {
  const std::string& url = call.site.base_url();
  std::string body;
  JsonText json(body);
  json.open('{').text("current_user_url", url + "/user");
  json.text("issues_url", url + "/issues").text("organization_url", url + "/orgs/{org}");
  json.text("rate_limit_url", url + "/rate_limit");
  json.text("repository_url", url + "/repos/{owner}/{repo}");
  json.text("organization_repositories_url", url + "/orgs/{org}/repos{?type,page,per_page,sort}");
  json.text("current_user_repositories_url", url + "/user/repos{?type,page,per_page,sort}");
  json.text("user_url", url + "/users/{user}");
  json.text("user_repositories_url", url + "/users/{user}/repos{?type,page,per_page,sort}")
      .close('}');
  return body;
}

}  // namespace

std::vector<Route> repository_routes() {
  return {{"/", get_root},
          {"/repos/{owner}/{repo}", get_repository},
          {"/orgs/{}/repos", list_repositories_of_organization},
          {"/users/{}/repos", list_repositories_of_user},
          {"/user/repos", list_own_repositories},
          {"/repositories", list_public_repositories}};
}

}  // namespace inlet::simulator::github
