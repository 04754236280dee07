#pragma once

#include <memory>
#include <vector>

#include "inlet/index/content_index.h"
#include "inlet/index/key_packer_internal.h"

namespace inlet::index {

/// open_contents() with another hash for keys that are too long for an entry.
Result<std::unique_ptr<ContentIndex>> open_contents_with(KeyHash hash, const IndexOptions& options,
                                                         const ContentColumns& columns,
                                                         const delta::Snapshot& table,
                                                         const std::vector<delta::DataFile>& files);

}  // namespace inlet::index
