#include <utility>

#include "inlet/apply/applier.h"
#include "inlet/base/try.h"
#include "inlet/delta/rolling_writer.h"

namespace inlet::apply {
namespace {

class Append final : public Applier {
 public:
  explicit Append(delta::Snapshot table) : writer_(std::move(table)) {}

  Status add(Batch batch, ChangeKind kind) override {
    if (kind == ChangeKind::Delete) {
      return fail(ErrorKind::Bug, "an append table takes no deletes");
    }
    num_rows_ += batch.num_rows();
    return writer_.write(std::move(batch));
  }

  std::uint64_t held_bytes() const override { return writer_.buffered_bytes(); }
  std::uint64_t staged_bytes() const override { return writer_.staged_bytes(); }

  Result<Prepared> prepare(const delta::Snapshot&) override {
    // Appended files are good on any version of the table, so a lost race commits the same ones
    // again.
    std::vector<delta::StagedFile> files = TRY(writer_.finish());
    files_.insert(files_.end(), files.begin(), files.end());
    return Prepared{.edit = {.operation = delta::Operation::Write, .add = files_},
                    .counts = {.num_committed = num_rows_}};
  }

  void clear(const delta::Snapshot& now) override {
    writer_ = delta::RollingWriter(now);
    files_.clear();
    num_rows_ = 0;
  }

 private:
  delta::RollingWriter writer_;
  std::vector<delta::StagedFile> files_;
  std::uint64_t num_rows_ = 0;
};

}  // namespace

std::unique_ptr<Applier> make_append(delta::Snapshot table) {
  return std::make_unique<Append>(std::move(table));
}

}  // namespace inlet::apply
