#include "testkit/simulator/connection.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

namespace inlet::simulator {
namespace {

using NameCall = int (*)(int, sockaddr*, socklen_t*);

// The port of one end, or -1 when `descriptor` is not a connected IPv4 socket.
int port_of(int descriptor, NameCall name) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (name(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  return address.sin_family == AF_INET ? ntohs(address.sin_port) : -1;
}

std::vector<int> open_descriptors() {
  std::vector<int> descriptors;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string name = entry.path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    descriptors.push_back(descriptor);
  }
  return descriptors;
}

}  // namespace

void visit_connections(int port, const std::function<void(int, int)>& visit) {
  for (const int descriptor : open_descriptors()) {
    if (port_of(descriptor, ::getsockname) != port) continue;
    const int remote_port = port_of(descriptor, ::getpeername);
    if (remote_port >= 0) visit(descriptor, remote_port);
  }
}

void reset_connection(int socket) {
  // Dissolving a TCP association sends RST, and later writes fail instead of reaching the client.
  sockaddr address{};
  address.sa_family = AF_UNSPEC;
  ::connect(socket, &address, sizeof address);
}

void end_connection(int socket) {
  ::shutdown(socket, SHUT_RDWR);
}

}  // namespace inlet::simulator
