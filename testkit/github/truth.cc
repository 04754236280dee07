#include <array>
#include <mutex>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "testkit/github/issue.h"
#include "testkit/github/pull.h"
#include "testkit/github/service.h"

// What a complete read would give: the lists of the API without paging, limits and faults.

namespace inlet::simulator::github {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTables = {
    {{"issues", "/repos/octo-org/hello-world/issues?state=all&direction=asc"},
     {"pull_requests", "/repos/octo-org/hello-world/pulls?state=all&direction=asc"},
     {"commits", "/repos/octo-org/hello-world/commits"},
     {"branches", "/repos/octo-org/hello-world/branches"},
     {"repositories", "/orgs/octo-org/repos"},
     {"organizations", "/user/orgs"},
     {"users", "/users"},
     {"comments", "/repos/octo-org/hello-world/issues/comments"},
     {"reviews", "/repos/octo-org/hello-world/pulls/*/reviews"},
     {"collaborators", "/repos/octo-org/hello-world/collaborators"},
     {"teams", "/orgs/octo-org/teams"},
     {"assignees", "/repos/octo-org/hello-world/assignees"}}};

Request to_request(std::string_view target) {
  const std::size_t question = std::min(target.find('?'), target.size());
  Request request{.method = "GET", .path = std::string(target.substr(0, question))};
  std::string_view rest = target.substr(std::min(question + 1, target.size()));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view member = rest.substr(0, end);
    const std::size_t equals = std::min(member.find('='), member.size());
    request.query[std::string(member.substr(0, equals))] =
        member.substr(std::min(equals + 1, member.size()));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return request;
}

// The listings of all pull requests' reviews, one behind the other.
void write_reviews(const Site& site, const Repository& repository, std::int64_t index,
                   std::string& out) {
  for (std::int64_t review = 0; review < num_reviews(repository, index); ++review) {
    write_review(site, repository, index, review, out);
    out += '\n';
  }
}

}  // namespace

std::vector<std::string> GithubService::tables() const {
  std::vector<std::string> names;
  for (const auto& [name, path] : kTables) names.emplace_back(name);
  return names;
}

Status GithubService::truth(std::string_view table,
                            const std::function<bool(std::string_view)>& write) {
  std::string_view path = table;
  for (const auto& [name, list] : kTables) {
    if (name == table) path = list;
  }
  if (!path.starts_with('/')) {
    return fail(ErrorKind::NotFound,
                format("no table \"{}\"{}", table, did_you_mean(table, tables())));
  }
  const Request request = to_request(path);
  const std::size_t star = request.path.find("/*/reviews");
  auto target = find(std::string_view(request.path).substr(0, star));
  if (!target) return fail(ErrorKind::NotFound, format("no list \"{}\"", path));

  std::shared_lock lock(records_);
  const Call call{.request = request,
                  .site = *site_,
                  .world = world_,
                  .is_signed_in = true,
                  .has_rights = true,
                  .is_since_inclusive = options_.is_since_inclusive,
                  .repository = target->repository,
                  .arguments = target->arguments};
  if (star != std::string::npos) {
    const Repository& repository = *target->repository;
    return write_all({.size = repository.issues.size() / 10,
                      .write =
                          [&](std::int64_t position, std::string& out) {
                            write_reviews(*site_, repository, position * 10 + 9, out);
                          }},
                     write, lock);
  }
  const Answered answer = target->route->handler(call);
  if (!answer) return fail(ErrorKind::NotFound, format("{}: {}", path, answer.error().message));
  if (const auto* body = std::get_if<std::string>(&*answer)) {
    write(*body + "\n");
    return {};
  }
  const auto& listing = std::get<Listing>(*answer);
  return write_all({.size = listing.size,
                    .write =
                        [&](std::int64_t position, std::string& out) {
                          listing.write(position, out);
                          out += '\n';
                        }},
                   write, lock);
}

Status GithubService::write_all(const Listing& lines,
                                const std::function<bool(std::string_view)>& write,
                                std::shared_lock<std::shared_mutex>& lock) {
  std::string chunk;
  for (std::int64_t position = 0; position < lines.size; ++position) {
    lines.write(position, chunk);
    if (chunk.size() < kChunkBytes && position + 1 < lines.size) continue;
    // A slow reader must not hold up those who change records.
    lock.unlock();
    if (!write(chunk)) return {};
    chunk.clear();
    lock.lock();
  }
  return {};
}

}  // namespace inlet::simulator::github
