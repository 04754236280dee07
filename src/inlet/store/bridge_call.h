#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/base/foreign_threads.h"
#include "inlet/store/store.h"

// Of inlet_bridge.h, which only the files that make calls include.
enum class InletCode;
struct InletBytes;
struct InletEngine;
struct InletText;

namespace inlet::bridge {

/// `text` for the time of one call into the bridge.
InletText lend(std::string_view text);

/// A view of bytes that the bridge lends for the time of a callback.
std::string_view view(InletText text);

/// The bytes, which are freed in the bridge.
std::string take(InletBytes bytes);

/// What a failed call means, with the text that the bridge left. `Stopped` is for the caller to
/// replace by the visitor's own error; it comes out as Cancelled.
Error to_error(InletCode code, InletBytes message);

/// Calls a bridge function whose last parameter is the message.
template <class Function, class... Arguments, class Bytes = InletBytes, class Code = InletCode>
Status call(Function function, Arguments... arguments) {
  Bytes message = {};
  sync_with_foreign_threads();
  const Code code = function(arguments..., &message);
  sync_with_foreign_threads();
  if (code == Code::Ok) return {};
  return std::unexpected(to_error(code, message));
}

struct EngineFree {
  void operator()(InletEngine* engine) const;
};
using EngineHandle = std::unique_ptr<InletEngine, EngineFree>;

/// Connections to object stores; no I/O. Fails with Config for an option that no store knows.
Result<EngineHandle> make_engine(const store::StoreOptions& options, unsigned num_encode_threads);

}  // namespace inlet::bridge
