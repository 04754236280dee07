// The C ABI of the bridge. Generated from bridge/src by tools/check_bridge_header --write; do not edit.

#pragma once

#include <cstddef>
#include <cstdint>
#include "inlet/data/arrow.h"

constexpr static const size_t BATCH_ROWS = 8192;

/// Named after what the caller does next, like inlet::ErrorKind.
enum class InletCode {
  Ok = 0,
  /// A human changes the options, the schema or the place.
  Config = 1,
  /// A credential is missing, refused or not allowed to do this.
  Auth = 2,
  NotFound = 3,
  /// The store or the disk may recover.
  Unavailable = 4,
  /// Somebody else was first: a table, a version or an object exists already.
  Conflict = 5,
  /// The write may have landed.
  Indeterminate = 6,
  /// The visitor asked to stop.
  Stopped = 7,
  /// A value that the table's schema does not allow.
  BadRecord = 8,
  Bug = 9,
};

enum class InletOperation {
  Write = 0,
  Merge = 1,
  Delete = 2,
  Optimize = 3,
};

/// Why an object is needed.
enum class InletNeed {
  /// The snapshot reads it.
  Live = 0,
  /// Readers of versions before may still read it.
  Removed = 1,
};

/// A shared engine; snapshots and writers keep it alive.
struct InletEngine;

/// A shared, immutable snapshot.
struct InletSnapshot;

/// A file being written. Freed unfinished, it leaves nothing behind but a folder.
struct InletWriter;

/// Bytes given away; free them with `inlet_bridge_bytes_free`.
struct InletBytes {
  uint8_t *data;
  size_t size;
  size_t capacity;
};

/// Bytes (mostly UTF-8 text) lent for the call.
struct InletText {
  const uint8_t *data;
  size_t size;
};

/// A data file that was written and is not yet part of the table.
struct InletStagedFile {
  InletText path;
  uint64_t size;
  uint64_t num_rows;
  InletText stats;
  /// As of `InletDataFile`.
  InletText partition;
};

/// Rows of one file that die.
struct InletDeadRows {
  InletText path;
  const uint64_t *positions;
  size_t num_positions;
};

/// Everything is lent for the call.
struct InletEdit {
  InletOperation operation;
  const InletStagedFile *adds;
  size_t num_adds;
  const InletDeadRows *dead_rows;
  size_t num_dead_rows;
  const InletText *removes;
  size_t num_removes;
  /// A JSON list of {"parent": the way to a struct, [] for the table, "column": Spark's StructField JSON}, or empty.
  InletText add_columns;
  /// Empty for a commit without a transaction id.
  InletText app_id;
  int64_t app_version;
  InletText user_metadata;
};

/// A name and its value.
struct InletOption {
  InletText name;
  InletText value;
};

/// A live data file; the texts are lent for the call.
struct InletDataFile {
  InletText path;
  uint64_t size;
  uint64_t num_rows;
  uint64_t num_dead;
  int64_t modified_ms;
  InletText stats;
  /// Names the deletion vector; empty without one.
  InletText deletion_vector;
  /// A JSON object of the partition columns' values; empty in a table without such columns.
  InletText partition;
};

/// Called once per use of an object, so perhaps more than once per object.
using InletNeedVisitor = void(*)(void *context, InletText url, InletNeed need);

/// Which rows of a file are read: a range of those of a live one that no deletion vector marks, or of a file that is
/// written and not yet part of the table.
struct InletRowRange {
  /// Of the staged file; 0 for a live one.
  uint64_t staged_size;
  uint64_t first;
  uint64_t num_rows;
  /// Of the staged file, as of `InletDataFile`.
  InletText staged_partition;
};

/// Takes over `array` and `schema`; `positions` are lent. Anything but 0 stops the reading.
using InletBatchVisitor = int32_t(*)(void *context,
                                     ArrowArray *array,
                                     ArrowSchema *schema,
                                     const uint64_t *positions,
                                     size_t num_positions);

/// What a snapshot knows without further I/O.
struct InletSnapshotFacts {
  int64_t version;
  /// Commits after the last checkpoint that this snapshot was built on.
  uint64_t num_commits_since_checkpoint;
  bool has_deletion_vectors;
  InletBytes table_id;
  /// Spark's StructType JSON.
  InletBytes schema;
  /// A JSON object of the table properties.
  InletBytes properties;
  /// A JSON list of names.
  InletBytes partition_columns;
};

/// One object; the texts are lent for the call.
struct InletObject {
  InletText url;
  uint64_t size;
  int64_t modified_us;
  InletText etag;
};

/// Called once per object; anything but 0 stops the walk.
using InletObjectVisitor = int32_t(*)(void *context, const InletObject *object);

/// Called with the dead rows (ascending, lent) of the data file at `index` of those asked for.
using InletDeadRowsVisitor = void(*)(void *context,
                                     size_t index,
                                     const uint64_t *positions,
                                     size_t num_positions);

/// A row of one of several batches.
struct InletRow {
  uint32_t batch;
  uint32_t row;
};

struct InletWriterProgress {
  uint64_t num_rows;
  uint64_t buffered_bytes;
  uint64_t file_bytes;
};

/// The caller frees the bytes.
struct InletWritten {
  InletBytes path;
  InletBytes stats;
  /// As of `InletDataFile`.
  InletBytes partition;
  uint64_t size;
  uint64_t num_rows;
};

extern "C" {

void inlet_bridge_bytes_free(InletBytes bytes);

/// Harmless when they exist already. Gives the same version as it is read from the checkpoint.
InletCode inlet_bridge_checkpoint(const InletSnapshot *snapshot,
                                  InletSnapshot **checkpointed,
                                  InletBytes *message);

/// Commits `edit` on exactly `base`.
InletCode inlet_bridge_commit(const InletSnapshot *base,
                              const InletEdit *edit,
                              InletSnapshot **committed,
                              InletBytes *message);

/// Version 0 with deletion vectors enabled, or, where the properties say no to them, without any table features:
/// protocol (1, 2). `schema` is Spark's StructType JSON. A table that exists already is
/// a Conflict.
InletCode inlet_bridge_table_create(const InletEngine *engine,
                                    InletText url,
                                    InletText schema,
                                    const InletText *partition_columns,
                                    size_t num_partition_columns,
                                    const InletOption *properties,
                                    size_t num_properties,
                                    InletSnapshot **snapshot,
                                    InletBytes *message);

/// No I/O. Unknown option names are refused.
InletCode inlet_bridge_engine_new(const InletOption *options,
                                  size_t num_options,
                                  size_t num_encode_threads,
                                  InletEngine **engine,
                                  InletBytes *message);

void inlet_bridge_engine_free(InletEngine *engine);

/// Visits every live data file.
InletCode inlet_bridge_snapshot_files(const InletSnapshot *snapshot,
                                      void (*visit)(void *context, const InletDataFile *file),
                                      void *context,
                                      InletBytes *message);

/// A local path or a URL as a URL without a slash at its end.
InletCode inlet_bridge_to_url(InletText path_or_url, InletBytes *url, InletBytes *message);

/// Visits the URL of every object that the snapshot reads, data files and deletion vectors, and of those that were
/// removed after `horizon_ms`.
InletCode inlet_bridge_snapshot_needed(const InletSnapshot *snapshot,
                                       int64_t horizon_ms,
                                       InletNeedVisitor visit,
                                       void *context,
                                       InletBytes *message);

/// Visits rows of the file at `path` in batches: the named columns (none named: all of the table's).
InletCode inlet_bridge_snapshot_read(const InletSnapshot *snapshot,
                                     InletText path,
                                     InletRowRange range,
                                     const InletText *columns,
                                     size_t num_columns,
                                     InletBatchVisitor visit,
                                     void *context,
                                     InletBytes *message);

/// Visits the rows at `positions` (ascending) of the live data file at `path`, dead ones too, in batches: the named
/// columns (none named: all of the table's).
InletCode inlet_bridge_snapshot_read_rows(const InletSnapshot *snapshot,
                                          InletText path,
                                          const uint64_t *positions,
                                          size_t num_positions,
                                          const InletText *columns,
                                          size_t num_columns,
                                          InletBatchVisitor visit,
                                          void *context,
                                          InletBytes *message);

/// The table at `url`: its latest version, or `version` when that is not negative.
InletCode inlet_bridge_snapshot_open(const InletEngine *engine,
                                     InletText url,
                                     int64_t version,
                                     InletSnapshot **snapshot,
                                     InletBytes *message);

InletCode inlet_bridge_snapshot_refresh(const InletSnapshot *snapshot,
                                        InletSnapshot **latest,
                                        InletBytes *message);

void inlet_bridge_snapshot_free(InletSnapshot *snapshot);

InletCode inlet_bridge_snapshot_facts(const InletSnapshot *snapshot,
                                      InletSnapshotFacts *facts,
                                      InletBytes *message);

/// The last transaction version of `app_id`; `found` says whether there is one.
InletCode inlet_bridge_snapshot_transaction_version(const InletSnapshot *snapshot,
                                                    InletText app_id,
                                                    bool *found,
                                                    int64_t *version,
                                                    InletBytes *message);

/// One line per commit of the log that is still there, newest first, at most `limit`: a JSON array.
InletCode inlet_bridge_snapshot_history(const InletSnapshot *snapshot,
                                        uint64_t limit,
                                        InletBytes *entries,
                                        InletBytes *message);

/// Visits every object below `folder`, in the order of their URLs.
InletCode inlet_bridge_list(const InletEngine *engine,
                            InletText folder,
                            InletObjectVisitor visit,
                            void *context,
                            InletBytes *message);

/// Visits the one object at `url`.
InletCode inlet_bridge_head(const InletEngine *engine,
                            InletText url,
                            InletObjectVisitor visit,
                            void *context,
                            InletBytes *message);

/// The bytes from `offset` on, `length` of them or fewer at the end of the object.
InletCode inlet_bridge_get(const InletEngine *engine,
                           InletText url,
                           uint64_t offset,
                           uint64_t length,
                           InletBytes *bytes,
                           InletBytes *message);

/// Whole or not at all, and durable. With `fail_if_present` an object that is there already is a Conflict.
InletCode inlet_bridge_put(const InletEngine *engine,
                           InletText url,
                           InletText bytes,
                           bool fail_if_present,
                           InletBytes *message);

InletCode inlet_bridge_remove(const InletEngine *engine, InletText url, InletBytes *message);

/// Visits the dead rows of every one of the live data files at `paths`, in this order; files without any too.
InletCode inlet_bridge_snapshot_dead_rows(const InletSnapshot *snapshot,
                                          const InletText *paths,
                                          size_t num_paths,
                                          InletDeadRowsVisitor visit,
                                          void *context,
                                          InletBytes *message);

/// For a new file beside the table's data, whose rows share the values of the partition columns. `schema` is read,
/// not taken.
InletCode inlet_bridge_writer_open(const InletSnapshot *snapshot,
                                   const ArrowSchema *schema,
                                   InletWriter **writer,
                                   InletBytes *message);

/// Takes over `batch`.
InletCode inlet_bridge_writer_write(InletWriter *writer, ArrowArray *batch, InletBytes *message);

/// Only the rows at `rows`; takes over `batch` and is done with it when the call returns.
InletCode inlet_bridge_writer_write_rows(InletWriter *writer,
                                         ArrowArray *batch,
                                         const uint32_t *rows,
                                         size_t num_rows,
                                         InletBytes *message);

/// `rows` of `batches`, in the order of `rows`; takes over the batches and is done with them when the call returns.
InletCode inlet_bridge_writer_write_interleaved(InletWriter *writer,
                                                ArrowArray *batches,
                                                size_t num_batches,
                                                const InletRow *rows,
                                                size_t num_rows,
                                                InletBytes *message);

/// The rows of the live file at `path`, without reading them. `is_appended`: false where that cannot be, and then
/// nothing was done.
InletCode inlet_bridge_writer_append(InletWriter *writer,
                                     InletText path,
                                     bool *is_appended,
                                     InletBytes *message);

/// What is written next begins a new row group.
InletCode inlet_bridge_writer_end_row_group(InletWriter *writer, InletBytes *message);

InletWriterProgress inlet_bridge_writer_progress(const InletWriter *writer);

/// The file is durable afterwards.
InletCode inlet_bridge_writer_finish(InletWriter *writer, InletWritten *written, InletBytes *message);

void inlet_bridge_writer_free(InletWriter *writer);

}  // extern "C"
