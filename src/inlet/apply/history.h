#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "inlet/data/row_key.h"
#include "inlet/delta/file_writer.h"

namespace inlet::apply {

/// One value of an event: what it is, told by its hash, and which row has it.
struct Cell {
  RowHash hash = {};           ///< of the content; zero for null
  delta::RowPlace place = {};  ///< means nothing for null
  bool is_sent = false;        ///< otherwise the value before it goes on; null then
};

/// One change of a key.
struct Event {
  std::string sequence;  ///< RowKey bytes
  bool is_delete = false;
  std::vector<Cell> cells = {};  ///< of an upsert: one per column
  /// Stands for a lost event: its cells tell another sequence, so it is no row to be kept.
  bool is_made_up = false;
};

/// One row of a key as the table shows it.
struct Version {
  std::string sequence;                 ///< of its last event
  std::string start = {};               ///< sequence of its first event; SCD 2 only
  std::optional<std::string> end = {};  ///< sequence of what ended it; SCD 2 only
  std::vector<Cell> cells = {};
};

/// What scd.md leaves to the table.
struct HistoryRules {
  bool keeps_versions = true;
  bool ignore_null_updates = false;
  std::vector<bool> is_tracked = {};  ///< per cell: a new value makes a new version

  /// SCD 1 of whole rows: nothing has to be kept but the delete that no upsert has followed.
  bool keeps_tombstones_only() const { return !keeps_versions && !ignore_null_updates; }
};

/// What the tables hold of one key.
struct StoredHistory {
  std::vector<Version> versions = {};
  std::vector<Event> kept = {};
  /// Only the latest version and the events kept after its last one: enough for changes that are
  /// later than that. Not for SCD 1, nor where an event is kept at its own sequence.
  bool is_tail = false;
};

/// The events of one key in the order that decides: by sequence, of which there is one each (SCD 1:
/// one upsert and, before it, one delete).
struct Timeline {
  std::vector<Event> events;
  /// What came before the first event is left out; the version that this event belongs to began
  /// here.
  std::optional<std::string> first_start = {};
};

/// What became of an event.
enum class Use {
  Shown,  ///< the versions tell it
  Kept,   ///< it has to be kept beside them
  Idle,   ///< it means nothing any more
};

struct Projection {
  std::vector<Version> versions;  ///< ascending
  std::vector<Use> uses;          ///< one per event
};

/// What the events come to: the versions to be seen, and what has to be kept so that a later call
/// with more events comes to the same as one with all of them.
Projection project(const Timeline& timeline, const HistoryRules& rules);

/// The events that were projected to what is stored.
Timeline restore(const StoredHistory& stored, const HistoryRules& rules);

/// The version's last event, or its first where the row shows a sequence from outside of it: then
/// the events of its run were lost.
const std::string& own_sequence(const Version& version);

/// `cells` with the values that `newer` has sent.
void overlay(std::vector<Cell>& cells, const std::vector<Cell>& newer);

/// All values are equal, whether sent or not.
bool has_equal_values(const std::vector<Cell>& a, const std::vector<Cell>& b);

}  // namespace inlet::apply
