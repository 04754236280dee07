#pragma once

#include <cstdint>
#include <vector>

#include "connectors/files/ledger.h"
#include "inlet/connect/source.h"

namespace inlet::files {

/// The shares of a read of `files`, in this order, of about `partition_bytes`: ranges of large
/// files of lines, neighbours together. `ledger` is where the read starts.
std::vector<Share> plan_shares(const std::vector<DataFile>& files, Ledger ledger,
                               std::uint64_t partition_bytes);

}  // namespace inlet::files
