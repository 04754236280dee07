#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "inlet/apply/held_batches_internal.h"
#include "inlet/apply/row_gather.h"
#include "inlet/delta/table.h"

namespace inlet::apply {

/// A change that another of its key and commit stands for.
struct EarlierChange {
  std::string sequence;
  delta::RowPlace place = {};  ///< of an upsert
  bool is_delete = false;
};

/// Of the changes that others of their commit stand for, those that tell more than these do: values
/// of other columns, or that the row was deleted in between.
class EarlierChanges {
 public:
  /// In source order.
  void add(std::uint32_t key, EarlierChange change);
  /// The upserts of `key` that no later delete undoes, the latest first.
  std::vector<delta::RowPlace> upserts_of(std::uint32_t key) const;
  /// A delete of `key` comes after `sequence`.
  bool has_delete_after(std::uint32_t key, std::string_view sequence) const;
  std::uint64_t num_bytes() const { return num_bytes_; }
  void clear();

 private:
  std::unordered_map<std::uint32_t, std::vector<EarlierChange>> by_key_;
  std::uint64_t num_bytes_ = 0;
};

/// A row of the table that an upsert takes the place of.
struct ReplacedRow {
  std::uint32_t key = 0;
  std::uint32_t file = 0;
  std::uint64_t position = 0;
};

/// Puts rows of the table together for changes whose batches lack some of its columns: the value is
/// that of the change before in the commit, else that of the row replaced, else null (scd.md: what
/// is missing is not overwritten). Borrows what it is made of.
class RowCompletion {
 public:
  static Result<RowCompletion> make(const delta::Snapshot& table, const HeldBatches& batches,
                                    const EarlierChanges& earlier);

  /// Reads the columns `lacking` of rows of the table. Memory: these values.
  Status read(std::vector<ReplacedRow> rows, const std::vector<delta::DataFile>& files,
              const std::vector<std::string>& lacking);
  /// Appends the row of `key`, whose change is at `place`, to columns of the table's schema.
  void append(BatchBuilder& rows, std::uint32_t key, delta::RowPlace place) const;

 private:
  RowCompletion(const delta::Snapshot& table, const EarlierChanges& earlier)
      : table_(&table), earlier_(&earlier), gather_(table.schema().fields) {}

  const delta::Snapshot* table_;
  const EarlierChanges* earlier_;
  RowGather gather_;
  std::deque<Batch> stored_;
  std::unordered_map<std::uint32_t, delta::RowPlace> replaced_;  // by key
};

}  // namespace inlet::apply
