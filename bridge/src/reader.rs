//! Live rows of one data file.

// The type that replaces it needs a hand-written reader per store for no gain here.
#![allow(deprecated)]

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::Arc;

use delta_kernel::arrow::array::{new_null_array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions};
use delta_kernel::arrow::compute::filter_record_batch;
use delta_kernel::arrow::datatypes::{Field, Schema, SchemaRef};
use delta_kernel::arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use delta_kernel::engine::arrow_conversion::TryIntoArrow;
use delta_kernel::parquet::arrow::arrow_reader::ArrowReaderOptions;
use delta_kernel::parquet::arrow::async_reader::ParquetObjectReader;
use delta_kernel::parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};
use delta_kernel::parquet::schema::types::SchemaDescriptor;
use delta_kernel::parquet::file::metadata::ParquetMetaData;
use futures::StreamExt;

use crate::abi::{guard, slice, InletBytes, InletText};
use crate::arrow_ffi::export_batch;
use crate::conform::conform;
use crate::failure::{Failure, InletCode, Outcome};
use crate::location;
use crate::partition::Partition;
use crate::snapshot::{InletSnapshot, Table};
use crate::vectors::VectorReader;

pub const BATCH_ROWS: usize = 8192;

/// The asked columns of the table, in the asked order and with Inlet's Arrow types.
pub fn target_schema(table: &Table, columns: &[&str]) -> Outcome<SchemaRef> {
    let whole: Schema = table.snapshot.schema().as_ref().try_into_arrow()?;
    if columns.is_empty() {
        return Ok(Arc::new(Schema::new(whole.fields().clone())));
    }
    let find = |name: &&str| -> Outcome<Arc<Field>> {
        let (_, field) = whole.fields().find(name).ok_or_else(|| {
            Failure::config(format!("the table {} has no column \"{name}\"", table.root))
        })?;
        Ok(field.clone())
    };
    Ok(Arc::new(Schema::new(columns.iter().map(find).collect::<Outcome<Vec<_>>>()?)))
}

type Builder = ParquetRecordBatchStreamBuilder<ParquetObjectReader>;

async fn open(table: &Table, path: &str, size: u64) -> Outcome<Builder> {
    open_with(table, path, size, ArrowReaderOptions::new()).await
}

pub async fn open_with(table: &Table, path: &str, size: u64, options: ArrowReaderOptions) -> Outcome<Builder> {
    let url = table.root.join(path)?;
    let reader = ParquetObjectReader::new(table.origin.store.clone(), location::object_path(&url)?).with_file_size(size);
    // An embedded Arrow schema may name dictionaries, views or large strings; the Parquet types do not.
    let options = options.with_skip_arrow_metadata(true);
    Ok(ParquetRecordBatchStreamBuilder::new_with_options(reader, options).await?)
}

/// The columns of the file that `target` names.
pub fn project(stored: &SchemaDescriptor, target: &Schema) -> ProjectionMask {
    let fields = stored.root_schema().get_fields();
    let roots = (0..fields.len()).filter(|index| target.fields().find(fields[*index].name()).is_some());
    ProjectionMask::roots(stored, roots)
}

/// Rows of a file whose writer left no statistics.
pub fn num_rows(table: &Table, path: &str, size: u64) -> Outcome<u64> {
    let opened = table.engine.runtime.block_on(open(table, path, size))?;
    Ok(opened.metadata().file_metadata().num_rows() as u64)
}

/// `batch` of a file of `partition` as rows of the table.
pub fn to_target(table: &Table, partition: &Partition, batch: &RecordBatch, target: &SchemaRef) -> Outcome<RecordBatch> {
    let stored: HashMap<&str, &ArrayRef> =
        batch.schema_ref().fields().iter().map(|field| field.name().as_str()).zip(batch.columns()).collect();
    let columns = target
        .fields()
        .iter()
        .map(|field| {
            let constants = partition.constants(table, field.name(), batch.num_rows())?;
            match constants.as_ref().or(stored.get(field.name().as_str()).copied()) {
                Some(column) => {
                    let same = conform(column, field.data_type());
                    same.map_err(|failure| failure.within(&format!("column {}", field.name())))
                }
                None => Ok(new_null_array(field.data_type(), batch.num_rows())),
            }
        })
        .collect::<Outcome<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let lenient = target.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
    let made = RecordBatch::try_new_with_options(Arc::new(Schema::new(lenient.collect::<Vec<_>>())), columns, &options)?;
    Ok(made)
}

/// The rows of `batch`, which begins at `start` of the file, that no deletion vector marks; with their positions.
fn live_rows(batch: RecordBatch, start: u64, dead: &[u64]) -> Outcome<(RecordBatch, Vec<u64>)> {
    let end = start + batch.num_rows() as u64;
    let here = &dead[dead.partition_point(|row| *row < start)..dead.partition_point(|row| *row < end)];
    if here.is_empty() {
        return Ok((batch, (start..end).collect()));
    }
    let mut live = vec![true; batch.num_rows()];
    here.iter().for_each(|row| live[(row - start) as usize] = false);
    let positions = (start..end).filter(|row| live[(row - start) as usize]).collect();
    Ok((filter_record_batch(&batch, &BooleanArray::from(live))?, positions))
}

/// Size, dead rows and partition of a file of the table.
fn live_file(table: &Table, path: &str) -> Outcome<(u64, Vec<u64>, Partition)> {
    let listing = table.listing()?;
    let file = listing.live(table, path)?;
    let dead = match &file.deletion_vector {
        Some(vector) => VectorReader::new(table).dead_rows(vector)?,
        None => Vec::new(),
    };
    Ok((file.size, dead, file.partition.clone()))
}

/// Which rows of a file are read: a range of those of a live one that no deletion vector marks, or of a file that is
/// written and not yet part of the table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct InletRowRange {
    /// Of the staged file; 0 for a live one.
    pub staged_size: u64,
    pub first: u64,
    pub num_rows: u64,
    /// Of the staged file, as of `InletDataFile`.
    pub staged_partition: InletText,
}

impl InletRowRange {
    fn is_all(&self) -> bool {
        self.first == 0 && self.num_rows == u64::MAX
    }
}

/// The row groups that hold rows of `range`, and how many of their rows come before it.
fn row_groups(metadata: &ParquetMetaData, range: &InletRowRange) -> (Vec<usize>, usize) {
    let end = range.first.saturating_add(range.num_rows);
    let (mut groups, mut skipped, mut start) = (Vec::new(), 0, 0);
    for (index, group) in metadata.row_groups().iter().enumerate() {
        let next = start + group.num_rows() as u64;
        if next > range.first && start < end {
            if groups.is_empty() {
                skipped = (range.first - start) as usize;
            }
            groups.push(index);
        }
        start = next;
    }
    (groups, skipped)
}

pub fn read(
    table: &Table,
    path: &str,
    range: &InletRowRange,
    staged_partition: Partition,
    columns: &[&str],
    mut visit: impl FnMut(RecordBatch, &[u64]) -> Outcome<()>,
) -> Outcome<()> {
    table.check_plain()?;
    let (size, dead, partition) = match range.staged_size {
        0 => live_file(table, path)?,
        size => (size, Vec::new(), staged_partition),
    };
    let target = target_schema(table, columns)?;
    let runtime = &table.engine.runtime;
    let builder = runtime.block_on(open(table, path, size))?;
    let mask = project(builder.parquet_schema(), &target);
    let mut builder = builder.with_projection(mask).with_batch_size(BATCH_ROWS);
    let mut start = 0;
    if !range.is_all() {
        let (groups, skipped) = row_groups(builder.metadata(), range);
        builder = builder.with_row_groups(groups).with_offset(skipped).with_limit(range.num_rows as usize);
        start = range.first;
    }
    let mut stream = builder.build()?;
    while let Some(batch) = runtime.block_on(stream.next()) {
        let batch = batch?;
        let num_rows = batch.num_rows() as u64;
        let (live, positions) = live_rows(batch, start, &dead)?;
        start += num_rows;
        if !positions.is_empty() {
            visit(to_target(table, &partition, &live, &target)?, &positions)?;
        }
    }
    Ok(())
}

/// Takes over `array` and `schema`; `positions` are lent. Anything but 0 stops the reading.
pub type InletBatchVisitor = unsafe extern "C" fn(
    context: *mut c_void,
    array: *mut FFI_ArrowArray,
    schema: *mut FFI_ArrowSchema,
    positions: *const u64,
    num_positions: usize,
) -> i32;

/// # Safety
/// `visit` may be called with `context`.
pub unsafe fn hand_over(
    visit: InletBatchVisitor,
    context: *mut c_void,
    batch: RecordBatch,
    positions: &[u64],
) -> Outcome<()> {
    let (mut array, mut schema) = (FFI_ArrowArray::empty(), FFI_ArrowSchema::empty());
    export_batch(batch, &mut array, &mut schema)?;
    let status = visit(context, &mut array, &mut schema, positions.as_ptr(), positions.len());
    // The visitor moved them out and marked them as released, or left them to be dropped here.
    match status {
        0 => Ok(()),
        _ => Err(Failure::new(InletCode::Stopped, "stopped by the visitor")),
    }
}

/// Says which file could not be read, unless the visitor stopped the reading.
pub fn within_file(failure: Failure, table: &Table, path: &str) -> Failure {
    match failure.code {
        InletCode::Stopped => failure,
        _ => failure.within(&format!("cannot read {}{path}", table.root)),
    }
}

/// Visits rows of the file at `path` in batches: the named columns (none named: all of the table's).
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_read(
    snapshot: *const InletSnapshot,
    path: InletText,
    range: InletRowRange,
    columns: *const InletText,
    num_columns: usize,
    visit: InletBatchVisitor,
    context: *mut c_void,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let path = path.text()?;
        let columns = slice(columns, num_columns).iter().map(|name| name.text()).collect::<Outcome<Vec<_>>>()?;
        let table = &(*snapshot).0;
        let partition = Partition::parse(range.staged_partition.text()?)?;
        read(table, path, &range, partition, &columns, |batch, positions| hand_over(visit, context, batch, positions))
            .map_err(|failure| within_file(failure, table, path))
    })
}
