#include "testkit/recorded_read.h"

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"

namespace inlet::testkit {

RecordingSink::RecordingSink(decode::Decoder& decoder, std::vector<std::string> keys,
                             std::optional<std::size_t> max_pages)
    : decoder_(decoder), keys_(std::move(keys)), max_pages_(max_pages) {}

Status RecordingSink::page(Page page) {
  TRY(count_page());
  const decode::DecodedPage decoded = TRY(decoder_.decode(page));
  for (const decode::BadRecord& bad : decoded.bad) {
    bad_.push_back(format("{}: {}", bad.reason, bad.bytes));
  }
  return record(decoded.batch, std::move(page.offset));
}

Status RecordingSink::batch(Batch batch, Offset offset) {
  TRY(count_page());
  return record(batch, std::move(offset));
}

std::size_t RecordingSink::num_rows() const {
  std::size_t count = 0;
  for (const RecordedPage& page : pages_) count += page.rows.size();
  return count;
}

Status RecordingSink::count_page() {
  if (max_pages_ && pages_.size() >= *max_pages_) {
    return fail(ErrorKind::Cancelled, "the sink takes no more");
  }
  return {};
}

Status RecordingSink::record(const Batch& batch, Offset offset) {
  RecordedPage& page = pages_.emplace_back(RecordedPage{std::move(offset), {}});
  if (batch.num_rows() == 0) return {};
  std::vector<std::string> columns;
  for (const Field& field : batch.schema().fields) columns.push_back(field.name);
  const RowKey row_key = TRY(RowKey::make(batch, keys_));
  RowHasher row_hash(batch, columns);
  for (std::size_t row = 0; row < batch.num_rows(); ++row) {
    const RowHash hash = row_hash(row);
    const std::string hash_text = format("{:016x}{:016x}", hash.high, hash.low);
    const std::string key = keys_.empty() ? hash_text : row_key.describe(row);
    page.rows.push_back({key, key + "#" + hash_text});
  }
  return {};
}

}  // namespace inlet::testkit
