#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/connect/page.h"
#include "inlet/decode/decoder.h"
#include "inlet/delta/table.h"

namespace inlet::pipeline {

/// The table beside a table that keeps its refused records: bytes, reason and origin. A record is
/// kept once, however often a crash or a lookback brings it again: its id is a hash of object,
/// origin and bytes. Made with the first bad record.
class Quarantine {
 public:
  Quarantine(std::shared_ptr<delta::Engine> engine, std::string url, std::string app_id,
             delta::Compatibility compatibility);

  const std::string& url() const { return url_; }
  std::uint64_t held_bytes() const { return held_bytes_; }
  void add(decode::BadRecord record, const Origin& origin);
  /// Commits what was added, before the table's own commit: a crash in between finds the records
  /// here already.
  Status commit(std::string_view run_id, const Clock& clock);

 private:
  struct Held {
    decode::BadRecord record;
    Origin origin;
  };
  Result<Batch> build(std::string_view run_id, Timestamp now) const;

  std::shared_ptr<delta::Engine> engine_;
  std::string url_;
  std::string app_id_;
  delta::Compatibility compatibility_;
  std::vector<Held> held_;
  std::uint64_t held_bytes_ = 0;
};

}  // namespace inlet::pipeline
