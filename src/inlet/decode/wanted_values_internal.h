#pragma once

#include <simdjson.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"

namespace inlet::decode {

/// The steps of a JSON pointer (RFC 6901), unescaped. Fails with Config unless it is empty or
/// starts with `/`.
Result<std::vector<std::string>> pointer_steps(std::string_view pointer);

/// The member name of `field` without its escapes. Valid until the next one is asked for.
simdjson::error_code member_name(simdjson::ondemand::field& field, std::string_view& name);

/// A set of JSON pointers as a tree, so that one walk over a value picks all of them.
class WantedValues {
 public:
  static Result<WantedValues> make(const std::vector<std::string>& pointers);

  /// Puts the JSON text at each pointer of the value at `begin` into `texts` (as long as the
  /// pointers), empty where there is none. Of a member given twice the last one wins. Returns the
  /// place past the value; nullptr, with `texts` all empty, when the walk meets text that is no
  /// JSON. What is not picked is only skipped.
  const char* pick(const char* begin, const char* end, std::vector<std::string_view>& texts) const;

 private:
  struct Node {
    std::string step = {};                ///< the name or position that leads here
    std::vector<std::size_t> slots = {};  ///< positions of the pointers that end here
    std::vector<Node> children = {};
    const Node* find(std::string_view name) const;
  };
  class Walk;

  Node root_;
};

}  // namespace inlet::decode
