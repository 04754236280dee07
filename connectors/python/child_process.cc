#include "connectors/python/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::python_class {
namespace {

// Where the child has its end of the socket.
constexpr int kChildSocket = 3;
constexpr std::size_t kHeaderBytes = 13;
constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{1} << 30;
constexpr int kMillisecondsToEnd = 2000;

// Takes the modules of the host from the socket, so that neither files nor the command line hold
// them, and leaves the rest to them. The working folder is no place for modules.
constexpr const char* kBootstrap =
    "import json,os,socket,sys,types\n"
    "os.set_inheritable(3,False)\n"
    "sys.path[:]=[p for p in sys.path if p]\n"
    "s=socket.socket(fileno=3)\n"
    "r=s.makefile('rb')\n"
    "for n,t in json.loads(r.read(int.from_bytes(r.read(8),'little'))):\n"
    " m=types.ModuleType(n)\n"
    " m.__path__=[]\n"
    " sys.modules[n]=m\n"
    " exec(compile(t,n,'exec'),m.__dict__)\n"
    "m.serve(s,r)\n";

std::unexpected<Error> system_failure(std::string_view what) {
  return fail(ErrorKind::Unavailable, format("{}: {}", what, std::strerror(errno)));
}

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  void duplicate(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void open_null(int to) {
    ::posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", O_RDONLY, 0);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_ = {};
};

// A group of its own, since Ctrl-C is for us to act on, and none of our threads' blocked signals.
class Attributes {
 public:
  Attributes() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    sigaddset(&signals, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_ = {};
};

std::string how_ended(int status) {
  if (!WIFSIGNALED(status)) return format("ended with exit status {}", WEXITSTATUS(status));
  const char* name = ::sigabbrev_np(WTERMSIG(status));
  return format("was killed by signal {} (SIG{})", WTERMSIG(status), name == nullptr ? "?" : name);
}

}  // namespace

ChildProcess::Descriptor& ChildProcess::Descriptor::operator=(Descriptor&& other) noexcept {
  close();
  number_ = std::exchange(other.number_, -1);
  return *this;
}

void ChildProcess::Descriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::string& program,
                                                          ChildLog& log) {
  std::unique_ptr<ChildProcess> child(new ChildProcess(log));
  TRY(child->launch(program));
  return child;
}

Status ChildProcess::launch(const std::string& program) {
  std::array<int, 2> socket = {};
  std::array<int, 2> output = {};
  std::array<int, 2> errors = {};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socket.data()) != 0) {
    return system_failure("cannot make a socket");
  }
  socket_ = Descriptor(socket[0]);
  const Descriptor far_socket(socket[1]);
  if (::pipe2(output.data(), O_CLOEXEC) != 0) return system_failure("cannot make a pipe");
  output_ = Descriptor(output[0]);
  const Descriptor far_output(output[1]);
  if (::pipe2(errors.data(), O_CLOEXEC) != 0) return system_failure("cannot make a pipe");
  errors_ = Descriptor(errors[0]);
  const Descriptor far_errors(errors[1]);
  wake_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  ::fcntl(output_.number(), F_SETFL, O_NONBLOCK);
  ::fcntl(errors_.number(), F_SETFL, O_NONBLOCK);

  FileActions actions;
  // First, because the others may stand at its number.
  actions.duplicate(far_socket.number(), kChildSocket);
  actions.open_null(STDIN_FILENO);
  actions.duplicate(far_output.number(), STDOUT_FILENO);
  actions.duplicate(far_errors.number(), STDERR_FILENO);
  const Attributes attributes;
  std::string words[] = {program, "-c", kBootstrap};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  const int error =
      ::posix_spawnp(&pid_, program.c_str(), actions.get(), attributes.get(), arguments, environ);
  if (error != 0) {
    pid_ = -1;
    return fail(ErrorKind::Config,
                format("cannot start the Python interpreter \"{}\": {}; name one with the "
                       "connection's python_program",
                       program, std::strerror(error)));
  }
  end_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  return {};
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) reap();
}

// Closing the socket is what asks it to end; its group is killed for what it may have started.
int ChildProcess::reap() {
  socket_.close();
  pollfd end = {.fd = end_.number(), .events = POLLIN, .revents = 0};
  if (end_.number() >= 0) ::poll(&end, 1, kMillisecondsToEnd);
  int status = 0;
  const bool has_ended = ::waitpid(pid_, &status, WNOHANG) == pid_;
  ::kill(-pid_, SIGKILL);
  if (!has_ended) ::waitpid(pid_, &status, 0);
  pid_ = -1;
  drain(output_, ChildLog::Stream::Output);
  drain(errors_, ChildLog::Stream::Errors);
  log_.finish();
  return status;
}

Error ChildProcess::ended() {
  if (pid_ < 0) return {ErrorKind::Unavailable, "the connector's process is no more"};
  const int status = reap();
  const std::string said = log_.last_lines();
  return {ErrorKind::Unavailable, format("the connector's process {}{}{}", how_ended(status),
                                         said.empty() ? "" : "; it said last:", said)};
}

Status ChildProcess::send(std::string_view request) {
  std::array<unsigned char, 8> length = {};
  for (std::size_t i = 0; i < length.size(); ++i) {
    length.at(i) = static_cast<unsigned char>(request.size() >> (8 * i));
  }
  std::string bytes(length.begin(), length.end());
  bytes += request;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t num_sent = ::send(socket_.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (num_sent < 0 && errno == EINTR) continue;
    if (num_sent < 0) return std::unexpected(ended());
    rest.remove_prefix(static_cast<std::size_t>(num_sent));
  }
  return {};
}

void ChildProcess::drain(Descriptor& pipe, ChildLog::Stream stream) {
  std::array<char, 4096> piece;
  while (pipe.number() >= 0) {
    const ssize_t num_read = ::read(pipe.number(), piece.data(), piece.size());
    if (num_read < 0) return;
    // All of the child's ends are closed: nothing more can come.
    if (num_read == 0) return pipe.close();
    log_.take(stream, {piece.data(), static_cast<std::size_t>(num_read)});
  }
}

// Returns once there is something to read, or nobody to write it; logs what was printed meanwhile.
Status ChildProcess::wait_for_news() {
  while (true) {
    std::array<pollfd, 5> files = {};
    const int numbers[] = {socket_.number(), output_.number(), errors_.number(), end_.number(),
                           wake_.number()};
    for (std::size_t i = 0; i < files.size(); ++i) files.at(i) = {numbers[i], POLLIN, 0};
    if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) {
      return system_failure("cannot wait for the connector's process");
    }
    if (files[4].revents != 0) return fail(ErrorKind::Cancelled, "the read was stopped");
    if (files[1].revents != 0) drain(output_, ChildLog::Stream::Output);
    if (files[2].revents != 0) drain(errors_, ChildLog::Stream::Errors);
    if (files[0].revents != 0) return {};
    if (files[3].revents != 0) return std::unexpected(ended());
  }
}

Status ChildProcess::read(char* into, std::size_t num_bytes) {
  while (num_bytes > 0) {
    const ssize_t num_read = ::recv(socket_.number(), into, num_bytes, MSG_DONTWAIT);
    if (num_read > 0) {
      into += num_read;
      num_bytes -= static_cast<std::size_t>(num_read);
      continue;
    }
    const bool is_empty = num_read < 0 && (errno == EAGAIN || errno == EINTR);
    if (!is_empty) return std::unexpected(ended());
    TRY(wait_for_news());
  }
  return {};
}

Result<Frame> ChildProcess::next(const std::stop_token& stop) {
  const std::stop_callback on_stop(stop, [number = wake_.number()] { ::eventfd_write(number, 1); });
  if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "the read was stopped");
  std::array<unsigned char, kHeaderBytes> header = {};
  TRY(read(reinterpret_cast<char*>(header.data()), header.size()));
  const auto number = [&](std::size_t begin, std::size_t end) {
    std::uint64_t value = 0;
    for (std::size_t i = end; i > begin; --i) value = value << 8 | header.at(i - 1);
    return value;
  };
  const std::uint64_t num_bytes = number(5, kHeaderBytes);
  if (num_bytes > kMaxFrameBytes) {
    return fail(ErrorKind::Config, format("a page of {} bytes came from the connector's process, "
                                          "more than {}; are there records that large?",
                                          num_bytes, kMaxFrameBytes));
  }
  Frame frame{.kind = static_cast<Frame::Kind>(header[0]),
              .num_records = static_cast<std::uint32_t>(number(1, 5)),
              .body = std::string(num_bytes, '\0')};
  TRY(read(frame.body.data(), frame.body.size()));
  return frame;
}

}  // namespace inlet::python_class
