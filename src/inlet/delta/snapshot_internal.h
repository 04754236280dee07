#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlet/delta/table.h"
#include "inlet/store/bridge_call.h"
#include "inlet_bridge.h"

namespace inlet::delta {

/// The connection, or why there is none: a wrong option is told at the first use.
class Engine {
 public:
  explicit Engine(Result<bridge::EngineHandle> handle) : handle_(std::move(handle)) {}
  Result<const InletEngine*> get() const;

 private:
  Result<bridge::EngineHandle> handle_;
};

struct SnapshotFree {
  void operator()(InletSnapshot* snapshot) const { inlet_bridge_snapshot_free(snapshot); }
};
using SnapshotHandle = std::unique_ptr<InletSnapshot, SnapshotFree>;

struct Snapshot::Impl {
  std::shared_ptr<Engine> engine;
  SnapshotHandle handle;
  std::string url;
  std::int64_t version = 0;
  std::uint64_t num_commits_since_checkpoint = 0;
  std::string table_id;
  std::shared_ptr<const Schema> schema;
  Json properties;
  std::vector<std::string> partition_columns;
  bool has_deletion_vectors = false;
};

/// The snapshot behind a handle that the bridge has just given.
Result<Snapshot> wrap(std::shared_ptr<Engine> engine, std::string url, InletSnapshot* handle);

}  // namespace inlet::delta
