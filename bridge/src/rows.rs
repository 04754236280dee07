//! Chosen rows of one data file.

use std::ffi::c_void;

use delta_kernel::arrow::array::RecordBatch;
use delta_kernel::parquet::arrow::arrow_reader::{ArrowReaderOptions, RowSelection};
use delta_kernel::parquet::file::metadata::PageIndexPolicy;
use futures::StreamExt;

use crate::abi::{guard, slice, InletBytes, InletText};
use crate::failure::{Failure, InletCode, Outcome};
use crate::reader::{hand_over, open_with, project, target_schema, to_target, within_file, InletBatchVisitor, BATCH_ROWS};
use crate::snapshot::{InletSnapshot, Table};

fn check(positions: &[u64], num_rows: u64) -> Outcome<()> {
    let is_ascending = positions.windows(2).all(|pair| pair[0] < pair[1]);
    match positions.last() {
        Some(last) if *last >= num_rows => Err(Failure::bug(format!("row {last} is past the end at {num_rows}"))),
        _ if !is_ascending => Err(Failure::bug("the rows to be read are not in ascending order")),
        _ => Ok(()),
    }
}

/// Dead rows are read like live ones. Pages without any of the rows are not read where the file has an offset index.
pub fn read_rows(
    table: &Table,
    path: &str,
    positions: &[u64],
    columns: &[&str],
    mut visit: impl FnMut(RecordBatch, &[u64]) -> Outcome<()>,
) -> Outcome<()> {
    table.check_plain()?;
    if positions.is_empty() {
        return Ok(());
    }
    let target = target_schema(table, columns)?;
    let runtime = &table.engine.runtime;
    let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
    let listing = table.listing()?;
    let file = listing.live(table, path)?;
    let builder = runtime.block_on(open_with(table, path, file.size, options))?;
    let num_rows = builder.metadata().file_metadata().num_rows() as u64;
    check(positions, num_rows)?;
    let ranges = positions.chunk_by(|a, b| a + 1 == *b).map(|run| run[0] as usize..run[run.len() - 1] as usize + 1);
    let selection = RowSelection::from_consecutive_ranges(ranges, num_rows as usize);
    let mask = project(builder.parquet_schema(), &target);
    let builder = builder.with_projection(mask).with_row_selection(selection).with_batch_size(BATCH_ROWS);
    let mut stream = builder.build()?;
    let mut rest = positions;
    while let Some(batch) = runtime.block_on(stream.next()) {
        let batch = batch?;
        let (here, later) = rest.split_at_checked(batch.num_rows()).ok_or_else(|| {
            Failure::bug(format!("the reader of {path} gave more rows than were asked for"))
        })?;
        rest = later;
        visit(to_target(table, &file.partition, &batch, &target)?, here)?;
    }
    if !rest.is_empty() {
        return Err(Failure::bug(format!("the reader of {path} gave fewer rows than were asked for")));
    }
    Ok(())
}

/// Visits the rows at `positions` (ascending) of the live data file at `path`, dead ones too, in batches: the named
/// columns (none named: all of the table's).
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_read_rows(
    snapshot: *const InletSnapshot,
    path: InletText,
    positions: *const u64,
    num_positions: usize,
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
        let positions = slice(positions, num_positions);
        read_rows(table, path, positions, &columns, |batch, positions| hand_over(visit, context, batch, positions))
            .map_err(|failure| within_file(failure, table, path))
    })
}
