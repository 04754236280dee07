//! Writes batches as the row groups of one Parquet file.

use std::sync::Arc;

use delta_kernel::arrow::array::RecordBatch;
use delta_kernel::arrow::datatypes::SchemaRef;
use delta_kernel::parquet::arrow::arrow_writer::ArrowRowGroupWriterFactory;
use delta_kernel::parquet::arrow::ArrowSchemaConverter;
use delta_kernel::parquet::file::metadata::ParquetMetaData;
use delta_kernel::parquet::file::writer::SerializedFileWriter;

use crate::columns::Columns;
use crate::encoding;
use crate::failure::Outcome;
use crate::indexed::Indexed;
use crate::row_groups::RowGroups;
use crate::sink::Sink;

const MAX_ROW_GROUP_ROWS: usize = 1 << 20;
const MAX_ROW_GROUP_BYTES: usize = 64 << 20;

pub struct Encoder {
    file: SerializedFileWriter<Sink>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    columns: Columns,
    num_group_rows: usize,
}

impl Encoder {
    /// `sample`: the first rows, which decide on the encodings; they are not written.
    pub fn new(sink: Sink, schema: SchemaRef, indexed: &Indexed, sample: &[RecordBatch], num_threads: usize) -> Outcome<Self> {
        let parquet_schema = ArrowSchemaConverter::new().schema_root("schema").convert(&schema)?;
        let properties = Arc::new(encoding::choose(&parquet_schema, indexed, sample)?);
        let file = SerializedFileWriter::new(sink, parquet_schema.root_schema_ptr(), properties)?;
        let factory = ArrowRowGroupWriterFactory::new(&file, schema.clone());
        let columns = Columns::new(schema.fields(), num_threads);
        Ok(Self { file, factory, schema, columns, num_group_rows: 0 })
    }

    pub fn write(&mut self, batches: &[RecordBatch]) -> Outcome<()> {
        if self.num_group_rows == 0 {
            self.begin_group()?;
        }
        self.columns.write(batches)?;
        self.num_group_rows += batches.iter().map(RecordBatch::num_rows).sum::<usize>();
        if self.num_group_rows >= MAX_ROW_GROUP_ROWS || self.group_bytes() >= MAX_ROW_GROUP_BYTES {
            self.end_group()?;
        }
        Ok(())
    }

    /// Ends the row group that is being filled, and takes over those of another file.
    pub fn append(&mut self, groups: &RowGroups) -> Outcome<()> {
        self.end_row_group()?;
        for index in 0..groups.len() {
            let (bytes, columns) = groups.read(index)?;
            let mut group = self.file.next_row_group()?;
            for column in columns {
                group.append_column(&bytes, column)?;
            }
            group.close()?;
        }
        Ok(())
    }

    /// Bytes held for the row group that is being filled.
    pub fn group_bytes(&self) -> usize {
        self.columns.held_bytes()
    }

    pub fn written_bytes(&self) -> usize {
        self.file.bytes_written()
    }

    pub fn end_row_group(&mut self) -> Outcome<()> {
        if self.num_group_rows > 0 {
            self.end_group()?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Outcome<(ParquetMetaData, u64)> {
        self.end_row_group()?;
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
        self.columns.begin(num_leaves.iter().map(|num_leaves| writers.by_ref().take(*num_leaves).collect()).collect())
    }

    fn end_group(&mut self) -> Outcome<()> {
        let chunks = self.columns.end()?;
        let mut group = self.file.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.num_group_rows = 0;
        Ok(())
    }
}
