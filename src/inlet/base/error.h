#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace inlet {

/// Every kind is named after what the caller does next.
enum class ErrorKind {
  Config,         ///< Stop; a human changes the spec, the options or the connector.
  Auth,           ///< Stop; a human renews or widens a credential.
  NotFound,       ///< Stop; the named thing does not exist at the source or in the store.
  RateLimited,    ///< Retry after `retry_after`.
  Unavailable,    ///< Retry with backoff: the other side or the disk may recover.
  BadRecord,      ///< Quarantine the record and go on.
  Conflict,       ///< Rebase on the newer table version and try again.
  Indeterminate,  ///< The write may have landed: read the log before anything else.
  Cancelled,      ///< Unwind quietly.
  Bug,            ///< Report and stop: our own invariant is broken.
};

/// The kind's stable lower-case name, as written to reports and logs.
std::string_view to_string(ErrorKind kind);

/// An outcome a caller has to act on. The message says what failed, then names and values, then the
/// remedy. It never holds a secret.
struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::Bug;
  std::string message;
  std::optional<std::chrono::milliseconds> retry_after = {};

  /// This error with `where` (a table, a page, a file and line) put before the message.
  Error within(std::string_view where) &&;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// The failing result of `kind`; converts to every Result<T>.
std::unexpected<Error> fail(ErrorKind kind, std::string message);

}  // namespace inlet
