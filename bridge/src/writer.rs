//! One Parquet file of a table, from batches.

use std::sync::Arc;

use delta_kernel::arrow::array::{RecordBatch, UInt32Array};
use delta_kernel::arrow::compute::{interleave_record_batch, take_record_batch};
use delta_kernel::arrow::datatypes::SchemaRef;
use delta_kernel::arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};

use crate::abi::{give, guard, slice, take_back, InletBytes, InletText};
use crate::arrow_ffi::{import_batch, import_schema};
use crate::encode::Encoder;
use crate::failure::{Failure, InletCode, Outcome};
use crate::footer_stats::{self, NestedNulls};
use crate::indexed::Indexed;
use crate::partition::{self, Partition};
use crate::row_groups::RowGroups;
use crate::sink::Sink;
use crate::snapshot::{InletSnapshot, Table};

/// Rows are gathered up to these bounds: small pages of an API would otherwise cost a thread hand-over each, and
/// the encodings are chosen from the first lot.
const MIN_PENDING_ROWS: usize = 8192;
const MAX_PENDING_BYTES: usize = 8 << 20;

/// A file being written. Freed unfinished, it leaves nothing behind but a folder.
pub struct InletWriter {
    table: Arc<Table>,
    /// Of the rows that come.
    schema: SchemaRef,
    /// The columns of them that the file has.
    stored: Vec<usize>,
    file_schema: SchemaRef,
    name: String,
    /// What the rows share; none before the first of them.
    partition: Option<Partition>,
    pending: Vec<RecordBatch>,
    num_pending_rows: usize,
    pending_bytes: usize,
    encoder: Option<Encoder>,
    /// After a failure some columns hold rows that others lack: the file cannot be finished any more.
    is_broken: bool,
    indexed: Indexed,
    nested_nulls: NestedNulls,
    num_rows: u64,
}

impl InletWriter {
    pub fn open(table: Arc<Table>, schema: SchemaRef) -> Outcome<Self> {
        table.check_plain()?;
        let name = format!("part-00000-{}-c000.zstd.parquet", uuid::Uuid::new_v4());
        let is_left_out = partition::is_left_out(&table);
        let is_stored = |name: &String| !(is_left_out && table.partition_columns().contains(name));
        let stored: Vec<_> = (0..schema.fields().len()).filter(|column| is_stored(schema.field(*column).name())).collect();
        if stored.is_empty() {
            return Err(Failure::bug(format!("rows with nothing but partition columns for {}", table.root)));
        }
        let file_schema = Arc::new(schema.project(&stored)?);
        let indexed = Indexed::new(table.snapshot.table_properties(), &file_schema);
        Ok(Self {
            table,
            schema,
            stored,
            file_schema,
            name,
            partition: None,
            pending: Vec::new(),
            num_pending_rows: 0,
            pending_bytes: 0,
            encoder: None,
            is_broken: false,
            indexed,
            nested_nulls: NestedNulls::default(),
            num_rows: 0,
        })
    }

    pub fn write(&mut self, batch: RecordBatch) -> Outcome<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let batch = self.without_partition(batch)?;
        self.nested_nulls.add(&batch);
        self.num_rows += batch.num_rows() as u64;
        self.num_pending_rows += batch.num_rows();
        self.pending_bytes += batch.get_array_memory_size();
        self.pending.push(batch);
        if self.num_pending_rows >= MIN_PENDING_ROWS || self.pending_bytes >= MAX_PENDING_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// All rows of the live file at `path`, as they are stored there. False, and nothing done, where they have to be read.
    pub fn append(&mut self, path: &str) -> Outcome<bool> {
        let table = self.table.clone();
        let Some(groups) = RowGroups::find(&table, path, &self.file_schema, &self.indexed)? else { return Ok(false) };
        self.belong_to(table.listing()?.live(&table, path)?.partition.clone())?;
        if self.num_pending_rows > 0 {
            self.flush()?;
        }
        let appended = self.encoder(&[]).and_then(|encoder| encoder.append(&groups));
        self.is_broken = appended.is_err();
        appended.map_err(|failure| failure.within(&format!("cannot copy {}{path}", table.root)))?;
        self.nested_nulls.add_counts(groups.null_counts.iter().copied());
        self.num_rows += groups.num_rows();
        Ok(true)
    }

    /// The first rows say where the file belongs, and the others have to belong there, too.
    fn belong_to(&mut self, partition: Partition) -> Outcome<()> {
        match &self.partition {
            Some(known) if *known == partition => Ok(()),
            Some(_) => Err(Failure::bug(format!("rows of another partition than the file {}", self.name))),
            None => {
                let folder = partition.folder(&self.table.root, self.table.partition_columns())?;
                self.name = format!("{folder}{}", self.name);
                self.partition = Some(partition);
                Ok(())
            }
        }
    }

    fn without_partition(&mut self, batch: RecordBatch) -> Outcome<RecordBatch> {
        self.belong_to(Partition::of_rows(self.table.partition_columns(), &batch)?)?;
        Ok(if self.stored.len() == batch.num_columns() { batch } else { batch.project(&self.stored)? })
    }

    /// The rows written so far become whole row groups.
    fn end_row_group(&mut self) -> Outcome<()> {
        if self.num_rows == 0 {
            return Ok(());
        }
        self.flush()?;
        let ended = self.encoder(&[]).and_then(Encoder::end_row_group);
        self.is_broken = ended.is_err();
        ended.map_err(|failure| failure.within(&format!("cannot write {}{}", self.table.root, self.name)))
    }

    /// `rows` of `batches`, in their order.
    fn write_interleaved(&mut self, batches: &[&RecordBatch], rows: &[InletRow]) -> Outcome<()> {
        let is_there = |row: &InletRow| batches.get(row.batch as usize).is_some_and(|batch| (row.row as usize) < batch.num_rows());
        if let Some(row) = rows.iter().find(|row| !is_there(row)) {
            return Err(Failure::bug(format!("row {} of batch {} is not there", row.row, row.batch)));
        }
        for part in rows.chunks(MIN_PENDING_ROWS) {
            let places: Vec<_> = part.iter().map(|row| (row.batch as usize, row.row as usize)).collect();
            self.write(interleave_record_batch(batches, &places)?)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Outcome<()> {
        let batches = std::mem::take(&mut self.pending);
        self.num_pending_rows = 0;
        self.pending_bytes = 0;
        if self.is_broken {
            return Err(Failure::bug("the file could not be written before; drop it and begin another"));
        }
        let result = self.encoder(&batches).and_then(|encoder| encoder.write(&batches));
        self.is_broken = result.is_err();
        result.map_err(|failure| failure.within(&format!("cannot write {}{}", self.table.root, self.name)))
    }

    fn encoder(&mut self, sample: &[RecordBatch]) -> Outcome<&mut Encoder> {
        if self.encoder.is_none() {
            let engine = &self.table.engine;
            let sink = Sink::open(engine, &self.table.root, &self.name)?;
            self.encoder = Some(Encoder::new(sink, self.file_schema.clone(), &self.indexed, sample, engine.num_encode_threads)?);
        }
        self.encoder.as_mut().ok_or_else(|| Failure::bug("no encoder"))
    }

    fn buffered_bytes(&self) -> usize {
        self.pending_bytes + self.encoder.as_ref().map_or(0, Encoder::group_bytes)
    }

    fn file_bytes(&self) -> usize {
        let encoded = self.encoder.as_ref().map_or(0, |encoder| encoder.written_bytes() + encoder.group_bytes());
        // Text shrinks to about a quarter; the estimate only serves to cut files at a size.
        encoded + self.pending_bytes / 4
    }

    /// Size and statistics.
    pub fn finish(&mut self) -> Outcome<(u64, String)> {
        if self.partition.is_none() && !self.table.partition_columns().is_empty() {
            return Err(Failure::bug("a file without rows belongs to no partition"));
        }
        self.flush()?;
        let encoder = self.encoder.take().ok_or_else(|| Failure::bug("the file is finished already"))?;
        let (metadata, size) = encoder
            .finish()
            .map_err(|failure| failure.within(&format!("cannot finish {}{}", self.table.root, self.name)))?;
        Ok((size, footer_stats::to_json(&metadata, &self.file_schema, &self.indexed, &self.nested_nulls)))
    }
}

/// For a new file beside the table's data, whose rows share the values of the partition columns. `schema` is read,
/// not taken.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_open(
    snapshot: *const InletSnapshot,
    schema: *const FFI_ArrowSchema,
    writer: *mut *mut InletWriter,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        give(writer, InletWriter::open((*snapshot).0.clone(), import_schema(schema)?)?);
        Ok(())
    })
}

/// Takes over `batch`.
///
/// # Safety
/// Pointers are valid for the call; `batch` has the writer's schema and is not used afterwards.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_write(
    writer: *mut InletWriter,
    batch: *mut FFI_ArrowArray,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let writer = &mut *writer;
        let batch = import_batch(batch, &writer.schema)?;
        writer.write(batch)
    })
}

/// Only the rows at `rows`; takes over `batch` and is done with it when the call returns.
///
/// # Safety
/// As for `inlet_bridge_writer_write`.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_write_rows(
    writer: *mut InletWriter,
    batch: *mut FFI_ArrowArray,
    rows: *const u32,
    num_rows: usize,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let writer = &mut *writer;
        let batch = import_batch(batch, &writer.schema)?;
        let rows = slice(rows, num_rows);
        if let Some(row) = rows.iter().find(|row| **row as usize >= batch.num_rows()) {
            return Err(Failure::bug(format!("row {row} is past the end of a batch of {} rows", batch.num_rows())));
        }
        let chosen = take_record_batch(&batch, &UInt32Array::from(rows.to_vec()))?;
        drop(batch);
        writer.write(chosen)
    })
}

/// A row of one of several batches.
#[repr(C)]
pub struct InletRow {
    pub batch: u32,
    pub row: u32,
}

/// `rows` of `batches`, in the order of `rows`; takes over the batches and is done with them when the call returns.
///
/// # Safety
/// As for `inlet_bridge_writer_write`, for each batch.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_write_interleaved(
    writer: *mut InletWriter,
    batches: *mut FFI_ArrowArray,
    num_batches: usize,
    rows: *const InletRow,
    num_rows: usize,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let writer = &mut *writer;
        // All are taken over, even where one of them is wrong.
        let taken: Vec<_> = (0..num_batches).map(|index| import_batch(batches.add(index), &writer.schema)).collect();
        let taken = taken.into_iter().collect::<Outcome<Vec<_>>>()?;
        writer.write_interleaved(&taken.iter().collect::<Vec<_>>(), slice(rows, num_rows))
    })
}

/// The rows of the live file at `path`, without reading them. `is_appended`: false where that cannot be, and then
/// nothing was done.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_append(
    writer: *mut InletWriter,
    path: InletText,
    is_appended: *mut bool,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        is_appended.write((*writer).append(path.text()?)?);
        Ok(())
    })
}

/// What is written next begins a new row group.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_end_row_group(
    writer: *mut InletWriter,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || (*writer).end_row_group())
}

#[repr(C)]
pub struct InletWriterProgress {
    pub num_rows: u64,
    pub buffered_bytes: u64,
    pub file_bytes: u64,
}

/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_progress(writer: *const InletWriter) -> InletWriterProgress {
    let writer = &*writer;
    InletWriterProgress {
        num_rows: writer.num_rows,
        buffered_bytes: writer.buffered_bytes() as u64,
        file_bytes: writer.file_bytes() as u64,
    }
}

/// The caller frees the bytes.
#[repr(C)]
pub struct InletWritten {
    pub path: InletBytes,
    pub stats: InletBytes,
    /// As of `InletDataFile`.
    pub partition: InletBytes,
    pub size: u64,
    pub num_rows: u64,
}

/// The file is durable afterwards.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_finish(
    writer: *mut InletWriter,
    written: *mut InletWritten,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let writer = &mut *writer;
        let (size, stats) = writer.finish()?;
        written.write(InletWritten {
            path: writer.name.clone().into_bytes().into(),
            stats: stats.into_bytes().into(),
            partition: writer.partition.as_ref().map(Partition::to_text).unwrap_or_default().into_bytes().into(),
            size,
            num_rows: writer.num_rows,
        });
        Ok(())
    })
}

/// # Safety
/// The handle is not used again.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_writer_free(writer: *mut InletWriter) {
    take_back(writer);
}
