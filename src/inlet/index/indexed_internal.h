#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlet/index/key_locator.h"
#include "inlet/index/key_packer_internal.h"

namespace inlet::index {

/// make_indexed() with another hash of long keys.
std::unique_ptr<KeyLocator> make_indexed_with(KeyHash hash, IndexOptions options,
                                              std::vector<std::string> keys,
                                              std::vector<std::string> sequence);

}  // namespace inlet::index
