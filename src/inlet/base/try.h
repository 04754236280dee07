#pragma once

#include <source_location>
#include <utility>

#include "inlet/base/error.h"

namespace inlet::detail {
[[noreturn]] void check_failed(const char* condition, std::source_location where);
}  // namespace inlet::detail

#define TRY_NAMED_(result, expression)                       \
  __extension__({                                            \
    auto&& result = (expression);                            \
    if (!result.has_value()) [[unlikely]]                    \
      return ::std::unexpected(::std::move(result).error()); \
    *::std::forward<decltype(result)>(result);               \
  })
#define TRY_JOINED_(name, number) name##number##_
#define TRY_UNIQUE_(number, expression) TRY_NAMED_(TRY_JOINED_(try_result_, number), expression)

/// The value of a Result; on failure returns its error from the enclosing function. One thought per
/// TRY: it nests, but nested it does not read.
#define TRY(expression) TRY_UNIQUE_(__COUNTER__, expression)

/// Ends the process when our own invariant is broken. Never for input.
#define CHECK(condition)        \
  (static_cast<bool>(condition) \
       ? static_cast<void>(0)   \
       : ::inlet::detail::check_failed(#condition, ::std::source_location::current()))
