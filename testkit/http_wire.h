#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "testkit/fault_server.h"

namespace inlet::testkit {

/// Takes one whole HTTP/1.1 request (with Content-Length) off the front of `buffer`; nullopt while
/// bytes are missing.
std::optional<SeenRequest> take_request(std::string& buffer);

/// Status line, headers and empty line for `answer` whose encoded body has `body_bytes`.
std::string head_of(const FaultAnswer& answer, std::size_t body_bytes);

/// The body as it goes over the wire: compressed as the answer says; not yet in chunks.
std::string encoded_body(const FaultAnswer& answer);
/// `bytes` as one chunk of the chunked coding.
std::string as_chunk(std::string_view bytes);

}  // namespace inlet::testkit
