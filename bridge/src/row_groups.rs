//! The row groups of a data file, to be taken over by another file as they are: merging files then costs a copy and
//! no decoding or encoding.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use delta_kernel::arrow::datatypes::{FieldRef, SchemaRef};
use delta_kernel::object_store::path::Path;
use delta_kernel::object_store::{DynObjectStore, ObjectStoreExt};
use delta_kernel::parquet::arrow::arrow_reader::ArrowReaderOptions;
use delta_kernel::parquet::arrow::ArrowSchemaConverter;
use delta_kernel::parquet::column::writer::ColumnCloseResult;
use delta_kernel::parquet::errors::Result as ParquetResult;
use delta_kernel::parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData};
use delta_kernel::parquet::file::reader::{ChunkReader, Length};
use delta_kernel::parquet::schema::types::SchemaDescriptor;
use serde_json::Value;

use crate::create::PRODUCT;
use crate::engine::Engine;
use crate::failure::Outcome;
use crate::footer_stats::is_repeated;
use crate::indexed::{count_leaves, Indexed};
use crate::listing::File;
use crate::location;
use crate::reader::open_with;
use crate::snapshot::Table;

/// Smaller ones are better encoded again, together: many of them would make a file slow to read.
const MIN_GROUP_BYTES: u64 = 4 << 20;

pub struct RowGroups {
    engine: Arc<Engine>,
    store: Arc<DynObjectStore>,
    path: Path,
    metadata: Arc<ParquetMetaData>,
    /// Of the top-level columns, where the footer does not know them.
    pub null_counts: Vec<u64>,
}

impl RowGroups {
    /// Those of the live file at `path`, for a file of rows with `schema`. None where its rows have to be read: some are
    /// dead, they are stored in another way, their groups are small, or the file's statistics are not our own.
    pub fn find(table: &Table, path: &str, schema: &SchemaRef, indexed: &Indexed) -> Outcome<Option<Self>> {
        let listing = table.listing()?;
        let file = listing.live(table, path)?;
        let Some(null_counts) = null_counts(file, schema, indexed) else { return Ok(None) };
        if file.deletion_vector.is_some() || file.size < MIN_GROUP_BYTES {
            return Ok(None);
        }
        let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
        let engine = table.engine.clone();
        let metadata = engine.runtime.block_on(open_with(table, path, file.size, options))?.metadata().clone();
        let wanted = ArrowSchemaConverter::new().convert(schema)?;
        let groups = Self {
            engine,
            store: table.origin.store.clone(),
            path: location::object_path(&table.root.join(path)?)?,
            metadata,
            null_counts,
        };
        Ok(groups.fit(file.size, &wanted).then_some(groups))
    }

    fn fit(&self, size: u64, wanted: &SchemaDescriptor) -> bool {
        let facts = self.metadata.file_metadata();
        let is_ours = facts.created_by().is_some_and(|name| name.starts_with(PRODUCT));
        let stored = facts.schema_descr().root_schema().get_fields();
        is_ours
            && stored == wanted.root_schema().get_fields()
            && size >= MIN_GROUP_BYTES * self.metadata.num_row_groups() as u64
    }

    pub fn num_rows(&self) -> u64 {
        self.metadata.file_metadata().num_rows() as u64
    }

    pub fn len(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// The bytes of one row group, and its columns, each as if it had just been written.
    pub fn read(&self, index: usize) -> Outcome<(GroupBytes, Vec<ColumnCloseResult>)> {
        let columns = self.metadata.row_group(index).columns();
        let start = columns.iter().map(|column| range_of(column).start).min().unwrap_or(0);
        let end = columns.iter().map(|column| range_of(column).end).max().unwrap_or(0);
        let bytes = self.engine.runtime.block_on(self.store.get_range(&self.path, start..end))?;
        let indexes = self.metadata.page_index_for_row_group(index);
        let close = |(leaf, column): (usize, &ColumnChunkMetaData)| ColumnCloseResult {
            bytes_written: column.compressed_size() as u64,
            rows_written: self.metadata.row_group(index).num_rows() as u64,
            metadata: column.clone(),
            bloom_filter: None,
            column_index: None,
            offset_index: indexes.offset_index(leaf).cloned(),
        };
        Ok((GroupBytes { bytes, start }, columns.iter().enumerate().map(close).collect()))
    }
}

fn range_of(column: &ColumnChunkMetaData) -> Range<u64> {
    let (start, length) = column.byte_range();
    start..start + length
}

/// None where the log does not tell them of a list or a map that it should.
fn null_counts(file: &File, schema: &SchemaRef, indexed: &Indexed) -> Option<Vec<u64>> {
    let stats: Value = serde_json::from_str(&file.stats).ok()?;
    let mut next_leaf = 0;
    let mut count = |field: &FieldRef| {
        let leaf = next_leaf;
        next_leaf += count_leaves(field.data_type());
        let is_told = is_repeated(field) && indexed.has(leaf);
        if is_told { stats["nullCount"][field.name()].as_u64() } else { Some(0) }
    };
    schema.fields().iter().map(&mut count).collect()
}

/// A part of a file that is read at the file's offsets.
pub struct GroupBytes {
    bytes: Bytes,
    start: u64,
}

impl Length for GroupBytes {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for GroupBytes {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(self.bytes.slice((start - self.start) as usize..).reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let first = (start - self.start) as usize;
        Ok(self.bytes.slice(first..first + length))
    }
}
