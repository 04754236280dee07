#include "testkit/github/simulated.h"

#include <httplib.h>

#include <utility>

namespace inlet::simulator {
namespace {

Received to_received(const httplib::Result& result) {
  Received received;
  if (!result) return received;
  received.status = result->status;
  for (const auto& [name, value] : result->headers) received.headers[name] = value;
  received.body = result->body;
  return received;
}

std::string next_target(const std::string& link) {
  const std::size_t next = link.find(">; rel=\"next\"");
  if (next == std::string::npos) return {};
  const std::size_t begin = link.rfind('<', next) + 1;
  const std::string url = link.substr(begin, next - begin);
  return url.substr(url.find('/', std::string("http://").size()));
}

}  // namespace

class Simulated::Client {
 public:
  explicit Client(const std::string& base_url) : http(base_url) {
    http.set_keep_alive(true);
    http.set_url_encode(false);
    http.set_default_headers({{"Authorization", "Bearer abc"}});
  }
  httplib::Client http;
};

std::string Received::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

Simulated::Simulated(SimulatorOptions options) {
  options.clock = &clock_;
  auto made = make_github_simulator(options);
  EXPECT_TRUE(made.has_value()) << made.error().message;
  simulator_ = *std::move(made);
  client_ = std::make_unique<Client>(simulator_->base_url());
}

Simulated::~Simulated() = default;

Received Simulated::get(const std::string& target, const Headers& headers) {
  httplib::Headers sent(headers.begin(), headers.end());
  return to_received(client_->http.Get(target, sent));
}

Received Simulated::post(const std::string& target, const std::string& body) {
  return to_received(client_->http.Post(target, body, "text/plain"));
}

Received Simulated::erase(const std::string& target) {
  return to_received(client_->http.Delete(target));
}

void Simulated::sign_out() {
  client_->http.set_default_headers({});
}

std::string Simulated::header(const std::string& target, const std::string& name) {
  return get(target).header(name);
}

Json Simulated::json(const std::string& target) {
  const Received received = get(target);
  EXPECT_EQ(received.status, 200) << target << ": " << received.body;
  return received.json();
}

std::vector<Json> Simulated::read_all(std::string target) {
  std::vector<Json> records;
  while (!target.empty()) {
    const Received received = get(target);
    EXPECT_EQ(received.status, 200) << target << ": " << received.body;
    if (received.status != 200) break;
    for (Json& record : received.json()) records.push_back(std::move(record));
    target = next_target(received.header("Link"));
  }
  return records;
}

std::vector<Json> Simulated::truth(const std::string& table) {
  std::vector<Json> records;
  const auto lines = simulator_->truth(table);
  EXPECT_TRUE(lines.has_value()) << lines.error().message;
  for (std::size_t at = 0; lines && at < lines->size();) {
    const std::size_t end = lines->find('\n', at);
    records.push_back(Json::parse(lines->substr(at, end - at)));
    at = end + 1;
  }
  return records;
}

}  // namespace inlet::simulator
