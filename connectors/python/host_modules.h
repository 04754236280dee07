#pragma once

#include <span>
#include <string_view>

namespace inlet::python_class {

/// A module of python/inlet_host/, as its text.
struct HostModule {
  std::string_view name;
  std::string_view source;
};

/// The Python side of the child process, each module after those that it needs.
std::span<const HostModule> host_modules();

}  // namespace inlet::python_class
