#include "testkit/github/comment.h"

#include "inlet/base/format.h"
#include "testkit/github/issue.h"
#include "testkit/github/words.h"
#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {
constexpr std::uint64_t kFactStream = 41;
constexpr std::uint64_t kBodyStream = 42;
constexpr std::int64_t kFirstId = 1'500'000'000;
constexpr std::int64_t kIdsInRepository = 10'000'000;
}  // namespace

std::int64_t comment_id(const Repository& repository, std::int64_t index) {
  return kFirstId + repository.plan.id % 100 * kIdsInRepository + index * 3;
}

void write_comment(const Site& site, const Repository& repository, std::int64_t index,
                   std::string& out) {
  const std::int64_t id = comment_id(repository, index);
  const std::int64_t number = repository.issue_of_comment(index) + 1;
  const std::string home = format("{}/repos/{}", site.base_url(), repository.full_name());
  const std::uint64_t version = repository.comments.version(index);
  Draw fact(repository.plan.seed, kFactStream, static_cast<std::uint64_t>(index));
  const auto user =
      static_cast<std::int64_t>(fact.below(static_cast<std::uint64_t>(site.num_users())));

  JsonText json(out);
  json.open('{').text("url", format("{}/issues/comments/{}", home, id));
  json.text("html_url",
            format("{}/{}/{}/{}#issuecomment-{}", site.base_url(), repository.full_name(),
                   is_pull_number(number) ? "pull" : "issues", number, id));
  json.text("issue_url", format("{}/issues/{}", home, number));
  json.number("id", id).text("node_id", node_id("IssueComment", id));
  json.raw("user", site.simple_user(user));
  json.time("created_at", repository.comments.created(index));
  json.time("updated_at", repository.comments.updated(index));
  json.text("author_association", association(user));
  Draw words(repository.plan.seed, kBodyStream, static_cast<std::uint64_t>(index) * 256 + version);
  json.key("body");
  out += '"';
  append_words(words, 5 + static_cast<int>(words.below(30)), out);
  out += '"';
  json.key("reactions").open('{').text("url", format("{}/issues/comments/{}/reactions", home, id));
  json.number("total_count", 0).number("+1", 0).number("-1", 0).number("laugh", 0);
  json.number("confused", 0).number("heart", 0).number("hooray", 0).number("eyes", 0);
  json.number("rocket", 0).close('}').null("performed_via_github_app").close('}');
}

}  // namespace inlet::simulator::github
