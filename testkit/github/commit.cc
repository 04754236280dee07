#include "testkit/github/commit.h"

#include "inlet/base/format.h"
#include "testkit/github/words.h"
#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {

constexpr std::uint64_t kFactStream = 51;
constexpr std::uint64_t kMessageStream = 52;
constexpr std::uint64_t kShaStream = 53;
constexpr std::uint64_t kTreeStream = 54;
constexpr std::uint64_t kBranchStream = 55;

void append_signature(const Site& site, std::string_view role, std::int64_t user, Seconds time,
                      JsonText& json) {
  json.key(role).open('{').text("name", format("{} Ångström", site.login(user)));
  json.text("email", format("{}@example.org", site.login(user))).time("date", time).close('}');
}

void append_verification(bool is_verified, Seconds time, JsonText& json) {
  json.key("verification").open('{').boolean("verified", is_verified);
  if (is_verified) {
    json.text("reason", "valid").text("signature", "-----BEGIN PGP SIGNATURE-----\n...");
    json.text("payload", "tree 6dcb09b5b57875f334f61aebed695e2e4193db5e\n...");
    json.time("verified_at", time);
  } else {
    json.text("reason", "unsigned").null("signature").null("payload").null("verified_at");
  }
  json.close('}');
}

void append_members(const Site& site, const Repository& repository, std::int64_t index,
                    std::string& out) {
  const std::string sha = commit_sha(repository, index);
  const std::string home = format("{}/repos/{}", site.base_url(), repository.full_name());
  const std::string page = format("{}/{}/commit/", site.base_url(), repository.full_name());
  const Seconds time = repository.commits.created(index);
  Draw fact(repository.plan.seed, kFactStream, static_cast<std::uint64_t>(index));
  const auto user =
      static_cast<std::int64_t>(fact.below(static_cast<std::uint64_t>(site.num_users())));
  const bool is_verified = fact.chance(50);
  // A commit whose e-mail address nobody has claimed.
  const bool is_unknown = fact.chance(10);

  JsonText json(out);
  json.text("sha", sha).text("node_id", node_id("Commit", index)).key("commit").open('{');
  append_signature(site, "author", user, time - fact.chance(20) * 60, json);
  append_signature(site, "committer", user, time, json);
  json.key("message");
  out += '"';
  Draw words(repository.plan.seed, kMessageStream, static_cast<std::uint64_t>(index));
  append_words(words, 3 + static_cast<int>(words.below(12)), out);
  out += '"';
  const std::string tree = sha_of(repository, kTreeStream, static_cast<std::uint64_t>(index));
  json.key("tree").open('{').text("sha", tree).text("url", home + "/git/trees/" + tree).close('}');
  json.text("url", home + "/git/commits/" + sha).number("comment_count", index % 5 == 0 ? 1 : 0);
  append_verification(is_verified, time, json);
  json.close('}').text("url", home + "/commits/" + sha).text("html_url", page + sha);
  json.text("comments_url", home + "/commits/" + sha + "/comments");
  json.raw("author", is_unknown ? "null" : std::string_view(site.simple_user(user)));
  json.raw("committer", is_unknown ? "null" : std::string_view(site.simple_user(user)));
  json.key("parents").open('[');
  for (std::int64_t parent = index - 1; parent >= 0 && parent >= index - (index % 9 == 8 ? 2 : 1);
       --parent) {
    const std::string of = commit_sha(repository, parent);
    json.open('{')
        .text("sha", of)
        .text("url", home + "/commits/" + of)
        .text("html_url", page + of)
        .close('}');
  }
  json.close(']');
}

}  // namespace

std::string sha_of(const Repository& repository, std::uint64_t stream, std::uint64_t index) {
  Draw draw(repository.plan.seed, stream, index);
  const std::uint64_t first = draw.next();
  const std::uint64_t second = draw.next();
  return format("{:016x}{:016x}{:08x}", first, second, draw.next() & 0xFFFFFFFFU);
}

std::string commit_sha(const Repository& repository, std::int64_t index) {
  return sha_of(repository, kShaStream, static_cast<std::uint64_t>(index));
}

void write_commit(const Site& site, const Repository& repository, std::int64_t index,
                  std::string& out) {
  JsonText json(out);
  json.open('{');
  append_members(site, repository, index, out);
  json.close('}');
}

void write_single_commit(const Site& site, const Repository& repository, std::int64_t index,
                         std::string& out) {
  JsonText json(out);
  json.open('{');
  append_members(site, repository, index, out);
  json.key("stats")
      .open('{')
      .number("additions", 104)
      .number("deletions", 4)
      .number("total", 108)
      .close('}');
  json.key("files").open('[').open('{').text("sha", commit_sha(repository, index));
  json.text("filename", "src/main.cc").text("status", "modified").number("additions", 104);
  json.number("deletions", 4).number("changes", 108).text("patch", "@@ -29,7 +29,7 @@\n...");
  json.close('}').close(']').close('}');
}

std::string branch_name(std::int64_t number) {
  if (number == 0) return "main";
  if (number == 1) return "develop";
  return format("{}/{}-{}", number % 3 == 0 ? "fix" : "feature",
                plain_word(static_cast<std::uint64_t>(number) * 11), number);
}

bool is_protected(const Roster::Entry& branch) {
  return branch.number % 10 == 0;
}

void write_branch(const Site& site, const Repository& repository, const Roster::Entry& branch,
                  std::string& out) {
  const std::string name = branch_name(branch.number);
  const std::string home = format("{}/repos/{}", site.base_url(), repository.full_name());
  const std::int64_t last = repository.commits.size() - 1;
  const std::string sha =
      branch.number == 0
          ? commit_sha(repository, last)
          : sha_of(repository, kBranchStream,
                   static_cast<std::uint64_t>(branch.number * 1000 + branch.version));
  JsonText json(out);
  json.open('{').text("name", name).key("commit").open('{').text("sha", sha);
  json.text("url", home + "/commits/" + sha).close('}');
  json.boolean("protected", is_protected(branch));
  json.key("protection").open('{').boolean("enabled", is_protected(branch));
  json.key("required_status_checks")
      .open('{')
      .text("enforcement_level", is_protected(branch) ? "non_admins" : "off");
  json.key("contexts").open('[');
  if (is_protected(branch)) json.text("ci-test").text("linter");
  json.close(']').key("checks").open('[').close(']').close('}').close('}');
  json.text("protection_url", format("{}/branches/{}/protection", home, name)).close('}');
}

}  // namespace inlet::simulator::github
