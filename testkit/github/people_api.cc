#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "testkit/github/call.h"
#include "testkit/github/repository_text.h"

namespace inlet::simulator::github {
namespace {

constexpr std::int64_t kMembersEvery = 2;

Answered list_users(const Call& call) {
  return Listing{
      .size = call.site.num_users(),
      .write = [&call](std::int64_t user,
                       std::string& out) { JsonText(out).raw(call.site.simple_user(user)); },
      .id_at = [&call](std::int64_t user) { return call.site.user_id(user); }};
}

Answered get_user(const Call& call) {
  const auto user = call.site.find_user(call.arguments[0]);
  if (!user) return std::unexpected(ApiError{});
  return call.site.public_user(*user);
}

Answered get_signed_in_user(const Call& call) {
  if (!call.is_signed_in) {
    return std::unexpected(ApiError{.status = 401, .message = "Requires authentication"});
  }
  return call.site.private_user(0);
}

Answered list_organizations(const Call& call) {
  return Listing{
      .size = call.world.num_organizations(),
      .write = [&call](std::int64_t organization,
                       std::string& out) { write_organization(call.site, organization, out); },
      .id_at = [](std::int64_t organization) { return organization_id(organization); }};
}

// Octocat belongs to every organization, nobody else to any but the first.
Listing organizations_of(const Call& call, std::int64_t user) {
  return {.size = user == 0 ? call.world.num_organizations() : (user % kMembersEvery == 0 ? 1 : 0),
          .write = [&call](std::int64_t organization, std::string& out) {
            write_organization(call.site, organization, out);
          }};
}

Answered list_own_organizations(const Call& call) {
  if (!call.is_signed_in) {
    return std::unexpected(ApiError{.status = 401, .message = "Requires authentication"});
  }
  return organizations_of(call, 0);
}

Answered list_organizations_of_user(const Call& call) {
  const auto user = call.site.find_user(call.arguments[0]);
  if (!user) return std::unexpected(ApiError{});
  return organizations_of(call, *user);
}

Parsed<std::int64_t> organization_of(const Call& call) {
  const auto organization = call.world.find_organization(call.arguments[0]);
  if (!organization) return std::unexpected(ApiError{});
  return *organization;
}

Answered get_organization(const Call& call) {
  const std::int64_t organization = TRY(organization_of(call));
  std::string body;
  write_single_organization(call.site, organization, body);
  return body;
}

Answered list_members(const Call& call) {
  const std::int64_t organization = TRY(organization_of(call));
  const std::int64_t num_members = (call.site.num_users() + kMembersEvery - 1) / kMembersEvery;
  return Listing{.size = organization == 0 ? num_members : 1,
                 .write = [&call](std::int64_t position, std::string& out) {
                   JsonText(out).raw(call.site.simple_user(position * kMembersEvery));
                 }};
}

std::unexpected<ApiError> forbidden(std::string message) {
  return std::unexpected(ApiError{.status = 403, .message = std::move(message)});
}

Listing teams_listing(const Call& call, std::int64_t every) {
  const Roster& teams = call.world.teams();
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < teams.size(); ++i) {
    if (teams.at(i).number % every == 0) chosen.push_back(i);
  }
  const auto size = std::ssize(chosen);
  return {.size = size,
          .write = [&call, &teams, chosen = std::move(chosen)](std::int64_t position,
                                                               std::string& out) {
            write_team(call.site, teams.at(chosen[static_cast<std::size_t>(position)]), out);
          }};
}

Answered list_teams(const Call& call) {
  const std::int64_t organization = TRY(organization_of(call));
  if (!call.has_rights) return forbidden("Must have admin rights to Repository.");
  if (organization != 0) return Listing{};
  return teams_listing(call, 1);
}

Answered list_teams_of_repository(const Call& call) {
  if (!call.has_rights) return forbidden("Must have admin rights to Repository.");
  if (call.repository->plan.owner != organization_login(0)) return Listing{};
  return teams_listing(call, 2);
}

std::string_view role_of(const Roster::Entry& collaborator) {
  if (collaborator.number == 0) return "admin";
  constexpr std::string_view kRoles[] = {"read", "triage", "write", "maintain"};
  return kRoles[(collaborator.number + collaborator.version) % 4];
}

void write_collaborator(const Site& site, const Roster::Entry& collaborator, std::string& out) {
  const std::string_view role = role_of(collaborator);
  const int rank = role == "admin"      ? 4
                   : role == "maintain" ? 3
                   : role == "write"    ? 2
                   : role == "triage"   ? 1
                                        : 0;
  JsonText json(out);
  json.raw(site.simple_user(collaborator.number));
  out.pop_back();
  json.key("permissions").open('{').boolean("pull", true).boolean("triage", rank >= 1);
  json.boolean("push", rank >= 2)
      .boolean("maintain", rank >= 3)
      .boolean("admin", rank >= 4)
      .close('}');
  json.text("role_name", role).close('}');
}

Answered list_collaborators(const Call& call) {
  if (!call.is_signed_in) {
    return std::unexpected(ApiError{.status = 401, .message = "Requires authentication"});
  }
  if (!call.has_rights) return forbidden("Must have push access to view repository collaborators.");
  TRY(call.choice("affiliation", "all", {"outside", "direct", "all"}, "Repository"));
  return Listing{.size = call.repository->collaborators.size(),
                 .write = [&call](std::int64_t position, std::string& out) {
                   write_collaborator(call.site, call.repository->collaborators.at(position), out);
                 }};
}

Answered list_assignees(const Call& call) {
  return Listing{.size = call.repository->collaborators.size(),
                 .write = [&call](std::int64_t position, std::string& out) {
                   JsonText(out).raw(
                       call.site.simple_user(call.repository->collaborators.at(position).number));
                 }};
}

}  // namespace

std::vector<Route> people_routes() {
  return {{"/users", list_users},
          {"/users/{}", get_user},
          {"/users/{}/orgs", list_organizations_of_user},
          {"/user", get_signed_in_user},
          {"/user/orgs", list_own_organizations},
          {"/organizations", list_organizations},
          {"/orgs/{}", get_organization},
          {"/orgs/{}/members", list_members},
          {"/orgs/{}/teams", list_teams},
          {"/repos/{owner}/{repo}/teams", list_teams_of_repository},
          {"/repos/{owner}/{repo}/collaborators", list_collaborators},
          {"/repos/{owner}/{repo}/assignees", list_assignees}};
}

}  // namespace inlet::simulator::github
