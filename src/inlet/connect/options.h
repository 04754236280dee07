#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/base/secret.h"

namespace inlet {

enum class OptionType { Text, Integer, Boolean, Url, Duration, Bytes, Choice, TextList, Json, Secret };

/// One option, declared once: this row parses it, rejects what is wrong, and prints its documentation.
struct OptionSpec {
  std::string name;
  OptionType type = OptionType::Text;
  bool is_required = false;
  std::optional<std::string> default_value = {};
  std::string help;
  std::string example = {};
  std::vector<std::string> choices = {};    ///< Choice only
  std::optional<long long> minimum = {};    ///< Integer, Bytes; Duration in milliseconds
  std::optional<long long> maximum = {};
};

/// Options after checking: names without regard to case, defaults filled in, every value valid for its type.
class Options {
 public:
  Options() = default;
  /// Fails with Config on an unknown name ("did you mean"), a missing required one, or a bad value (the value is
  /// named unless the option is a secret). `whose` names the owner in messages: `table issues`.
  static Result<Options> make(std::span<const OptionSpec> specs, const std::map<std::string, std::string>& given,
                              std::string_view whose);

  bool has(std::string_view name) const;
  /// Present and of the asked type, or a Config error that names the option.
  Result<std::string> text(std::string_view name) const;
  Result<long long> integer(std::string_view name) const;
  Result<bool> boolean(std::string_view name) const;
  Result<std::chrono::milliseconds> duration(std::string_view name) const;
  Result<std::vector<std::string>> list(std::string_view name) const;
  Result<Secret> secret(std::string_view name) const;
  const std::vector<OptionSpec>& specs() const { return specs_; }

 private:
  struct Value {
    std::string text;
    Secret secret;
  };
  Result<const Value*> value(std::string_view name, OptionType type) const;

  std::vector<OptionSpec> specs_;
  std::map<std::string, Value, std::less<>> values_;
};

/// `90s`, `5m`, `2h`, `1d`, `250ms` or ISO 8601 (`PT5M`).
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// `512MiB`, `64kB`, `1g`, or a plain number of bytes.
Result<long long> parse_bytes(std::string_view text);

}  // namespace inlet
