#pragma once

#include <vector>

#include "inlet/cli/command.h"

// The arguments that several commands share, so that they are called and explained alike.

namespace inlet::cli {

Argument pipeline_argument();
/// PIPELINE or the name of a connection.
Argument source_argument();
/// TABLE, by path or URL.
Argument table_url_argument();
Argument warehouse_argument();
Argument only_argument();
/// `--every`, of commands that go on until they are stopped.
Argument every_argument(const char* help);
Argument json_argument();
/// `-n`.
Argument limit_argument(const char* default_value, const char* help);

/// `arguments`, then those of every command that opens a store (--store-option), a source
/// (--connections) or both, then the log's.
enum class Opens { Store, Source };
std::vector<Argument> with_common(std::vector<Argument> arguments, std::vector<Opens> opens);

}  // namespace inlet::cli
