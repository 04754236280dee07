#include "testkit/github/service.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "testkit/github/page.h"
#include "testkit/simulator/draw.h"
#include "testkit/simulator/gzip.h"

namespace inlet::simulator::github {
namespace {

constexpr std::string_view kVersion = "2022-11-28";
constexpr std::int64_t kLimitWithoutToken = 60;
constexpr std::string_view kOldName = "/octo-org/hello-world-old";

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

// The token of `Bearer TOKEN` or `token TOKEN`; empty without one.
std::string token_of(const Request& request) {
  const std::string* header = request.header("authorization");
  if (header == nullptr) return {};
  const std::size_t space = header->find(' ');
  if (space == std::string::npos) return {};
  const std::string_view scheme = std::string_view(*header).substr(0, space);
  if (!equal_names(scheme, "bearer") && !equal_names(scheme, "token")) return {};
  return header->substr(space + 1);
}

std::string etag_of(std::string_view body) {
  std::uint64_t hash = body.size();
  while (body.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, body.data(), 8);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29U;
    body.remove_prefix(8);
  }
  for (const char c : body) hash = mix(hash, 1, static_cast<unsigned char>(c));
  return format("W/\"{:016x}{:016x}\"", mix(hash, 2, 0), mix(hash, 3, 0));
}

std::string http_date(Seconds time) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = simulator::to_text(time);
  const auto weekday = static_cast<std::size_t>((time / 86400 + 4) % 7);
  const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
  return format("{}, {} {} {} {} GMT", kDays[weekday], text.substr(8, 2), kMonths[month],
                text.substr(0, 4), text.substr(11, 8));
}

bool accepts_gzip(const Request& request) {
  const std::string* accepted = request.header("accept-encoding");
  return accepted != nullptr && accepted->find("gzip") != std::string::npos;
}

Reply error_reply(const ApiError& error) {
  Reply reply{.status = error.status};
  JsonText json(reply.body);
  json.open('{').text("message", error.message);
  if (!error.errors.empty()) json.raw("errors", error.errors);
  if (!error.location.empty()) {
    json.text("url", error.location);
    reply.headers.emplace_back("Location", error.location);
  }
  json.text("documentation_url", "https://docs.github.com/rest");
  json.text("status", format("{}", error.status)).close('}');
  return reply;
}

}  // namespace

GithubService::GithubService(ServiceOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      world_(options_.seed, options_.counts, options_.ties),
      limit_(options_.rate_limit, kLimitWithoutToken, options_.rate_window) {
  for (const auto& routes :
       {issue_routes(), pull_routes(), git_routes(), people_routes(), repository_routes()}) {
    routes_.insert(routes_.end(), routes.begin(), routes.end());
  }
}

void GithubService::bound_to(std::string base_url) {
  site_.emplace(std::move(base_url), options_.seed, options_.shape, options_.num_users);
}

Seconds GithubService::now() const {
  return std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
}

std::optional<ApiError> GithubService::turn_away(const Request& request) const {
  if (request.header("user-agent") == nullptr) {
    return ApiError{.status = 403,
                    .message =
                        "Request forbidden by administrative rules. Please make sure your "
                        "request has a User-Agent header"};
  }
  const std::string* version = request.header("x-github-api-version");
  if (version != nullptr && *version != kVersion) {
    return ApiError{.status = 400,
                    .message = format("\"{}\" is not a supported API version", *version)};
  }
  const std::string token = token_of(request);
  if (token.empty() && request.header("authorization") != nullptr) {
    return ApiError{.status = 401, .message = "Bad credentials"};
  }
  if (options_.token.empty() || token == options_.token) return std::nullopt;
  return ApiError{.status = 401,
                  .message = token.empty() ? "Requires authentication" : "Bad credentials"};
}

Reply GithubService::answer(const Request& request) {
  const std::string token = token_of(request);
  if (const auto error = turn_away(request)) {
    Reply reply = error_reply(*error);
    finish(request, limit_.look({}, now()), reply);
    return reply;
  }
  if (request.path == "/rate_limit") return rate_limit_reply(token);
  Quota quota = limit_.take(token, now());
  if (quota.is_exceeded) {
    Reply reply =
        error_reply({.status = 403,
                     .message = "API rate limit exceeded for user ID 583231. If you reach out to "
                                "GitHub Support for help, please include the request ID."});
    finish(request, quota, reply);
    return reply;
  }
  Reply reply = answer_signed_in(request, token);
  // The documentation: a conditional request that is answered 304 does not count.
  if (reply.status == 304) quota = limit_.give_back(token, now());
  finish(request, quota, reply);
  return reply;
}

Reply GithubService::answer_signed_in(const Request& request, const std::string& token) {
  if (request.method != "GET" && request.method != "HEAD") return error_reply({});
  auto target = find(request.path);
  if (!target) {
    ApiError error = target.error();
    if (!error.location.empty()) error.location = site_->base_url() + error.location;
    return error_reply(error);
  }
  Reply reply;
  bool is_page = false;
  {
    const std::shared_lock lock(records_);
    const Call call{.request = request,
                    .site = *site_,
                    .world = world_,
                    .is_signed_in = !token.empty(),
                    .has_rights = options_.has_rights,
                    .is_since_inclusive = options_.is_since_inclusive,
                    .repository = target->repository,
                    .arguments = target->arguments};
    const Answered answer = target->route->handler(call);
    if (!answer) return error_reply(answer.error());
    reply = to_reply(*answer, *target, request);
    is_page = std::holds_alternative<Listing>(*answer);
  }
  if (is_page && options_.mutate_every > 0 && ++num_pages_ % options_.mutate_every == 0) {
    const std::unique_lock lock(records_);
    // The names were checked when the simulator was made.
    CHECK(world_.mutate(options_.mutate, now(), options_.num_users).has_value());
  }
  return reply;
}

Parsed<GithubService::Target> GithubService::find(std::string_view path) const {
  std::vector<std::string_view> segments = segments_of(path);
  Target target;
  target.link_path = path;
  std::size_t num_places = 0;
  if (segments.size() >= 3 && segments[0] == "repos") {
    if (path.substr(6).starts_with(kOldName)) {
      const std::string rest(path.substr(6 + kOldName.size()));
      return std::unexpected(ApiError{
          .status = 301,
          .message = "Moved Permanently",
          .location = format("/repositories/{}{}", world_.repositories().front()->plan.id, rest)});
    }
    target.repository = world_.find(segments[1], segments[2]);
    num_places = 3;
  } else if (segments.size() >= 2 && segments[0] == "repositories") {
    Call dummy{.request = {}, .site = *site_, .world = world_, .arguments = {segments[1]}};
    target.repository = world_.find(TRY(dummy.number(0)));
    num_places = 2;
  }
  if (num_places > 0) {
    if (target.repository == nullptr) return std::unexpected(ApiError{});
    segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(num_places));
    target.link_path = format("/repositories/{}", target.repository->plan.id);
    for (const std::string_view segment : segments) target.link_path += format("/{}", segment);
    segments.insert(segments.begin(), {"repos", "{owner}", "{repo}"});
  }
  for (const Route& route : routes_) {
    if (match(route, segments, target)) return target;
  }
  return std::unexpected(ApiError{});
}

bool GithubService::match(const Route& route, const std::vector<std::string_view>& segments,
                          Target& target) const {
  const std::vector<std::string_view> pattern = segments_of(route.pattern);
  if (pattern.size() != segments.size()) return false;
  target.arguments.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "{}") {
      target.arguments.push_back(segments[i]);
    } else if (pattern[i] != segments[i]) {
      return false;
    }
  }
  target.route = &route;
  return true;
}

Reply GithubService::to_reply(const Answer& answer, const Target& target,
                              const Request& request) const {
  Reply reply;
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.body = *body;
  } else {
    const auto& listing = std::get<Listing>(answer);
    const Page page = page_of(request, listing);
    reply.body.reserve(64 + static_cast<std::size_t>(page.end - page.begin) * 700);
    reply.body += '[';
    for (std::int64_t i = page.begin; i < page.end; ++i) listing.write(i, reply.body);
    reply.body += ']';
    std::string links = link_header(site_->base_url(), target.link_path, request, listing, page);
    if (!links.empty()) reply.headers.emplace_back("Link", std::move(links));
  }
  std::string etag = etag_of(reply.body);
  const std::string* known = request.header("if-none-match");
  if (known != nullptr && known->find(std::string_view(etag).substr(2)) != std::string::npos) {
    reply.status = 304;
    reply.body.clear();
  }
  reply.headers.emplace_back("ETag", std::move(etag));
  reply.headers.emplace_back("Cache-Control", "private, max-age=60, s-maxage=60");
  return reply;
}

Reply GithubService::rate_limit_reply(const std::string& token) {
  const Quota quota = limit_.look(token, now());
  Reply reply;
  JsonText json(reply.body);
  const auto add = [&](std::string_view name) {
    json.key(name).open('{').number("limit", quota.limit).number("used", quota.used);
    json.number("remaining", quota.remaining())
        .number("reset", quota.reset)
        .text("resource", "core")
        .close('}');
  };
  json.open('{').key("resources").open('{');
  add("core");
  json.close('}');
  add("rate");
  json.close('}');
  finish({}, quota, reply);
  return reply;
}

void GithubService::finish(const Request& request, const Quota& quota, Reply& reply) {
  const std::uint64_t number = ++num_answers_;
  const auto add = [&](const char* name, std::string value) {
    reply.headers.emplace_back(name, std::move(value));
  };
  add("Date", http_date(now()));
  add("X-GitHub-Media-Type", "github.v3; format=json");
  add("X-GitHub-Api-Version-Selected", std::string(kVersion));
  add("X-GitHub-Request-Id",
      format("{:04X}:{:06X}:{:08X}", number >> 16U & 0xFFFFU, number & 0xFFFFFFU,
             mix(options_.seed, 9, number) & 0xFFFFFFFFU));
  add("X-RateLimit-Limit", format("{}", quota.limit));
  add("X-RateLimit-Remaining", format("{}", quota.remaining()));
  add("X-RateLimit-Used", format("{}", quota.used));
  add("X-RateLimit-Reset", format("{}", quota.reset));
  add("X-RateLimit-Resource", "core");
  if (options_.is_gzip && !reply.body.empty() && accepts_gzip(request)) {
    reply.body = gzip(reply.body);
    add("Content-Encoding", "gzip");
  }
}

Reply GithubService::refuse(const Fault& fault, const Request& request) {
  const std::string token = token_of(request);
  Quota quota = limit_.look(token, now());
  ApiError error{.status = fault.status};
  if (fault.kind == Fault::Kind::PrimaryLimit) {
    error.message = "API rate limit exceeded for user ID 583231.";
    quota.used = quota.limit;
    if (fault.retry_after) quota.reset = now() + fault.retry_after->count();
  } else if (fault.kind == Fault::Kind::SecondaryLimit) {
    error.message =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  } else {
    error.message = fault.status >= 500 ? "Server Error" : "Simulated error";
  }
  Reply reply = error_reply(error);
  if (fault.kind == Fault::Kind::SecondaryLimit ||
      (fault.retry_after && fault.kind == Fault::Kind::Status)) {
    reply.headers.emplace_back(
        "Retry-After", format("{}", fault.retry_after.value_or(std::chrono::seconds(60)).count()));
  }
  finish(request, quota, reply);
  return reply;
}

Status GithubService::mutate(const Changes& changes) {
  const std::unique_lock lock(records_);
  return world_.mutate(changes, now(), options_.num_users);
}

}  // namespace inlet::simulator::github
