//! The objects that a table needs: what nobody may delete.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use delta_kernel::actions::deletion_vector::DeletionVectorDescriptor;
use delta_kernel::actions::LOG_REMOVE_SCHEMA;
use delta_kernel::arrow::array::{Array, AsArray, RecordBatch};
use delta_kernel::arrow::datatypes::{Int64Type, Schema};
use delta_kernel::engine::arrow_data::ArrowEngineData;
use serde_json::Value;

use crate::abi::{guard, InletBytes, InletText};
use crate::commit::now_ms;
use crate::failure::{Failure, InletCode, Outcome};
use crate::listing::{column, read_descriptor};
use crate::snapshot::{InletSnapshot, Table};
use crate::store;

/// What a table has where it says nothing about it.
const DEFAULT_RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);
/// Clocks of several writers may differ by so much.
const CLOCK_SLACK_MS: i64 = 24 * 3600 * 1000;

/// Why an object is needed.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InletNeed {
    /// The snapshot reads it.
    Live = 0,
    /// Readers of versions before may still read it.
    Removed = 1,
}

/// Called once per use of an object, so perhaps more than once per object.
pub type InletNeedVisitor = unsafe extern "C" fn(context: *mut c_void, url: InletText, need: InletNeed);

struct Walk<'a> {
    table: &'a Table,
    horizon_ms: i64,
    visit: &'a mut dyn FnMut(&str, InletNeed),
}

impl Walk<'_> {
    fn need(&mut self, path: &str, vector: Option<&DeletionVectorDescriptor>, need: InletNeed) -> Outcome<()> {
        (self.visit)(self.table.root.join(path)?.as_str(), need);
        if let Some(url) = vector.map(|vector| vector.absolute_path(&self.table.root)).transpose()?.flatten() {
            (self.visit)(url.as_str(), need);
        }
        Ok(())
    }

    fn live_files(&mut self) -> Outcome<()> {
        for file in &self.table.listing()?.files {
            self.need(&file.path, file.deletion_vector.as_ref(), InletNeed::Live)?;
        }
        Ok(())
    }

    /// Of the last checkpoint and the commits after it.
    fn removes_of_segment(&mut self) -> Outcome<()> {
        let kernel = self.table.origin.kernel.as_ref();
        let segment = self.table.snapshot.log_segment();
        for actions in segment.read_actions(kernel, LOG_REMOVE_SCHEMA.clone())? {
            let batch: RecordBatch = (*ArrowEngineData::try_from_engine_data(actions?.actions)?).into();
            let removes = column(&batch, "remove")?.as_struct();
            // Where a row is another action, even its path is null.
            let members: Vec<_> =
                removes.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
            let batch = RecordBatch::try_new(Arc::new(Schema::new(members)), removes.columns().to_vec())?;
            for row in (0..removes.len()).filter(|row| removes.is_valid(*row)) {
                self.remove_action(&batch, row)?;
            }
        }
        Ok(())
    }

    fn remove_action(&mut self, batch: &RecordBatch, row: usize) -> Outcome<()> {
        let deleted = column(batch, "deletionTimestamp")?.as_primitive::<Int64Type>();
        if deleted.is_valid(row) && deleted.value(row) > self.horizon_ms {
            let path = column(batch, "path")?.as_string::<i32>().value(row);
            self.need(path, read_descriptor(batch, row)?.as_ref(), InletNeed::Removed)?;
        }
        Ok(())
    }

    /// A checkpoint forgets what was removed longer ago than the table's own retention; the commits before it may
    /// still tell.
    fn removes_before_checkpoint(&mut self) -> Outcome<()> {
        let Some(checkpoint) = self.table.snapshot.log_segment().checkpoint_version else { return Ok(()) };
        for version in (0..=checkpoint).rev() {
            let url = self.table.root.join(&format!("_delta_log/{version:020}.json"))?;
            let bytes = match store::get(&self.table.engine, &url, None) {
                Ok(bytes) => bytes,
                Err(failure) if failure.code == InletCode::NotFound => return Ok(()),
                Err(failure) => return Err(failure),
            };
            if !self.commit_file(&bytes).map_err(|failure| failure.within(url.as_str()))? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// False for a commit from before the horizon.
    fn commit_file(&mut self, bytes: &[u8]) -> Outcome<bool> {
        let mut is_recent = true;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            let action: Value = serde_json::from_slice(line)?;
            if let Some(time) = action.pointer("/commitInfo/timestamp").and_then(Value::as_i64) {
                is_recent = time > self.horizon_ms - CLOCK_SLACK_MS;
            }
            let Some(remove) = action.get("remove") else { continue };
            let deleted = remove.get("deletionTimestamp").and_then(Value::as_i64).unwrap_or(0);
            if deleted > self.horizon_ms {
                let vector = remove.get("deletionVector").filter(|vector| !vector.is_null());
                let vector: Option<DeletionVectorDescriptor> =
                    vector.map(|vector| serde_json::from_value(vector.clone())).transpose()?;
                let path = remove.get("path").and_then(Value::as_str);
                let path = path.ok_or_else(|| Failure::new(InletCode::Config, "a remove action without a path"))?;
                self.need(path, vector.as_ref(), InletNeed::Removed)?;
            }
        }
        Ok(is_recent)
    }
}

fn visit_needed(table: &Table, horizon_ms: i64, visit: &mut dyn FnMut(&str, InletNeed)) -> Outcome<()> {
    let mut walk = Walk { table, horizon_ms, visit };
    walk.live_files()?;
    walk.removes_of_segment()?;
    let own = table.snapshot.table_properties().deleted_file_retention_duration.unwrap_or(DEFAULT_RETENTION);
    if horizon_ms < now_ms() - own.as_millis() as i64 {
        walk.removes_before_checkpoint()?;
    }
    Ok(())
}

/// Visits the URL of every object that the snapshot reads, data files and deletion vectors, and of those that were
/// removed after `horizon_ms`.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_needed(
    snapshot: *const InletSnapshot,
    horizon_ms: i64,
    visit: InletNeedVisitor,
    context: *mut c_void,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let table = &(*snapshot).0;
        let mut hand_over = |url: &str, need: InletNeed| visit(context, InletText::lend(url.as_bytes()), need);
        visit_needed(table, horizon_ms, &mut hand_over)
            .map_err(|failure| failure.within(&format!("cannot tell which files {} needs", table.root)))
    })
}
