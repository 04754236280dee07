//! The live data files of a snapshot.

use std::collections::HashMap;
use std::ffi::c_void;

use delta_kernel::actions::deletion_vector::DeletionVectorDescriptor;
use delta_kernel::arrow::array::{Array, AsArray, BooleanArray, RecordBatch, UInt32Array};
use delta_kernel::arrow::compute::{filter_record_batch, take_record_batch};
use delta_kernel::arrow::datatypes::{Int32Type, Int64Type};
use delta_kernel::engine::arrow_data::ArrowEngineData;
use delta_kernel::FilteredEngineData;

use crate::abi::{guard, InletBytes, InletText};
use crate::failure::{Failure, InletCode, Outcome};
use crate::partition::Partition;
use crate::reader;
use crate::snapshot::{InletSnapshot, Table};

pub struct File {
    pub path: String,
    pub size: u64,
    pub num_rows: u64,
    pub num_dead: u64,
    pub modified_ms: i64,
    pub stats: String,
    pub deletion_vector: Option<DeletionVectorDescriptor>,
    pub partition: Partition,
    batch: usize,
    row: u32,
}

pub struct Listing {
    pub files: Vec<File>,
    by_path: HashMap<String, usize>,
    /// The kernel's own scan rows, which deletion-vector updates and removes are built from.
    batches: Vec<RecordBatch>,
}

impl Listing {
    pub fn read(table: &Table) -> Outcome<Self> {
        let kernel = table.origin.kernel.as_ref();
        let scan = table.snapshot.clone().scan_builder().build()?;
        let mut listing = Self { files: Vec::new(), by_path: HashMap::new(), batches: Vec::new() };
        for metadata in scan.scan_metadata(kernel)? {
            let (data, mut selected) = metadata?.scan_files.into_parts();
            let batch: RecordBatch = (*ArrowEngineData::try_from_engine_data(data)?).into();
            // Rows past the end of the selection vector are selected.
            selected.resize(batch.num_rows(), true);
            listing.append(filter_record_batch(&batch, &BooleanArray::from(selected))?, table.partition_columns())?;
        }
        for file in listing.files.iter_mut().filter(|file| file.stats.is_empty()) {
            file.num_rows = reader::num_rows(table, &file.path, file.size)?;
        }
        Ok(listing)
    }

    fn append(&mut self, batch: RecordBatch, partition_columns: &[String]) -> Outcome<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let paths = column(&batch, "path")?.as_string::<i32>();
        let sizes = column(&batch, "size")?.as_primitive::<Int64Type>();
        let modified = column(&batch, "modificationTime")?.as_primitive::<Int64Type>();
        let stats = column(&batch, "stats")?.as_string::<i32>();
        let constants = column(&batch, "fileConstantValues")?.as_struct();
        let partitions = constants.column_by_name("partitionValues").and_then(|values| values.as_map_opt());
        let partitions = partitions.ok_or_else(|| Failure::bug("scan rows lack the partition values"))?;
        for row in 0..batch.num_rows() {
            let deletion_vector = read_descriptor(&batch, row)?;
            let stats = if stats.is_valid(row) { stats.value(row) } else { "" };
            let file = File {
                path: paths.value(row).to_string(),
                size: sizes.value(row) as u64,
                num_rows: read_num_rows(stats),
                num_dead: deletion_vector.as_ref().map_or(0, |vector| vector.cardinality.max(0) as u64),
                modified_ms: modified.value(row),
                stats: stats.to_string(),
                deletion_vector,
                partition: Partition::of_map(partition_columns, partitions, row),
                batch: self.batches.len(),
                row: row as u32,
            };
            self.by_path.insert(file.path.clone(), self.files.len());
            self.files.push(file);
        }
        self.batches.push(batch);
        Ok(())
    }

    pub fn find(&self, path: &str) -> Option<&File> {
        self.by_path.get(path).map(|index| &self.files[*index])
    }

    /// The file at `path`, which has to be part of the table.
    pub fn live(&self, table: &Table, path: &str) -> Outcome<&File> {
        self.find(path).ok_or_else(|| {
            Failure::bug(format!("the file {path} is not live in version {} of {}", table.version(), table.root))
        })
    }

    /// The kernel's rows of `files`, ready to be handed to a transaction.
    pub fn scan_rows(&self, files: &[&File]) -> Outcome<Vec<FilteredEngineData>> {
        let mut rows_by_batch: HashMap<usize, Vec<u32>> = HashMap::new();
        for file in files {
            rows_by_batch.entry(file.batch).or_default().push(file.row);
        }
        rows_by_batch
            .into_iter()
            .map(|(batch, mut rows)| {
                rows.sort_unstable();
                let chosen = take_record_batch(&self.batches[batch], &UInt32Array::from(rows))?;
                Ok(FilteredEngineData::with_all_rows_selected(Box::new(ArrowEngineData::new(chosen))))
            })
            .collect()
    }
}

pub fn column<'a>(batch: &'a RecordBatch, name: &str) -> Outcome<&'a dyn Array> {
    let column = batch.column_by_name(name).ok_or_else(|| Failure::bug(format!("scan rows lack the column {name}")))?;
    Ok(column.as_ref())
}

fn read_num_rows(stats: &str) -> u64 {
    let parsed: Option<serde_json::Value> = serde_json::from_str(stats).ok();
    parsed.and_then(|stats| stats.get("numRecords")?.as_u64()).unwrap_or(0)
}

pub fn read_descriptor(batch: &RecordBatch, row: usize) -> Outcome<Option<DeletionVectorDescriptor>> {
    let vectors = column(batch, "deletionVector")?.as_struct();
    let part = |name: &str| {
        vectors.column_by_name(name).ok_or_else(|| Failure::bug(format!("deletion vectors lack the member {name}")))
    };
    let storage = part("storageType")?.as_string::<i32>();
    if vectors.is_null(row) || storage.is_null(row) {
        return Ok(None);
    }
    let offset = part("offset")?.as_primitive::<Int32Type>();
    Ok(Some(DeletionVectorDescriptor::try_new(
        storage.value(row).parse()?,
        part("pathOrInlineDv")?.as_string::<i32>().value(row).to_string(),
        offset.is_valid(row).then(|| offset.value(row)),
        part("sizeInBytes")?.as_primitive::<Int32Type>().value(row),
        part("cardinality")?.as_primitive::<Int64Type>().value(row),
    )?))
}

/// A live data file; the texts are lent for the call.
#[repr(C)]
pub struct InletDataFile {
    pub path: InletText,
    pub size: u64,
    pub num_rows: u64,
    pub num_dead: u64,
    pub modified_ms: i64,
    pub stats: InletText,
    /// Names the deletion vector; empty without one.
    pub deletion_vector: InletText,
    /// A JSON object of the partition columns' values; empty in a table without such columns.
    pub partition: InletText,
}

/// Visits every live data file.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_files(
    snapshot: *const InletSnapshot,
    visit: unsafe extern "C" fn(context: *mut c_void, file: *const InletDataFile),
    context: *mut c_void,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let table = &(*snapshot).0;
        for file in &table.listing()?.files {
            let vector = file.deletion_vector.as_ref().map(|vector| vector.unique_id_for(&table.snapshot)).transpose()?;
            let partition = file.partition.to_text();
            let lent = InletDataFile {
                path: InletText::lend(file.path.as_bytes()),
                size: file.size,
                num_rows: file.num_rows,
                num_dead: file.num_dead,
                modified_ms: file.modified_ms,
                stats: InletText::lend(file.stats.as_bytes()),
                deletion_vector: InletText::lend(vector.as_deref().unwrap_or("").as_bytes()),
                partition: InletText::lend(partition.as_bytes()),
            };
            visit(context, &lent);
        }
        Ok(())
    })
}
