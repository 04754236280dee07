#include "inlet/data/batch_bytes.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/data/arrow_array_internal.h"

namespace inlet {
namespace {

// What stands before the buffers of each array.
struct Head {
  std::uint64_t num_rows = 0;
  std::uint64_t num_nulls = 0;
  std::uint64_t has_validity = 0;
};

std::size_t bit_bytes(std::size_t num_rows) {
  return (num_rows + 7) / 8;
}

std::size_t value_bytes(TypeKind kind, std::size_t num_rows) {
  return kind == TypeKind::Boolean ? bit_bytes(num_rows) : num_rows * fixed_width(kind);
}

bool is_text(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Binary || kind == TypeKind::Json;
}

bool is_repeated(TypeKind kind) {
  return kind == TypeKind::List || kind == TypeKind::Map;
}

// Nothing is written for the offsets of no rows, which a builder may leave unset.
std::size_t offset_bytes(std::size_t num_rows) {
  return num_rows == 0 ? 0 : (num_rows + 1) * sizeof(std::int32_t);
}

std::unexpected<Error> fail_cut_short() {
  return fail(ErrorKind::Unavailable, "rows that were put aside on local disk are cut short");
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void column(const Type& type, const ArrowArray& array) {
    const auto num_rows = static_cast<std::size_t>(array.length);
    head(array);
    if (is_repeated(type.kind)) {
      put(array.buffers[1], offset_bytes(num_rows));
      elements(type, *array.children[0]);
    } else if (type.kind == TypeKind::Struct) {
      members(type, array);
    } else if (is_text(type.kind)) {
      const auto* offsets = static_cast<const std::int32_t*>(array.buffers[1]);
      put(offsets, offset_bytes(num_rows));
      if (num_rows > 0) put(array.buffers[2], static_cast<std::size_t>(offsets[num_rows]));
    } else {
      put(array.buffers[1], value_bytes(type.kind, num_rows));
    }
  }

  void put(const void* memory, std::size_t size) {
    if (size > 0) out_.append(static_cast<const char*>(memory), size);
  }

 private:
  void head(const ArrowArray& array) {
    const Head head{.num_rows = static_cast<std::uint64_t>(array.length),
                    .num_nulls = static_cast<std::uint64_t>(array.null_count),
                    .has_validity = array.buffers[0] == nullptr ? 0U : 1U};
    put(&head, sizeof(head));
    if (head.has_validity != 0) put(array.buffers[0], bit_bytes(head.num_rows));
  }

  void elements(const Type& type, const ArrowArray& array) {
    if (type.kind == TypeKind::List) return column(type.fields[0].type, array);
    head(array);
    members(type, array);
  }

  void members(const Type& type, const ArrowArray& array) {
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      column(type.fields[i].type, *array.children[i]);
    }
  }

  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool is_at_end() const { return bytes_.empty(); }

  template <class Value>
  Result<Value> value() {
    Value value;
    if (sizeof(value) > bytes_.size()) return fail_cut_short();
    std::memcpy(&value, bytes_.data(), sizeof(value));
    bytes_.remove_prefix(sizeof(value));
    return value;
  }

  Result<ArrowArray> column(const Type& type) {
    const Head head = TRY(value<Head>());
    OwnedArray array(head.num_rows);
    TRY(add_validity(array, head));
    if (is_repeated(type.kind)) {
      TRY(add_buffer(array, offset_bytes(head.num_rows)));
      array.add_child(TRY(elements(type)));
    } else if (type.kind == TypeKind::Struct) {
      TRY(add_members(array, type));
    } else if (is_text(type.kind)) {
      TRY(add_texts(array, head.num_rows));
    } else {
      TRY(add_buffer(array, value_bytes(type.kind, head.num_rows)));
    }
    return std::move(array).to_arrow();
  }

 private:
  Status add_validity(OwnedArray& array, const Head& head) {
    array.set_num_nulls(head.num_nulls);
    if (head.has_validity == 0) {
      array.add_buffer(nullptr);
      return {};
    }
    return add_buffer(array, bit_bytes(head.num_rows));
  }

  Status add_texts(OwnedArray& array, std::uint64_t num_rows) {
    const char* offsets = bytes_.data();
    TRY(add_buffer(array, offset_bytes(num_rows)));
    std::int32_t size = 0;
    if (num_rows > 0) std::memcpy(&size, offsets + num_rows * sizeof(size), sizeof(size));
    return add_buffer(array, static_cast<std::size_t>(size));
  }

  // Readers expect memory behind every buffer, and one offset also where there are no rows: a zero
  // behind the bytes.
  Status add_buffer(OwnedArray& array, std::size_t size) {
    if (size > bytes_.size()) return fail_cut_short();
    void* memory = std::calloc(size + sizeof(std::int32_t), 1);
    std::memcpy(memory, bytes_.data(), size);
    bytes_.remove_prefix(size);
    array.add_buffer(memory);
    return {};
  }

  Status add_members(OwnedArray& array, const Type& type) {
    for (const Field& field : type.fields) array.add_child(TRY(column(field.type)));
    return {};
  }

  Result<ArrowArray> elements(const Type& type) {
    if (type.kind == TypeKind::List) return column(type.fields[0].type);
    const Head head = TRY(value<Head>());
    OwnedArray array(head.num_rows);
    TRY(add_validity(array, head));
    TRY(add_members(array, type));
    return std::move(array).to_arrow();
  }

  std::string_view bytes_;
};

}  // namespace

void append_bytes(std::string& out, const Batch& batch) {
  const std::uint64_t num_rows = batch.num_rows();
  Writer writer(out);
  writer.put(&num_rows, sizeof(num_rows));
  for (std::size_t i = 0; i < batch.schema().fields.size(); ++i) {
    writer.column(batch.schema().fields[i].type, *batch.array().children[i]);
  }
}

Result<Batch> read_batch(std::shared_ptr<const Schema> schema, std::string_view bytes) {
  Reader reader(bytes);
  OwnedArray rows(TRY(reader.value<std::uint64_t>()));
  rows.add_buffer(nullptr);
  for (const Field& field : schema->fields) rows.add_child(TRY(reader.column(field.type)));
  if (!reader.is_at_end()) {
    return fail(ErrorKind::Unavailable, "rows that were put aside on local disk are too long");
  }
  return Batch(std::move(schema), std::move(rows).to_arrow());
}

}  // namespace inlet
