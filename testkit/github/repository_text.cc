#include "testkit/github/repository_text.h"

#include <array>
#include <utility>

#include "inlet/base/format.h"
#include "testkit/github/words.h"

namespace inlet::simulator::github {
namespace {

constexpr std::int64_t kFirstOrganizationId = 9919;
constexpr Seconds kFounded = 1296068472;  // 2011-01-26

constexpr std::array<std::pair<std::string_view, std::string_view>, 37> kLinks = {
    {{"archive_url", "/{archive_format}{/ref}"},
     {"assignees_url", "/assignees{/user}"},
     {"blobs_url", "/git/blobs{/sha}"},
     {"branches_url", "/branches{/branch}"},
     {"collaborators_url", "/collaborators{/collaborator}"},
     {"comments_url", "/comments{/number}"},
     {"commits_url", "/commits{/sha}"},
     {"compare_url", "/compare/{base}...{head}"},
     {"contents_url", "/contents/{+path}"},
     {"contributors_url", "/contributors"},
     {"deployments_url", "/deployments"},
     {"downloads_url", "/downloads"},
     {"events_url", "/events"},
     {"forks_url", "/forks"},
     {"git_commits_url", "/git/commits{/sha}"},
     {"git_refs_url", "/git/refs{/sha}"},
     {"git_tags_url", "/git/tags{/sha}"},
     {"issue_comment_url", "/issues/comments{/number}"},
     {"issue_events_url", "/issues/events{/number}"},
     {"issues_url", "/issues{/number}"},
     {"keys_url", "/keys{/key_id}"},
     {"labels_url", "/labels{/name}"},
     {"languages_url", "/languages"},
     {"merges_url", "/merges"},
     {"milestones_url", "/milestones{/number}"},
     {"notifications_url", "/notifications{?since,all,participating}"},
     {"pulls_url", "/pulls{/number}"},
     {"releases_url", "/releases{/id}"},
     {"stargazers_url", "/stargazers"},
     {"statuses_url", "/statuses/{sha}"},
     {"subscribers_url", "/subscribers"},
     {"subscription_url", "/subscription"},
     {"tags_url", "/tags"},
     {"teams_url", "/teams"},
     {"trees_url", "/git/trees{/sha}"},
     {"hooks_url", "/hooks"},
     {"url", ""}}};

bool is_of_organization(const Repository& repository) {
  return repository.plan.owner == organization_login(0);
}

void append_owner(const Site& site, const Repository& repository, JsonText& json) {
  if (!is_of_organization(repository)) {
    json.raw(site.simple_user(0));
    return;
  }
  json.open('{');
  append_account_members(site.base_url(), organization_login(0), organization_id(0), "Organization",
                         json);
  json.close('}');
}

void append_addresses(const Site& site, const Repository& repository, JsonText& json) {
  const std::string home = format("{}/repos/{}", site.base_url(), repository.full_name());
  const std::string page = format("{}/{}", site.base_url(), repository.full_name());
  for (const auto& [name, path] : kLinks) json.text(name, home + std::string(path));
  json.text("html_url", page).text("clone_url", page + ".git").text("svn_url", page);
  json.text("git_url", format("git:127.0.0.1/{}.git", repository.full_name()));
  json.text("ssh_url", format("git@127.0.0.1:{}.git", repository.full_name()));
  json.raw("mirror_url",
           repository.plan.name == "spoon-knife" ? "\"git://127.0.0.1/mirror.git\"" : "null");
}

void append_counts(const Repository& repository, JsonText& json) {
  const std::int64_t num_open = repository.plan.counts.issues / 3;
  const bool is_first = repository.plan.name == "hello-world";
  json.raw("homepage", is_first ? "\"https://example.org\"" : "null");
  json.raw("language", repository.is_empty() ? "null" : "\"C++\"");
  json.number("forks_count", 9).number("stargazers_count", 80).number("watchers_count", 80);
  json.number("size", repository.plan.counts.commits).text("default_branch", "main");
  json.number("open_issues_count", num_open).boolean("is_template", !is_first);
  json.key("topics").open('[');
  if (is_first) json.text("octocat").text("atom").text("api");
  json.close(']')
      .boolean("has_issues", true)
      .boolean("has_projects", true)
      .boolean("has_wiki", true);
  json.boolean("has_pages", false)
      .boolean("has_downloads", true)
      .boolean("has_discussions", is_first);
  json.boolean("archived", false).boolean("disabled", false).text("visibility", "public");
  json.number("forks", 9).number("open_issues", num_open).number("watchers", 80);
  json.text("temp_clone_token", "").text("role_name", "write");
  json.key("security_and_analysis").open('{').key("secret_scanning").open('{');
  json.text("status", is_first ? "enabled" : "disabled").close('}').close('}');
  json.key("custom_properties").open('{').text("team", "core").close('}');
  json.boolean("allow_forking", true).boolean("web_commit_signoff_required", false);
}

void append_members(const Site& site, const Repository& repository, std::int64_t num_commits,
                    std::string& out) {
  const Seconds pushed = num_commits == 0 ? kFounded : repository.commits.created(num_commits - 1);
  JsonText json(out);
  json.number("id", repository.plan.id).text("node_id", node_id("Repository", repository.plan.id));
  json.text("name", repository.plan.name).text("full_name", repository.full_name()).key("owner");
  append_owner(site, repository, json);
  json.boolean("private", false).boolean("fork", false);
  json.raw("description",
           repository.is_empty() ? "null" : "\"This your first repo! \\ud83d\\udc19\"");
  append_addresses(site, repository, json);
  append_counts(repository, json);
  json.time("pushed_at", pushed).time("created_at", kFounded).time("updated_at", pushed);
  json.key("permissions").open('{').boolean("admin", false).boolean("maintain", false);
  json.boolean("push", true).boolean("triage", true).boolean("pull", true).close('}');
  if (repository.is_empty()) {
    json.null("license");
  } else {
    json.key("license").open('{').text("key", "mit").text("name", "MIT License");
    json.text("spdx_id", "MIT").text("url", site.base_url() + "/licenses/mit");
    json.text("node_id", "MDc6TGljZW5zZW1pdA==").close('}');
  }
}

}  // namespace

void write_repository(const Site& site, const Repository& repository, std::string& out) {
  JsonText json(out);
  json.open('{');
  append_members(site, repository, repository.commits.size(), out);
  json.close('}');
}

void write_nested_repository(const Site& site, const Repository& repository, std::string& out) {
  JsonText json(out);
  json.open('{');
  append_members(site, repository, repository.plan.counts.commits, out);
  json.close('}');
}

void write_single_repository(const Site& site, const Repository& repository, std::string& out) {
  JsonText json(out);
  json.open('{');
  append_members(site, repository, repository.commits.size(), out);
  json.number("network_count", 0).number("subscribers_count", 42);
  json.boolean("allow_rebase_merge", true).boolean("allow_squash_merge", true);
  json.boolean("allow_merge_commit", true).boolean("allow_auto_merge", false);
  json.boolean("delete_branch_on_merge", true);
  if (is_of_organization(repository)) {
    json.key("organization");
    append_owner(site, repository, json);
  }
  json.close('}');
}

std::string organization_login(std::int64_t organization) {
  if (organization == 0) return "octo-org";
  return format("{}-guild-{}", plain_word(static_cast<std::uint64_t>(organization) * 5),
                organization);
}

std::int64_t organization_id(std::int64_t organization) {
  return kFirstOrganizationId + organization * 3;
}

void write_organization(const Site& site, std::int64_t organization, std::string& out) {
  const std::string login = organization_login(organization);
  const std::int64_t id = organization_id(organization);
  const std::string url = format("{}/orgs/{}", site.base_url(), login);
  JsonText json(out);
  json.open('{').text("login", login).number("id", id).text("node_id", node_id("Organization", id));
  json.text("url", url).text("repos_url", url + "/repos").text("events_url", url + "/events");
  json.text("hooks_url", url + "/hooks").text("issues_url", url + "/issues");
  json.text("members_url", url + "/members{/member}");
  json.text("public_members_url", url + "/public_members{/member}");
  json.text("avatar_url", format("{}/u/{}?v=4", site.base_url(), id));
  json.raw("description", organization % 2 == 0 ? "\"How people build software 🏗\"" : "null")
      .close('}');
}

void write_single_organization(const Site& site, std::int64_t organization, std::string& out) {
  const std::string login = organization_login(organization);
  write_organization(site, organization, out);
  out.pop_back();
  JsonText json(out);
  json.text("name", login).text("company", "GitHub").text("blog", "https://example.org/blog");
  json.text("location", "San Francisco").text("email", login + "@example.org");
  json.raw("twitter_username", organization == 0 ? "\"github\"" : "null")
      .boolean("is_verified", true);
  json.boolean("has_organization_projects", true).boolean("has_repository_projects", true);
  json.number("public_repos", 2).number("public_gists", 1).number("followers", 20);
  json.number("following", 0).text("html_url", format("{}/{}", site.base_url(), login));
  json.time("created_at", kFounded).time("updated_at", kFounded + 300000000).null("archived_at");
  json.text("type", "Organization").close('}');
}

std::string team_slug(std::int64_t number) {
  if (number == 0) return "justice-league";
  return format("{}-{}", plain_word(static_cast<std::uint64_t>(number) * 3), number);
}

void write_simple_team(const Site& site, const Roster::Entry& team, std::string& out) {
  const std::string slug = team_slug(team.number);
  const std::string url =
      format("{}/orgs/{}/teams/{}", site.base_url(), organization_login(0), slug);
  JsonText json(out);
  json.open('{')
      .number("id", 1000 + team.number)
      .text("node_id", node_id("Team", 1000 + team.number));
  json.text("url", url)
      .text("html_url",
            format("{}/orgs/{}/teams/{}", site.base_url(), organization_login(0), slug));
  json.text("name", team.number == 0 ? "Justice League" : slug).text("slug", slug);
  json.text("description",
            team.version == 0 ? "A great team." : format("A great team, take {}.", team.version));
  json.text("privacy", team.number % 3 == 2 ? "secret" : "closed");
  json.text("notification_setting", "notifications_enabled");
  json.text("permission", team.number % 2 == 0 ? "push" : "pull");
  json.text("type", "organization");
  json.text("members_url", url + "/members{/member}").text("repositories_url", url + "/repos");
  json.close('}');
}

void write_team(const Site& site, const Roster::Entry& team, std::string& out) {
  write_simple_team(site, team, out);
  out.pop_back();
  JsonText json(out);
  json.key("permissions").open('{').boolean("pull", true).boolean("triage", false);
  json.boolean("push", team.number % 2 == 0).boolean("maintain", false).boolean("admin", false);
  json.close('}').number("organization_id", organization_id(0)).key("parent");
  if (team.number % 4 == 3) {
    write_simple_team(site, {.number = 0}, out);
  } else {
    json.null();
  }
  json.close('}');
}

}  // namespace inlet::simulator::github
