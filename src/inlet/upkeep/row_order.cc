#include "inlet/upkeep/row_order.h"

#include <algorithm>
#include <random>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"

namespace inlet::upkeep {
namespace {

constexpr std::size_t kCurveBits = 64;
constexpr std::size_t kMaxColumns = 16;
// Finer ranges than the sample can tell apart say nothing.
constexpr std::size_t kMaxRangeBits = 12;
constexpr std::size_t kSampledRows = 1U << 16U;

// A row of the sample: its columns, each for itself, and its number.
struct Sampled {
  std::vector<std::string> values;
  std::uint64_t row = 0;
};

/// Every row has the same chance to be among the kept ones, however many come. The same rows give
/// the same sample.
class Reservoir {
 public:
  /// The place to keep the next row at, or nullptr.
  Sampled* next() {
    ++num_seen_;
    if (kept_.size() < kSampledRows) return &kept_.emplace_back();
    const std::uint64_t place =
        std::uniform_int_distribution<std::uint64_t>(0, num_seen_ - 1)(random_);
    return place < kSampledRows ? &kept_[place] : nullptr;
  }
  std::uint64_t num_seen() const { return num_seen_; }
  std::vector<Sampled> take() { return std::move(kept_); }

 private:
  std::mt19937_64 random_{1};
  std::vector<Sampled> kept_;
  std::uint64_t num_seen_ = 0;
};

bool is_nested(TypeKind kind) {
  return kind == TypeKind::Struct || kind == TypeKind::List || kind == TypeKind::Map;
}

Status check_column(const Schema& schema, const std::string& column) {
  const Field* field = schema.find(column);
  if (field == nullptr) {
    std::vector<std::string> known;
    for (const Field& each : schema.fields) known.push_back(each.name);
    return fail(ErrorKind::Config,
                format("there is no column \"{}\" to order by{}", column,
                       did_you_mean(column, std::span<const std::string>(known))));
  }
  if (is_nested(field->type.kind)) {
    return fail(ErrorKind::Config,
                format("column \"{}\" of type {} has no order", column, to_text(field->type)));
  }
  return {};
}

Result<std::vector<RowKey>> readers(const Batch& batch, const std::vector<std::string>& columns) {
  std::vector<RowKey> keys;
  for (const std::string& column : columns) keys.push_back(TRY(RowKey::make(batch, {column})));
  return keys;
}

Result<std::vector<Sampled>> draw(const delta::Snapshot& table,
                                  std::span<const delta::DataFile> files,
                                  const std::vector<std::string>& columns) {
  Reservoir reservoir;
  const auto look = [&](const Batch& batch, std::span<const std::uint64_t>) -> Status {
    const std::vector<RowKey> keys = TRY(readers(batch, columns));
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
      Sampled* sampled = reservoir.next();
      if (sampled == nullptr) continue;
      *sampled = {.values = std::vector<std::string>(keys.size()), .row = reservoir.num_seen() - 1};
      for (std::size_t column = 0; column < keys.size(); ++column) {
        keys[column].append_to(sampled->values[column], row);
      }
    }
    return {};
  };
  const std::vector<std::string> read = columns_of(table.schema(), columns);
  for (const delta::DataFile& file : files) TRY(table.read(file, read, look));
  return reservoir.take();
}

// Where the ranges after the first begin: quantiles of `values`, each once.
std::vector<std::string> ranges_of(std::vector<std::string> values, std::size_t num_ranges) {
  std::ranges::sort(values);
  std::vector<std::string> begins;
  for (std::size_t range = 1; range < num_ranges && !values.empty(); ++range) {
    const std::string& begin = values[range * values.size() / num_ranges];
    if (begins.empty() || begins.back() != begin) begins.push_back(begin);
  }
  return begins;
}

void append_number(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<unsigned char>(number >> static_cast<unsigned>(shift)));
  }
}

// The highest bit of each id, then the next of each, and so on, from the top of the result down.
std::uint64_t interleave(std::span<const std::uint64_t> ids, std::size_t num_bits) {
  std::uint64_t curve = 0;
  std::size_t place = kCurveBits;
  for (std::size_t bit = num_bits; bit-- > 0;) {
    for (const std::uint64_t id : ids) curve |= ((id >> bit) & 1U) << --place;
  }
  return curve;
}

}  // namespace

Status check_order(const Schema& schema, const std::vector<std::string>& columns,
                   std::span<const std::string> partition_columns) {
  if (columns.size() > kMaxColumns) {
    return fail(ErrorKind::Config,
                format("an order by {} columns clusters none of them; take at most {}",
                       columns.size(), kMaxColumns));
  }
  for (auto column = columns.begin(); column != columns.end(); ++column) {
    TRY(check_column(schema, *column));
    if (std::find(columns.begin(), column, *column) != column) {
      return fail(ErrorKind::Config, format("column \"{}\" to order by is named twice", *column));
    }
    if (std::ranges::find(partition_columns, *column) != partition_columns.end()) {
      return fail(ErrorKind::Config, format("the table is partitioned by \"{}\", so a file has one "
                                            "value of it and nothing to order; leave it out",
                                            *column));
    }
  }
  return {};
}

Result<RowOrder> RowOrder::make(const delta::Snapshot& table,
                                std::span<const delta::DataFile> files,
                                std::vector<std::string> columns) {
  TRY(check_order(table.schema(), columns, table.partition_columns()));
  std::vector<Sampled> sampled = TRY(draw(table, files, columns));
  RowOrder order(std::move(columns));
  const std::size_t num_columns = order.columns_.size();
  order.num_bits_ = num_columns < 2 ? 0 : std::min(kMaxRangeBits, kCurveBits / num_columns);
  for (std::size_t column = 0; column < num_columns && order.num_bits_ > 0; ++column) {
    std::vector<std::string> values;
    for (const Sampled& row : sampled) values.push_back(row.values[column]);
    order.ranges_.push_back(ranges_of(std::move(values), std::size_t{1} << order.num_bits_));
  }
  for (const Sampled& row : sampled) order.sample_.push_back(order.key_of(row.values, row.row));
  std::ranges::sort(order.sample_);
  return order;
}

std::string RowOrder::key_of(std::span<const std::string> values, std::uint64_t row) const {
  std::string key;
  if (num_bits_ > 0) {
    std::vector<std::uint64_t> ids;
    for (std::size_t column = 0; column < values.size(); ++column) {
      const std::vector<std::string>& begins = ranges_[column];
      const auto range = std::ranges::upper_bound(begins, values[column]) - begins.begin();
      // Few ranges are spread over all bits: a column of two values takes part with its highest.
      ids.push_back((static_cast<std::uint64_t>(range) << num_bits_) / (begins.size() + 1));
    }
    append_number(key, interleave(ids, num_bits_));
  }
  for (const std::string& value : values) key += value;
  append_number(key, row);
  return key;
}

Result<std::vector<std::string>> RowOrder::keys(const Batch& batch, std::uint64_t first_row) const {
  const std::vector<RowKey> columns = TRY(readers(batch, columns_));
  std::vector<std::string> keys;
  keys.reserve(batch.num_rows());
  std::vector<std::string> values(columns.size());
  for (std::size_t row = 0; row < batch.num_rows(); ++row) {
    for (std::size_t column = 0; column < columns.size(); ++column) {
      values[column].clear();
      columns[column].append_to(values[column], row);
    }
    keys.push_back(key_of(values, first_row + row));
  }
  return keys;
}

std::vector<std::string> RowOrder::cuts(std::size_t num_parts) const {
  std::vector<std::string> cuts;
  for (std::size_t part = 1; part < num_parts && !sample_.empty(); ++part) {
    const std::string& cut = sample_[part * sample_.size() / num_parts];
    if (cuts.empty() || cuts.back() != cut) cuts.push_back(cut);
  }
  return cuts;
}

}  // namespace inlet::upkeep
