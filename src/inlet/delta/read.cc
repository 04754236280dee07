#include <exception>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/delta/snapshot_internal.h"
#include "inlet/delta/table.h"

namespace inlet::delta {
namespace {

struct Reading {
  std::shared_ptr<const Schema> schema;
  const std::function<Status(Batch, std::span<const std::uint64_t>)>& visit;
  Status outcome = {};
};

std::int32_t visit_batch(void* context, ArrowArray* array, ArrowSchema*,
                         const std::uint64_t* positions, std::size_t num_positions) {
  auto& reading = *static_cast<Reading*>(context);
  // The array moves here: the bridge sees it as released. The schema stays there and is dropped by
  // the bridge.
  Batch batch(reading.schema, std::exchange(*array, ArrowArray{}));
  reading.outcome = reading.visit(std::move(batch), {positions, num_positions});
  return reading.outcome ? 0 : 1;
}

Result<std::shared_ptr<const Schema>> project(const Snapshot& table,
                                              const std::vector<std::string>& columns) {
  if (columns.empty()) return table.impl()->schema;
  Schema schema;
  for (const std::string& name : columns) {
    const auto index = table.schema().index_of(name);
    if (!index) {
      std::vector<std::string> known;
      for (const Field& field : table.schema().fields) known.push_back(field.name);
      return fail(ErrorKind::Config, format("the table {} has no column \"{}\"{}", table.url(),
                                            name, did_you_mean(name, known)));
    }
    schema.fields.push_back(table.schema().fields[*index]);
  }
  return std::make_shared<const Schema>(std::move(schema));
}

using Visit = std::function<Status(Batch, std::span<const std::uint64_t> positions)>;

template <class Texts>
std::vector<InletText> lend_all(const Texts& texts) {
  std::vector<InletText> lent;
  for (const auto& text : texts) lent.push_back(bridge::lend(text));
  return lent;
}

Status read_file(const Snapshot& table, std::string_view path, const InletRowRange& range,
                 const std::vector<std::string>& columns, const Visit& visit) {
  Reading reading{TRY(project(table, columns)), visit};
  const std::vector<InletText> names = lend_all(columns);
  Status read =
      bridge::call(inlet_bridge_snapshot_read, table.impl()->handle.get(), bridge::lend(path),
                   range, names.data(), names.size(), visit_batch, static_cast<void*>(&reading));
  if (!reading.outcome) return reading.outcome;
  return read;
}

}  // namespace

Status Snapshot::read(const DataFile& file, const std::vector<std::string>& columns,
                      const Visit& visit, const RowRange& range) const {
  const InletRowRange live{.staged_size = 0,
                           .first = range.first,
                           .num_rows = range.num_rows,
                           .staged_partition = bridge::lend("")};
  return read_file(*this, file.path, live, columns, visit);
}

Status Snapshot::read(const StagedFile& file, const Visit& visit, const RowRange& range) const {
  const InletRowRange staged{.staged_size = file.size,
                             .first = range.first,
                             .num_rows = range.num_rows,
                             .staged_partition = bridge::lend(file.partition)};
  return read_file(*this, file.path, staged, {}, visit);
}

Status Snapshot::read_rows(const DataFile& file, const std::vector<std::string>& columns,
                           std::span<const std::uint64_t> positions, const Visit& visit) const {
  Reading reading{TRY(project(*this, columns)), visit};
  const std::vector<InletText> names = lend_all(columns);
  Status read = bridge::call(inlet_bridge_snapshot_read_rows, impl_->handle.get(),
                             bridge::lend(file.path), positions.data(), positions.size(),
                             names.data(), names.size(), visit_batch, static_cast<void*>(&reading));
  if (!reading.outcome) return reading.outcome;
  return read;
}

Status Snapshot::dead_rows(
    std::span<const std::string_view> paths,
    const std::function<void(std::size_t, std::span<const std::uint64_t>)>& visit) const {
  const std::vector<InletText> lent = lend_all(paths);
  const auto pass_on = [](void* context, std::size_t index, const std::uint64_t* positions,
                          std::size_t num_positions) {
    (*static_cast<decltype(&visit)>(context))(index, {positions, num_positions});
  };
  return bridge::call(inlet_bridge_snapshot_dead_rows, impl_->handle.get(), lent.data(),
                      lent.size(), +pass_on, const_cast<void*>(static_cast<const void*>(&visit)));
}

}  // namespace inlet::delta
