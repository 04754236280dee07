#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/connect/source.h"
#include "inlet/decode/decoder.h"

namespace inlet::testkit {

/// One row as the tests compare it.
struct RecordedRow {
  std::string key;   ///< for people: `id=5`; the row's hash when the table has no keys
  std::string text;  ///< the key and a hash of the whole row
};

/// What one page or batch brought, without the records that it marks as duplicates.
struct RecordedPage {
  Offset offset;
  std::vector<RecordedRow> rows;
};

/// Decodes all that a source pushes and keeps what it saw. Fails with Cancelled after `max_pages`.
class RecordingSink final : public RecordSink {
 public:
  /// `decoder` is borrowed for this object's life; `keys` may be empty.
  RecordingSink(decode::Decoder& decoder, std::vector<std::string> keys,
                std::optional<std::size_t> max_pages = {});

  Status page(Page page) override;
  Status batch(Batch batch, Offset offset) override;

  const std::vector<RecordedPage>& pages() const { return pages_; }
  std::size_t num_rows() const;
  /// Why records did not become rows.
  const std::vector<std::string>& bad_records() const { return bad_; }

 private:
  Status count_page();
  Status record(const Batch& batch, Offset offset);

  decode::Decoder& decoder_;
  const std::vector<std::string> keys_;
  const std::optional<std::size_t> max_pages_;
  std::vector<RecordedPage> pages_;
  std::vector<std::string> bad_;
};

}  // namespace inlet::testkit
