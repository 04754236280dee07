#include "testkit/fault_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "inlet/base/format.h"
#include "testkit/http_wire.h"

namespace inlet::testkit {
namespace {

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// The next close of this socket sends RST instead of FIN.
void arm_reset(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// A listening socket on any free port of 127.0.0.1, or -1.
int listen_anywhere() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      listen(listener, SOMAXCONN) == 0) {
    return listener;
  }
  close(listener);
  return -1;
}

int port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

class FaultServer::Loop {
 public:
  Loop(int listener, Script script)
      : listener_(listener), port_(port_of(listener)), script_(std::move(script)) {
    acceptor_ = std::jthread([this] { accept_all(); });
  }

  ~Loop() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
      for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    ending_.notify_all();
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    connections_.clear();  // joins
    close(listener_);
  }

  int port() const { return port_; }

  std::vector<SeenRequest> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void accept_all() {
    for (int number = 1;; ++number) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const int on = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const std::lock_guard lock(mutex_);
      if (is_ending_) {
        close(socket);
        return;
      }
      sockets_.push_back(socket);
      connections_.emplace_back([this, socket, number] { serve(socket, number); });
    }
  }

  void serve(int socket, int number) {
    std::string buffer;
    std::array<char, 16384> piece{};
    bool is_open = true;
    while (is_open) {
      if (std::optional<SeenRequest> request = take_request(buffer)) {
        request->connection = number;
        is_open = answer(socket, next_answer(std::move(*request)));
        continue;
      }
      const ssize_t received = recv(socket, piece.data(), piece.size(), 0);
      if (received <= 0) break;
      buffer.append(piece.data(), static_cast<std::size_t>(received));
    }
    const std::lock_guard lock(mutex_);
    sockets_.remove(socket);
    close(socket);
  }

  FaultAnswer next_answer(SeenRequest request) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::move(request));
    return script_(seen_.back(), static_cast<int>(seen_.size()));
  }

  // True when the connection may serve another request.
  bool answer(int socket, const FaultAnswer& answer) {
    using Ending = FaultAnswer::Ending;
    if (!pause(answer.delay)) return false;
    if (answer.ending == Ending::ResetAtOnce) {
      arm_reset(socket);
      return false;
    }
    const std::string body = encoded_body(answer);
    const bool is_whole = answer.ending == Ending::Complete;
    const std::string_view sent =
        std::string_view(body).substr(0, is_whole ? body.size() : body.size() / 2);
    if (!send_all(socket, head_of(answer, body.size()))) return false;
    if (!send_body(socket, answer, sent)) return false;
    if (is_whole) return !answer.is_chunked || send_all(socket, "0\r\n\r\n");
    if (answer.ending == Ending::ResetInBody) arm_reset(socket);
    if (answer.ending == Ending::Silence) await_departure(socket);
    return false;
  }

  bool send_body(int socket, const FaultAnswer& answer, std::string_view body) {
    const std::size_t step = answer.trickle_bytes == 0 ? body.size() : answer.trickle_bytes;
    while (!body.empty()) {
      const std::string_view piece = body.substr(0, step);
      const bool is_sent =
          answer.is_chunked ? send_all(socket, as_chunk(piece)) : send_all(socket, piece);
      if (!is_sent) return false;
      body.remove_prefix(piece.size());
      if (!body.empty() && !pause(answer.trickle)) return false;
    }
    return true;
  }

  // False when the server is ending.
  bool pause(std::chrono::milliseconds duration) {
    std::unique_lock lock(mutex_);
    return !ending_.wait_for(lock, duration, [this] { return is_ending_; });
  }

  static void await_departure(int socket) {
    std::array<char, 256> ignored{};
    while (recv(socket, ignored.data(), ignored.size(), 0) > 0) continue;
  }

  const int listener_;
  const int port_;
  const Script script_;
  mutable std::mutex mutex_;
  std::condition_variable ending_;
  bool is_ending_ = false;
  std::vector<SeenRequest> seen_;
  std::list<int> sockets_;
  std::list<std::jthread> connections_;
  std::jthread acceptor_;
};

FaultServer::FaultServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
FaultServer::~FaultServer() = default;

Result<std::unique_ptr<FaultServer>> FaultServer::start(Script script) {
  const int listener = listen_anywhere();
  if (listener < 0) return fail(ErrorKind::Unavailable, "cannot listen on 127.0.0.1");
  return std::unique_ptr<FaultServer>(
      new FaultServer(std::make_unique<Loop>(listener, std::move(script))));
}

Result<std::unique_ptr<FaultServer>> FaultServer::start(std::vector<FaultAnswer> answers) {
  return start([answers = std::move(answers)](const SeenRequest&, int number) {
    return answers.at(std::min(static_cast<std::size_t>(number), answers.size()) - 1);
  });
}

std::string FaultServer::url(std::string_view target) const {
  return format("http://127.0.0.1:{}{}", port(), target);
}

int FaultServer::port() const {
  return loop_->port();
}

std::vector<SeenRequest> FaultServer::seen() const {
  return loop_->seen();
}

}  // namespace inlet::testkit
