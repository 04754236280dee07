#include "inlet/base/error.h"

#include <utility>

namespace inlet {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Config: return "config";
    case ErrorKind::Auth: return "auth";
    case ErrorKind::NotFound: return "not_found";
    case ErrorKind::RateLimited: return "rate_limited";
    case ErrorKind::Unavailable: return "unavailable";
    case ErrorKind::BadRecord: return "bad_record";
    case ErrorKind::Conflict: return "conflict";
    case ErrorKind::Indeterminate: return "indeterminate";
    case ErrorKind::Cancelled: return "cancelled";
    case ErrorKind::Bug: return "bug";
  }
  return "bug";
}

Error Error::within(std::string_view where) && {
  message.insert(0, ": ").insert(0, where);
  return std::move(*this);
}

std::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return std::unexpected(Error{kind, std::move(message)});
}

}  // namespace inlet
