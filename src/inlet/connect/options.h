#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/base/secret.h"

namespace inlet {

enum class OptionType {
  Text,
  Integer,
  Boolean,
  Url,
  Duration,
  Bytes,
  Choice,
  TextList,
  Json,
  Secret
};

/// True for a name that people give to secrets.
bool sounds_secret(std::string_view name);

/// One option, declared once: this row parses it, rejects what is wrong, and prints its
/// documentation.
struct OptionSpec {
  std::string name;  ///< `*`: any other one, see settle_names()
  OptionType type = OptionType::Text;
  bool is_required = false;
  /// Says what is read, as every required option does, rather than how: with another value it is
  /// another source.
  bool is_identity = false;
  std::optional<std::string> default_value = {};
  std::string help;
  std::string example = {};
  std::vector<std::string> choices = {};  ///< Choice only
  std::optional<long long> minimum = {};  ///< Integer, Bytes; Duration in milliseconds
  std::optional<long long> maximum = {};
};

/// `specs` with an entry for each name of `given` that only `*` stands for, in its spelling and a
/// secret where it sounds like one, instead of `*`.
std::vector<OptionSpec> settle_names(std::span<const OptionSpec> specs,
                                     const std::map<std::string, std::string>& given);

/// Options after checking: names without regard to case, defaults filled in, every value valid for
/// its type, `*` replaced by what it stood for.
class Options {
 public:
  Options() = default;
  /// Fails with Config on an unknown name ("did you mean"), a missing required one, or a bad value
  /// (the value is named unless the option is a secret). `whose` names the owner in messages:
  /// `table issues`.
  static Result<Options> make(std::span<const OptionSpec> specs,
                              const std::map<std::string, std::string>& given,
                              std::string_view whose);

  /// Declared and given, or declared with a default.
  bool has(std::string_view name) const;
  /// Present and of the asked type, or a Config error that names the option. text() takes every
  /// type but Secret (as given; a Choice in the spelling of its spec), integer() also Bytes.
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
  Result<const Value*> value(std::string_view name, std::initializer_list<OptionType> types) const;

  std::string whose_;
  std::vector<OptionSpec> specs_;
  std::map<std::string, Value, std::less<>> values_;  ///< by name in lower case
};

/// `90s`, `5m`, `2h`, `1d`, `1w`, `250ms`, several of them (`1h30m`), or ISO 8601 without months
/// and years (`PT5M`).
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// `512MiB`, `64kB`, `1g`, or a plain number of bytes. One letter and `iB` count in 1024, `B` with
/// a prefix in 1000.
Result<long long> parse_bytes(std::string_view text);

}  // namespace inlet
