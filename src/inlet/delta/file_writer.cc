#include "inlet/delta/file_writer.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/delta/snapshot_internal.h"

namespace inlet::delta {
namespace {

struct WriterFree {
  void operator()(InletWriter* writer) const { inlet_bridge_writer_free(writer); }
};

TypeKind stored(TypeKind kind) {
  return kind == TypeKind::Json ? TypeKind::String : kind;
}

// Equal in the file: nullability is the table's to decide, and Json is a string there.
bool is_stored_alike(const Type& a, const Type& b) {
  return stored(a.kind) == stored(b.kind) && a.precision == b.precision && a.scale == b.scale &&
         std::ranges::equal(a.fields, b.fields, [](const Field& left, const Field& right) {
           return left.name == right.name && is_stored_alike(left.type, right.type);
         });
}

// `schema` with the table's own fields, so that its NOT NULLs are kept.
Result<Schema> to_stored_schema(const Snapshot& table, const Schema& schema) {
  Schema result;
  for (const Field& field : schema.fields) {
    const auto index = table.schema().index_of(field.name);
    const Field& known = index ? table.schema().fields[*index] : field;
    if (!is_stored_alike(known.type, field.type)) {
      return fail(ErrorKind::Bug, format("column {} of {} is {}, not {}", field.name, table.url(),
                                         to_text(known.type), to_text(field.type)));
    }
    result.fields.push_back(known);
  }
  for (const Field& field : table.schema().fields) {
    if (!field.is_nullable && !schema.index_of(field.name)) {
      return fail(ErrorKind::BadRecord,
                  format("the column is NOT NULL in {} but the rows do not have it: {}",
                         table.url(), field.name));
    }
  }
  return result;
}

// A copy of the outermost struct only: the batch stays the owner, and the bridge is done with it on
// return.
ArrowArray borrow(const Batch& batch) {
  ArrowArray borrowed = batch.array();
  borrowed.private_data = nullptr;
  borrowed.release = [](ArrowArray* array) { array->release = nullptr; };
  return borrowed;
}

}  // namespace

struct FileWriter::Impl {
  std::unique_ptr<InletWriter, WriterFree> handle;
  Schema schema;
  std::shared_ptr<const Schema> last_schema = {};

  // Batches of one reader share their schema, so the comparison is a pointer's most of the time.
  Status check(const Batch& batch) {
    if (batch.shared_schema() == last_schema) return {};
    if (batch.schema() != schema)
      return fail(ErrorKind::Bug, "a batch has another schema than its file");
    last_schema = batch.shared_schema();
    return {};
  }
};

FileWriter::FileWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FileWriter::~FileWriter() = default;
FileWriter::FileWriter(FileWriter&&) noexcept = default;
FileWriter& FileWriter::operator=(FileWriter&&) noexcept = default;

Result<FileWriter> FileWriter::open(const Snapshot& table, const Schema& schema) {
  const Schema stored_schema = TRY(to_stored_schema(table, schema));
  ArrowSchema arrow = to_arrow_schema(stored_schema);
  InletWriter* writer = nullptr;
  const ArrowSchema* lent = &arrow;
  Status opened = bridge::call(inlet_bridge_writer_open, table.impl()->handle.get(), lent, &writer);
  if (arrow.release != nullptr) arrow.release(&arrow);
  TRY(std::move(opened));
  auto impl = std::make_unique<Impl>();
  impl->handle.reset(writer);
  impl->schema = schema;
  return FileWriter(std::move(impl));
}

Status FileWriter::write(Batch batch) {
  TRY(impl_->check(batch));
  ArrowArray array = batch.release();
  return bridge::call(inlet_bridge_writer_write, impl_->handle.get(), &array);
}

Status FileWriter::write(const Batch& batch, std::span<const std::uint32_t> rows) {
  TRY(impl_->check(batch));
  ArrowArray borrowed = borrow(batch);
  return bridge::call(inlet_bridge_writer_write_rows, impl_->handle.get(), &borrowed, rows.data(),
                      rows.size());
}

Status FileWriter::write(std::span<const Batch> batches, std::span<const RowPlace> rows) {
  std::vector<ArrowArray> borrowed;
  for (const Batch& batch : batches) {
    TRY(impl_->check(batch));
    borrowed.push_back(borrow(batch));
  }
  std::vector<InletRow> places;
  places.reserve(rows.size());
  for (const RowPlace& place : rows) places.push_back({place.batch, place.row});
  return bridge::call(inlet_bridge_writer_write_interleaved, impl_->handle.get(), borrowed.data(),
                      borrowed.size(), places.data(), places.size());
}

Result<bool> FileWriter::append(const DataFile& file) {
  bool is_appended = false;
  TRY(bridge::call(inlet_bridge_writer_append, impl_->handle.get(), bridge::lend(file.path),
                   &is_appended));
  return is_appended;
}

Status FileWriter::end_row_group() {
  return bridge::call(inlet_bridge_writer_end_row_group, impl_->handle.get());
}

std::uint64_t FileWriter::num_rows() const {
  return inlet_bridge_writer_progress(impl_->handle.get()).num_rows;
}
std::uint64_t FileWriter::buffered_bytes() const {
  return inlet_bridge_writer_progress(impl_->handle.get()).buffered_bytes;
}
std::uint64_t FileWriter::file_bytes() const {
  return inlet_bridge_writer_progress(impl_->handle.get()).file_bytes;
}

Result<StagedFile> FileWriter::finish() {
  InletWritten written = {};
  TRY(bridge::call(inlet_bridge_writer_finish, impl_->handle.get(), &written));
  return StagedFile{.path = bridge::take(written.path),
                    .size = written.size,
                    .num_rows = written.num_rows,
                    .stats = bridge::take(written.stats),
                    .partition = bridge::take(written.partition)};
}

}  // namespace inlet::delta
