#pragma once

#include <functional>

namespace inlet::simulator {

/// Calls `visit` with each connected socket of this process whose own end is 127.0.0.1:`port`, and
/// the port of its other end. cpp-httplib keeps its sockets to itself; a reset and a quick stop
/// need them.
void visit_connections(int port, const std::function<void(int socket, int remote_port)>& visit);

/// Sends RST at once: the other end sees "connection reset by peer".
void reset_connection(int socket);

/// Ends both directions in good order, so that a thread that waits for the next request wakes up.
void end_connection(int socket);

}  // namespace inlet::simulator
