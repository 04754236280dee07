#pragma once

#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/pipeline/connection_store.h"
#include "inlet/store/store.h"

namespace inlet::cli {

/// Options of the object stores: the usual environment variables (AWS_ACCESS_KEY_ID, ...), then
/// `given`, each `name=value` where the value may be indirect. A literal secret in `given` is
/// refused: other users can read a command line.
Result<store::StoreOptions> store_options(const std::vector<std::string>& given,
                                          const pipeline::SecretResolver& resolver);

}  // namespace inlet::cli
