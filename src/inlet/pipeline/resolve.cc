#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/pipeline/connection_store.h"

namespace inlet::pipeline {
namespace {

constexpr std::size_t kMaxOutputBytes = 64 << 10;

bool is_same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

// The output of a shell command. Its text is in no message: people put secrets there as well.
Result<std::string> run_command(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return fail(ErrorKind::Config, "the command could not be started");
  std::string output;
  std::array<char, 4096> piece;
  std::size_t num_read = 0;
  while ((num_read = std::fread(piece.data(), 1, piece.size(), pipe)) > 0) {
    if (output.size() < kMaxOutputBytes) output.append(piece.data(), num_read);
  }
  const int status = ::pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail(ErrorKind::Config, WIFEXITED(status) ? format("the command ended with exit code {}",
                                                              WEXITSTATUS(status))
                                                     : std::string("the command was killed"));
  }
  if (output.ends_with('\n')) output.pop_back();
  if (output.ends_with('\r')) output.pop_back();
  return output;
}

// Position of the brace that closes the one just before `text`.
std::size_t closing_brace(std::string_view text) {
  int depth = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

Result<std::string> resolve_one(std::string_view inner, const SecretResolver& resolver) {
  if (inner.starts_with("env:")) {
    const std::string name(inner.substr(4));
    const auto value = resolver.environment(name);
    if (!value) {
      return fail(ErrorKind::Config, format("the environment variable {} is not set", name));
    }
    return *value;
  }
  if (inner.starts_with("cmd:")) return resolver.command(std::string(inner.substr(4)));
  return fail(ErrorKind::Config, "only ${env:NAME} and ${cmd:COMMAND} can stand here");
}

// Fails without the value: what an indirection stands for may be a secret whatever its type.
Status check_indirect(const std::string& name, const std::string& value, const OptionSpec& spec) {
  OptionSpec optional = spec;
  optional.is_required = false;
  if (Options::make(std::span(&optional, 1), {{name, value}}, "")) return {};
  return fail(ErrorKind::Config,
              format("the value that it stands for is not valid: {}", spec.help));
}

// What stands for a value that is kept elsewhere is a secret, where the connector cannot say.
std::vector<OptionSpec> settle_parameters(const Connection& connection,
                                          const std::vector<OptionSpec>& declared) {
  std::vector<OptionSpec> specs = settle_names(declared, connection.parameters);
  for (OptionSpec& spec : specs) {
    const bool is_declared =
        std::ranges::find(declared, spec.name, &OptionSpec::name) != declared.end();
    const auto given = connection.parameters.find(spec.name);
    if (is_declared || given == connection.parameters.end()) continue;
    if (is_indirect(given->second)) spec.type = OptionType::Secret;
  }
  return specs;
}

Result<std::string> resolve_parameter(const Connection& connection, const std::string& name,
                                      const std::string& text, const OptionSpec* spec,
                                      const SecretResolver& resolver) {
  const bool is_secret = spec != nullptr && spec->type == OptionType::Secret;
  if (!is_indirect(text)) {
    if (is_secret && !connection.exposed_file.empty()) {
      return fail(ErrorKind::Config,
                  format("a secret stands in {0}, which other users can read; run: chmod 600 {0}",
                         connection.exposed_file));
    }
    return text;
  }
  std::string value = TRY(resolve_text(text, resolver));
  if (spec != nullptr) TRY(check_indirect(name, value, *spec));
  return value;
}

}  // namespace

SecretResolver SecretResolver::system() {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  return {.environment = environment, .command = run_command};
}

Result<std::string> resolve_text(std::string_view text, const SecretResolver& resolver) {
  std::string resolved;
  for (;;) {
    const auto begin = text.find("${");
    resolved.append(text.substr(0, begin));
    if (begin == std::string_view::npos) return resolved;
    text.remove_prefix(begin + 2);
    const auto end = closing_brace(text);
    if (end == std::string_view::npos) return fail(ErrorKind::Config, "a \"}\" is missing");
    resolved += TRY(resolve_one(text.substr(0, end), resolver));
    text.remove_prefix(end + 1);
  }
}

bool is_indirect(std::string_view value) {
  return value.find("${") != std::string_view::npos;
}

Result<Options> resolve(const Connection& connection, const std::vector<OptionSpec>& declared,
                        const SecretResolver& resolver) {
  const std::string whose = format("connection {}", connection.name);
  const std::vector<OptionSpec> specs = settle_parameters(connection, declared);
  std::map<std::string, std::string> values;
  for (const auto& [name, text] : connection.parameters) {
    const auto spec = std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& one) {
      return is_same_name(one.name, name);
    });
    auto value =
        resolve_parameter(connection, name, text, spec == specs.end() ? nullptr : &*spec, resolver);
    if (!value) {
      return std::unexpected(
          std::move(value).error().within(format("{}: parameter {}", whose, name)));
    }
    values.emplace(name, *std::move(value));
  }
  auto options = Options::make(specs, values, whose);
  if (!options && !connection.place.empty()) {
    return std::unexpected(std::move(options).error().within(connection.place));
  }
  return options;
}

}  // namespace inlet::pipeline
