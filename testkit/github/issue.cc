#include "testkit/github/issue.h"

#include <algorithm>

#include "inlet/base/format.h"
#include "testkit/github/words.h"
#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {

constexpr std::uint64_t kFactStream = 31;
constexpr std::uint64_t kStateStream = 32;
constexpr std::uint64_t kTitleStream = 33;
constexpr std::uint64_t kBodyStream = 34;

constexpr std::int64_t kFirstId = 3'000'000'000;
constexpr std::int64_t kIdsInRepository = 10'000'000;
constexpr int kNumBodyWords = 25;

std::uint64_t at_version(std::int64_t index, std::uint64_t version) {
  return static_cast<std::uint64_t>(index) * 256 + version;
}

void append_reactions(const Issue& issue, const std::string& url, JsonText& json) {
  const auto plus =
      static_cast<std::int64_t>(issue.seed + static_cast<std::uint64_t>(issue.index)) & 3;
  json.key("reactions").open('{').text("url", url + "/reactions").number("total_count", plus);
  json.number("+1", plus).number("-1", 0).number("laugh", 0).number("hooray", 0);
  json.number("confused", 0).number("heart", 0).number("rocket", 0).number("eyes", 0).close('}');
}

// What organizations have beside the classic members.
void append_organization_members(const Issue& issue, JsonText& json) {
  if (issue.index % 30 == 11) {
    json.key("performed_via_github_app").open('{').number("id", 1).text("slug", "octoapp");
    json.text("name", "Octocat App").close('}');
  } else {
    json.null("performed_via_github_app");
  }
  if (issue.is_pull) return;
  if (issue.index % 5 == 2) {
    json.key("type").open('{').number("id", 410).text("name", "Bug").text("color", "red");
    json.close('}');
  } else {
    json.null("type");
  }
  const std::int64_t num_parts = issue.index % 7 == 0 ? 2 : 0;
  json.key("sub_issues_summary").open('{').number("total", num_parts);
  json.number("completed", num_parts / 2).number("percent_completed", num_parts * 25).close('}');
  json.key("issue_dependencies_summary").open('{').number("blocked_by", 0);
  json.number("total_blocked_by", 0).number("blocking", 0).number("total_blocking", 0).close('}');
}

void append_pull_links(const Site& site, const Repository& repository, const Issue& issue,
                       JsonText& json) {
  json.key("pull_request").open('{');
  json.text("url", format("{}/repos/{}/pulls/{}", site.base_url(), repository.full_name(),
                          issue.number()));
  if (site.shape() == Shape::Full) {
    const std::string page =
        format("{}/{}/pull/{}", site.base_url(), repository.full_name(), issue.number());
    json.text("html_url", page).text("diff_url", page + ".diff").text("patch_url", page + ".patch");
  }
  if (!issue.is_open && issue.index % 20 == 9) {
    json.time("merged_at", issue.closed);
  } else {
    json.null("merged_at");
  }
  json.close('}');
}

void append_title_and_body(const Issue& issue, std::string& out) {
  JsonText(out).key("title");
  out += '"';
  issue.append_title(out);
  out += '"';
  if (issue.index % 16 == 3) {
    JsonText(out).null("body");
    return;
  }
  JsonText(out).key("body");
  out += '"';
  issue.append_body(out);
  out += '"';
}

void append_people(const Site& site, const Issue& issue, JsonText& json) {
  json.raw("user", site.simple_user(issue.creator));
  json.raw("assignee",
           issue.assignee ? std::string_view(site.simple_user(*issue.assignee)) : "null");
  json.key("assignees").open('[');
  if (issue.assignee) json.raw(site.simple_user(*issue.assignee));
  json.close(']');
}

void append_state(const Issue& issue, JsonText& json) {
  json.text("state", issue.is_open ? "open" : "closed");
  if (issue.is_open) {
    json.raw("state_reason", issue.version > 0 ? "\"reopened\"" : "null").null("closed_at");
  } else {
    json.text("state_reason", issue.index % 4 == 0 ? "not_planned" : "completed");
    json.time("closed_at", issue.closed);
  }
}

void append_labels(const Site& site, const Repository& repository, const Issue& issue,
                   std::string& out) {
  JsonText json(out);
  json.key("labels").open('[');
  for (const std::int64_t label : issue.labels()) write_label(site, repository, label, out);
  json.close(']');
}

void write_compact(const Site& site, const Repository& repository, const Issue& issue,
                   std::string& out) {
  JsonText json(out);
  json.open('{').number("id", issue.id).number("number", issue.number());
  append_title_and_body(issue, out);
  json.raw("user", site.simple_user(issue.creator));
  append_labels(site, repository, issue, out);
  append_state(issue, json);
  json.number("comments", issue.num_comments);
  json.time("created_at", issue.created).time("updated_at", issue.updated);
  json.text("author_association", association(issue.creator));
  json.boolean("locked", issue.index % 50 == 7);
  if (issue.is_pull) append_pull_links(site, repository, issue, json);
  json.close('}');
}

void write_full(const Site& site, const Repository& repository, const Issue& issue,
                std::string& out) {
  const std::string home = format("{}/repos/{}", site.base_url(), repository.full_name());
  const std::string url = format("{}/issues/{}", home, issue.number());
  JsonText json(out);
  json.open('{').text("url", url).text("repository_url", home);
  json.text("labels_url", url + "/labels{/name}").text("comments_url", url + "/comments");
  json.text("events_url", url + "/events").text("timeline_url", url + "/timeline");
  json.text("html_url", format("{}/{}/{}/{}", site.base_url(), repository.full_name(),
                               issue.is_pull ? "pull" : "issues", issue.number()));
  json.number("id", issue.id)
      .text("node_id", node_id(issue.is_pull ? "PullRequest" : "Issue", issue.id));
  json.number("number", issue.number());
  append_title_and_body(issue, out);
  append_people(site, issue, json);
  append_labels(site, repository, issue, out);
  append_state(issue, json);
  const bool is_locked = issue.index % 50 == 7;
  json.boolean("locked", is_locked);
  json.raw("active_lock_reason", is_locked ? "\"too heated\"" : "null");
  json.key("milestone");
  if (issue.milestone == 0) {
    json.null();
  } else {
    write_milestone(site, repository, issue.milestone, out);
  }
  json.number("comments", issue.num_comments);
  json.time("created_at", issue.created).time("updated_at", issue.updated);
  json.text("author_association", association(issue.creator));
  if (issue.is_pull) {
    json.boolean("draft", issue.index % 30 == 9);
    append_pull_links(site, repository, issue, json);
  }
  append_reactions(issue, url, json);
  append_organization_members(issue, json);
  json.close('}');
}

}  // namespace

Issue Issue::make(const Site& site, const Repository& repository, std::int64_t index) {
  Issue issue{.index = index, .seed = repository.plan.seed};
  issue.id = kFirstId + repository.plan.id % 100 * kIdsInRepository + index * 7;
  issue.version = repository.issues.version(index);
  issue.is_pull = is_pull_number(issue.number());
  issue.created = repository.issues.created(index);
  issue.updated = repository.issues.updated(index);

  Draw fact(issue.seed, kFactStream, static_cast<std::uint64_t>(index));
  issue.creator =
      static_cast<std::int64_t>(fact.below(static_cast<std::uint64_t>(site.num_users())));
  if (fact.chance(20)) issue.milestone = 1 + static_cast<std::int64_t>(fact.below(3));
  const auto num_known_labels = static_cast<std::uint64_t>(repository.plan.counts.labels);
  if (num_known_labels >= 3) {
    issue.num_labels = fact.below(4);
    const std::uint64_t first = fact.below(num_known_labels);
    for (std::size_t i = 0; i < issue.num_labels; ++i) {
      issue.drawn_labels[i] = static_cast<std::int64_t>((first + i) % num_known_labels);
    }
  }
  issue.num_comments = repository.num_comments(index);

  Draw state(issue.seed, kStateStream, at_version(index, issue.version));
  issue.is_open = state.chance(40);
  issue.closed =
      issue.version > 0 ? issue.updated : issue.created + (issue.updated - issue.created) / 2;
  if (state.chance(30)) {
    issue.assignee =
        static_cast<std::int64_t>(state.below(static_cast<std::uint64_t>(site.num_users())));
  }
  return issue;
}

void Issue::append_title(std::string& out) const {
  Draw draw(seed, kTitleStream, static_cast<std::uint64_t>(index));
  append_words(draw, 4 + static_cast<int>(draw.below(5)), out);
  if (version > 0) out += format(" (edit {})", version);
}

void Issue::append_body(std::string& out) const {
  Draw draw(seed, kBodyStream, at_version(index, version));
  append_words(draw, kNumBodyWords, out);
}

bool is_pull_number(std::int64_t number) {
  return number % 10 == 0;
}

void write_issue(const Site& site, const Repository& repository, std::int64_t index,
                 std::string& out) {
  const Issue issue = Issue::make(site, repository, index);
  if (site.shape() == Shape::Compact) {
    write_compact(site, repository, issue, out);
  } else {
    write_full(site, repository, issue, out);
  }
}

std::string label_name(std::int64_t label) {
  constexpr std::array<std::string_view, 8> kNames = {
      "bug",         "enhancement", "documentation",     "good first issue",
      "help wanted", "question",    "priority: high 🔥", "duplicate"};
  const auto number = static_cast<std::size_t>(label);
  if (number < kNames.size()) return std::string(kNames[number]);
  return format("area/{}-{}", plain_word(number * 7), label);
}

void write_label(const Site& site, const Repository& repository, std::int64_t label,
                 std::string& out) {
  const std::string name = label_name(label);
  const std::int64_t id = 208045946 + repository.plan.id % 100 * 1000 + label;
  const auto color =
      static_cast<unsigned>(mix(7, 7, static_cast<std::uint64_t>(label)) & 0xFFFFFFU);
  JsonText json(out);
  json.open('{').number("id", id);
  if (site.shape() == Shape::Full) {
    json.text("node_id", node_id("Label", id));
    json.text("url",
              format("{}/repos/{}/labels/{}", site.base_url(), repository.full_name(), name));
  }
  json.text("name", name).text("color", format("{:06x}", color));
  if (site.shape() == Shape::Full) {
    json.boolean("default", label < 8);
    json.raw("description", label % 3 == 2 ? "null" : "\"Something isn't working\"");
  }
  json.close('}');
}

void write_milestone(const Site& site, const Repository& repository, std::int64_t number,
                     std::string& out) {
  const std::string url =
      format("{}/repos/{}/milestones/{}", site.base_url(), repository.full_name(), number);
  const std::int64_t id = 1002604 + repository.plan.id % 100 * 10 + number;
  JsonText json(out);
  json.open('{').text("url", url).text("labels_url", url + "/labels").number("id", id);
  json.text("html_url",
            format("{}/{}/milestone/{}", site.base_url(), repository.full_name(), number));
  json.text("node_id", node_id("Milestone", id)).number("number", number);
  json.text("title", format("v{}.0", number)).text("description", "Tracking milestone");
  json.raw("creator", site.simple_user(0)).number("open_issues", 4).number("closed_issues", 8);
  json.text("state", number == 1 ? "closed" : "open");
  json.time("created_at", 1577923200).time("updated_at", 1580000000);
  json.raw("due_on", number == 3 ? "null" : "\"2025-10-09T23:39:01Z\"");
  json.raw("closed_at", number == 1 ? "\"2021-02-12T13:22:01Z\"" : "null").close('}');
}

std::string_view association(std::int64_t user) {
  if (user == 0) return "OWNER";
  if (user % 5 == 1) return "MEMBER";
  if (user % 5 == 2) return "COLLABORATOR";
  return user % 5 == 3 ? "CONTRIBUTOR" : "NONE";
}

}  // namespace inlet::simulator::github
