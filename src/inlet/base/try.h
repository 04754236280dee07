#pragma once

#include <source_location>
#include <utility>

#include "inlet/base/error.h"

namespace inlet::detail {
[[noreturn]] void check_failed(const char* condition, std::source_location where);
}  // namespace inlet::detail

/// The value of a Result; on failure returns its error from the enclosing function. One thought per
/// TRY: it nests, but nested it does not read.
#define TRY(expression)                                           \
  __extension__({                                                 \
    auto&& try_result_ = (expression);                            \
    if (!try_result_.has_value()) [[unlikely]]                    \
      return ::std::unexpected(::std::move(try_result_).error()); \
    *::std::forward<decltype(try_result_)>(try_result_);          \
  })

/// Ends the process when our own invariant is broken. Never for input.
#define CHECK(condition)        \
  (static_cast<bool>(condition) \
       ? static_cast<void>(0)   \
       : ::inlet::detail::check_failed(#condition, ::std::source_location::current()))
