#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/type.h"
#include "inlet/delta/table.h"

namespace inlet::apply {

/// Column of the auxiliary table that tells deletes from upserts (boolean, never null).
inline constexpr std::string_view kIsDelete = "__is_delete";
/// The interval [start, end) of a version (SCD 2): the sequence's type, a struct where it has
/// several columns; the open version has no end.
inline constexpr std::string_view kStartAt = "__START_AT";
inline constexpr std::string_view kEndAt = "__END_AT";

/// The type of kStartAt and kEndAt; the struct's members are called as the paths end.
Type interval_type(const Schema& source_schema, const std::vector<std::string>& sequence);

/// The table beside a target that keeps the events which the target cannot show and which late
/// events need (scd.md): the source's columns and kIsDelete. It is written before the target. Both
/// are guarded by sequence, so that a crash between the two is healed by the repeated batch.
class AuxiliaryTable {
 public:
  /// The target's URL + "_aux"; made for those who can read the target. `source_schema`: keys and
  /// sequence not null. `on_commit` is called right before and after each commit, for tests that
  /// kill the process there.
  AuxiliaryTable(const delta::Snapshot& target, const Schema& source_schema,
                 std::vector<std::string> never_null, std::function<void()> on_commit = {});

  const std::string& url() const { return url_; }
  /// kIsDelete last; all but it and the never-null columns are nullable.
  const Schema& schema() const { return schema_; }
  /// The latest version, or nullopt while no event had to be kept; read once, then followed.
  Result<std::optional<delta::Snapshot>> open();
  /// The latest version, made when there is none; what `schema()` has and it lacks is added.
  Result<delta::Snapshot> open_or_create();
  /// The latest version, which open() has found, with what it lacks of `columns` added.
  Result<delta::Snapshot> add_missing(const std::vector<Field>& columns);
  /// Commits `edit` on `base`; Conflict when another run of the same object wrote it meanwhile.
  Status commit(const delta::Snapshot& base, delta::Edit edit);
  /// For a table that begins anew.
  Status remove_rows();
  /// After a Conflict.
  void forget();

 private:
  std::shared_ptr<delta::Engine> engine_;
  std::string url_;
  delta::Compatibility compatibility_;
  Schema schema_;
  std::function<void()> on_commit_;
  std::optional<delta::Snapshot> snapshot_;
  bool is_absent_ = false;  // when we looked
};

}  // namespace inlet::apply
