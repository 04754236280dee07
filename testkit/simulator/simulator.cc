#include "testkit/simulator/simulator.h"

#include <httplib.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>
#include <thread>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "testkit/simulator/connection.h"

namespace inlet::simulator {
namespace {

constexpr std::string_view kAdmin = "/_simulator/";
constexpr std::time_t kIdleSeconds = 60;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Request to_request(const httplib::Request& request) {
  Request result{.method = request.method, .path = request.path, .body = request.body};
  for (const auto& [name, value] : request.params) result.query[name] = value;
  for (const auto& [name, value] : request.headers) result.headers[lower(name)] = value;
  return result;
}

Result<Changes> to_changes(const httplib::Request& request) {
  Changes changes;
  for (const auto& [name, value] : request.params) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) {
      return fail(ErrorKind::Config, format("{} needs a number, not \"{}\"", name, value));
    }
    changes[name] = number;
  }
  return changes;
}

Result<std::vector<Fault>> to_faults(std::string_view lines) {
  std::vector<Fault> faults;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    if (!line.empty()) faults.push_back(TRY(Fault::parse(line)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return faults;
}

Json to_json(const RequestCounts& counts) {
  Json by_status = Json::object();
  for (const auto& [status, number] : counts.by_status) by_status[format("{}", status)] = number;
  return {{"requests", counts.num_requests}, {"by_status", by_status}, {"by_path", counts.by_path}};
}

void answer_error(const Error& error, httplib::Response& response) {
  response.status = error.kind == ErrorKind::NotFound ? 404 : 400;
  response.set_content(to_text(Json{{"message", error.message}}), "application/json");
}

}  // namespace

class Simulator::Server {
 public:
  Server(std::unique_ptr<Service> service, const SimulatorOptions& options)
      : service_(std::move(service)) {
    faults_.replace(options.faults);
    http_.new_task_queue = [threads = options.num_threads] {
      return new httplib::ThreadPool(static_cast<std::size_t>(threads));  // Owned by httplib.
    };
    http_.set_tcp_nodelay(true);
    http_.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
    http_.set_keep_alive_timeout(kIdleSeconds);
    http_.set_pre_routing_handler([this](const auto& request, auto& response) {
      // A body is read by routing only; requests with one go on to it.
      if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      handle(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto handler = [this](const auto& request, auto& response) { handle(request, response); };
    http_.Post(".*", handler).Put(".*", handler).Patch(".*", handler);
  }

  Status bind(int port) {
    port_ = port == 0 ? http_.bind_to_any_port("127.0.0.1")
                      : (http_.bind_to_port("127.0.0.1", port) ? port : -1);
    if (port_ < 0) {
      return fail(ErrorKind::Unavailable, format("cannot listen on 127.0.0.1:{}", port));
    }
    service_->bound_to(base_url());
    thread_ = std::jthread([this] { http_.listen_after_bind(); });
    return {};
  }

  void stop() {
    if (!thread_.joinable()) return;
    // listen_after_bind() marks itself running a moment after the thread starts.
    while (!http_.is_running()) std::this_thread::yield();
    http_.stop();
    visit_connections(port_, [](int socket, int) { end_connection(socket); });
    thread_.join();
  }

  std::string base_url() const { return format("http://127.0.0.1:{}", port_); }
  int port() const { return port_; }
  Service& service() { return *service_; }
  RequestLog& log() { return log_; }
  FaultPlan& faults() { return faults_; }

 private:
  void handle(const httplib::Request& request, httplib::Response& response) {
    if (request.path.starts_with(kAdmin)) {
      administer(request, response);
      return;
    }
    const std::optional<Fault> fault = faults_.next(request.target);
    if (fault && fault->kind == Fault::Kind::Reset) {
      log_.add(request.path, 0);
      visit_connections(port_, [&](int socket, int remote_port) {
        if (remote_port == request.remote_port) reset_connection(socket);
      });
      return;
    }
    if (fault && fault->kind == Fault::Kind::Slow) SystemClock().wait(fault->delay, {});
    const bool is_refused =
        fault && (fault->kind == Fault::Kind::Status || fault->kind == Fault::Kind::PrimaryLimit ||
                  fault->kind == Fault::Kind::SecondaryLimit);
    const Request asked = to_request(request);
    Reply reply = is_refused ? service_->refuse(*fault, asked) : service_->answer(asked);
    log_.add(request.path, reply.status);
    send(std::move(reply), fault, response);
  }

  static void send(Reply reply, const std::optional<Fault>& fault, httplib::Response& response) {
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) response.headers.emplace(name, value);
    if (fault && fault->kind == Fault::Kind::TruncateJson) reply.body.resize(reply.body.size() / 2);
    if (fault && fault->kind == Fault::Kind::CutBody) {
      const std::size_t size = reply.body.size();
      response.set_content_provider(
          size, reply.content_type,
          [body = std::move(reply.body)](std::size_t, std::size_t, httplib::DataSink& sink) {
            sink.write(body.data(), body.size() / 2);
            return false;
          });
      return;
    }
    response.headers.emplace("Content-Type", reply.content_type);
    response.body = std::move(reply.body);
  }

  void administer(const httplib::Request& request, httplib::Response& response) {
    const std::string what = request.path.substr(kAdmin.size());
    if (what == "truth" && request.has_param("path")) {
      send_truth(request.get_param_value("path"), response);
    } else if (what.starts_with("truth/")) {
      send_truth(what.substr(6), response);
    } else if (what == "mutate") {
      mutate(request, response);
    } else if (what == "faults") {
      auto faults = to_faults(request.body);
      if (!faults) return answer_error(faults.error(), response);
      faults_.replace(*std::move(faults));
      response.status = 204;
    } else if (what == "requests") {
      if (request.method == "DELETE") log_.clear();
      response.set_content(to_text(to_json(log_.counts())), "application/json");
    } else {
      answer_error({ErrorKind::NotFound, format("no {}{}", kAdmin, what)}, response);
    }
  }

  void send_truth(const std::string& table, httplib::Response& response) {
    const Status probe = service_->truth(table, [](std::string_view) { return false; });
    if (!probe) return answer_error(probe.error(), response);
    response.set_chunked_content_provider(
        "application/x-ndjson", [this, table](std::size_t, httplib::DataSink& sink) {
          const Status sent = service_->truth(table, [&](std::string_view lines) {
            return lines.empty() || sink.write(lines.data(), lines.size());
          });
          sink.done();
          return sent.has_value();
        });
  }

  void mutate(const httplib::Request& request, httplib::Response& response) {
    const auto changes = to_changes(request);
    if (!changes) return answer_error(changes.error(), response);
    const Status done = service_->mutate(*changes);
    if (!done) return answer_error(done.error(), response);
    response.status = 204;
  }

  std::unique_ptr<Service> service_;
  FaultPlan faults_;
  RequestLog log_;
  httplib::Server http_;
  int port_ = -1;
  std::jthread thread_;
};

Simulator::Simulator(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Simulator::~Simulator() {
  stop();
}

Result<std::unique_ptr<Simulator>> Simulator::start(std::unique_ptr<Service> service,
                                                    const SimulatorOptions& options) {
  auto server = std::make_unique<Server>(std::move(service), options);
  TRY(server->bind(options.port));
  return std::unique_ptr<Simulator>(new Simulator(std::move(server)));
}

std::string Simulator::base_url() const {
  return server_->base_url();
}

int Simulator::port() const {
  return server_->port();
}

RequestCounts Simulator::requests() const {
  return server_->log().counts();
}

void Simulator::forget_requests() {
  server_->log().clear();
}

void Simulator::set_faults(std::vector<Fault> faults) {
  server_->faults().replace(std::move(faults));
}

Status Simulator::mutate(const Changes& changes) {
  return server_->service().mutate(changes);
}

Result<std::string> Simulator::truth(std::string_view table) const {
  std::string text;
  TRY(server_->service().truth(table, [&](std::string_view lines) {
    text += lines;
    return true;
  }));
  return text;
}

void Simulator::stop() {
  server_->stop();
}

}  // namespace inlet::simulator
