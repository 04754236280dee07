//! Row groups: columns are encoded and compressed side by side on a bounded number of threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use delta_kernel::arrow::array::RecordBatch;
use delta_kernel::arrow::datatypes::{FieldRef, SchemaRef};
use delta_kernel::parquet::arrow::arrow_writer::{
    compute_leaves, ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory,
};
use delta_kernel::parquet::arrow::ArrowSchemaConverter;
use delta_kernel::parquet::file::metadata::ParquetMetaData;
use delta_kernel::parquet::file::writer::SerializedFileWriter;

use crate::encoding;
use crate::failure::{Failure, Outcome};
use crate::sink::Sink;

const MAX_ROW_GROUP_ROWS: usize = 1 << 20;
const MAX_ROW_GROUP_BYTES: usize = 64 << 20;

/// One top-level column of the row group that is being filled.
struct Column {
    index: usize,
    field: FieldRef,
    writers: Vec<ArrowColumnWriter>,
}

impl Column {
    fn write(&mut self, batches: &[RecordBatch]) -> Outcome<()> {
        for batch in batches {
            let leaves = compute_leaves(&self.field, batch.column(self.index))?;
            for (writer, leaf) in self.writers.iter_mut().zip(&leaves) {
                writer.write(leaf)?;
            }
        }
        Ok(())
    }

    fn memory(&self) -> usize {
        self.writers.iter().map(ArrowColumnWriter::memory_size).sum()
    }

    fn close(&mut self) -> Outcome<Vec<ArrowColumnChunk>> {
        self.writers.drain(..).map(|writer| Ok(writer.close()?)).collect()
    }
}

/// The columns of the row group that is being filled.
struct Group {
    columns: Vec<Mutex<Column>>,
    /// Column indexes, the dearest first, so that the threads end at about the same time.
    order: Vec<usize>,
    num_threads: usize,
}

impl Group {
    /// The results of `work` by column, computed on up to `num_threads` threads, this one included.
    fn on_every_column<T: Send>(&self, work: impl Fn(&mut Column) -> Outcome<T> + Sync) -> Outcome<Vec<T>> {
        let results: Vec<Mutex<Option<Outcome<T>>>> = self.columns.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let run = || {
            while let Some(index) = self.order.get(next.fetch_add(1, Ordering::Relaxed)) {
                let result = locked(&self.columns[*index]).and_then(|mut column| work(&mut column));
                if let Ok(mut slot) = results[*index].lock() {
                    *slot = Some(result);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.num_threads.min(self.columns.len()) {
                scope.spawn(run);
            }
            run();
        });
        let missing = || Err(Failure::bug("a column was not encoded"));
        results.into_iter().map(|slot| slot.into_inner().ok().flatten().unwrap_or_else(missing)).collect()
    }

    /// Bytes held; puts the columns in order.
    fn measure(&mut self) -> usize {
        let sizes: Vec<usize> = self.columns.iter().map(|column| locked(column).map_or(0, |c| c.memory())).collect();
        self.order.sort_by_key(|index| std::cmp::Reverse(sizes[*index]));
        sizes.iter().sum()
    }
}

pub struct Encoder {
    file: SerializedFileWriter<Sink>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    group: Group,
    num_group_rows: usize,
    group_bytes: usize,
}

impl Encoder {
    /// `sample`: the first rows, which decide on the encodings; they are not written.
    pub fn new(sink: Sink, schema: SchemaRef, sample: &[RecordBatch], num_threads: usize) -> Outcome<Self> {
        let parquet_schema = ArrowSchemaConverter::new().schema_root("schema").convert(&schema)?;
        let properties = Arc::new(encoding::choose(&parquet_schema, sample)?);
        let file = SerializedFileWriter::new(sink, parquet_schema.root_schema_ptr(), properties)?;
        let factory = ArrowRowGroupWriterFactory::new(&file, schema.clone());
        let order = (0..schema.fields().len()).collect();
        let group = Group { columns: Vec::new(), order, num_threads };
        Ok(Self { file, factory, schema, group, num_group_rows: 0, group_bytes: 0 })
    }

    pub fn write(&mut self, batches: &[RecordBatch]) -> Outcome<()> {
        if self.group.columns.is_empty() {
            self.begin_group()?;
        }
        self.group.on_every_column(|column| column.write(batches))?;
        self.num_group_rows += batches.iter().map(RecordBatch::num_rows).sum::<usize>();
        self.group_bytes = self.group.measure();
        if self.num_group_rows >= MAX_ROW_GROUP_ROWS || self.group_bytes >= MAX_ROW_GROUP_BYTES {
            self.end_group()?;
        }
        Ok(())
    }

    /// Bytes held for the row group that is being filled.
    pub fn group_bytes(&self) -> usize {
        self.group_bytes
    }

    pub fn written_bytes(&self) -> usize {
        self.file.bytes_written()
    }

    pub fn finish(mut self) -> Outcome<(ParquetMetaData, u64)> {
        if self.num_group_rows > 0 {
            self.end_group()?;
        }
        let metadata = self.file.finish()?;
        let size = self.file.bytes_written() as u64;
        self.file.inner_mut().publish()?;
        Ok((metadata, size))
    }

    fn begin_group(&mut self) -> Outcome<()> {
        let mut writers = self.factory.create_column_writers(self.file.flushed_row_groups().len())?.into_iter();
        let descriptor = self.file.schema_descr();
        let mut num_leaves = vec![0; self.schema.fields().len()];
        for leaf in 0..descriptor.num_columns() {
            num_leaves[descriptor.get_column_root_idx(leaf)] += 1;
        }
        self.group.columns = self
            .schema
            .fields()
            .iter()
            .zip(num_leaves)
            .enumerate()
            .map(|(index, (field, num_leaves))| {
                let writers = writers.by_ref().take(num_leaves).collect();
                Mutex::new(Column { index, field: field.clone(), writers })
            })
            .collect();
        Ok(())
    }

    fn end_group(&mut self) -> Outcome<()> {
        let chunks = self.group.on_every_column(Column::close)?;
        let mut group = self.file.next_row_group()?;
        for chunk in chunks.into_iter().flatten() {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.group.columns.clear();
        self.num_group_rows = 0;
        self.group_bytes = 0;
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> Outcome<std::sync::MutexGuard<'_, T>> {
    mutex.lock().map_err(|_| Failure::bug("an encoding thread has failed before"))
}
