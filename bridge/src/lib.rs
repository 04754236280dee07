//! The C ABI that Inlet's `store/` and `delta/` use: Delta tables, Parquet files and object stores.
//!
//! Every function returns an `InletCode`; on failure the text is left in `message`. No panic crosses. Handles
//! are opaque and freed by their own `_free`. `InletText` is borrowed for the call, `InletBytes` is owned by
//! the receiver and freed with `inlet_bridge_bytes_free`. Engines and snapshots may be used from any thread at
//! once; a file writer belongs to one thread at a time.

pub mod abi;
pub mod arrow_ffi;
pub mod checkpoint;
pub mod columns;
pub mod commit;
pub mod conform;
pub mod create;
pub mod deletes;
pub mod edit;
pub mod encode;
pub mod encoding;
pub mod engine;
pub mod failure;
pub mod footer_stats;
pub mod history;
pub mod indexed;
pub mod listing;
pub mod location;
pub mod needed;
pub mod nulls;
pub mod options;
pub mod partition;
pub mod reader;
pub mod row_groups;
pub mod rows;
pub mod sink;
pub mod snapshot;
pub mod store;
pub mod vectors;
pub mod writer;
