//! Rows that die: which files get a new deletion vector and which are removed whole.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use delta_kernel::actions::deletion_vector::DeletionVectorDescriptor;
use delta_kernel::actions::deletion_vector_writer::{DeletionVector, StreamingDeletionVectorWriter};
use delta_kernel::object_store::PutMode;
use delta_kernel::transaction::BoundWriteContext;
use delta_kernel::{KernelError, KernelResult};
use roaring::RoaringTreemap;

use crate::edit::Edit;
use crate::failure::{Failure, Outcome};
use crate::listing::{File, Listing};
use crate::snapshot::Table;
use crate::store;
use crate::vectors::VectorReader;

/// The rows of one file that are dead after the commit.
#[derive(Clone)]
pub struct DeadRows(RoaringTreemap);

impl DeletionVector for DeadRows {
    type IndexIterator = roaring::treemap::IntoIter;

    fn into_iter(self) -> Self::IndexIterator {
        self.0.into_iter()
    }

    fn cardinality(&self) -> u64 {
        self.0.len()
    }

    /// The default builds the same bitmap row by row.
    fn serialize(self) -> KernelResult<Bytes> {
        let mut bytes = Vec::with_capacity(self.0.serialized_size());
        self.0.serialize_into(&mut bytes).map_err(KernelError::generic_err)?;
        Ok(bytes.into())
    }
}

/// The kernel commits whatever it is given, so every rule about a change is checked here.
pub struct Plan<'a> {
    pub vectors: Vec<(&'a File, DeadRows)>,
    pub removes: Vec<&'a File>,
}

impl<'a> Plan<'a> {
    pub fn make(table: &Table, listing: &'a Listing, edit: &Edit) -> Outcome<Self> {
        let mut changed = HashSet::new();
        let mut plan = Self { vectors: Vec::new(), removes: Vec::new() };
        let mut live = |path: &str| -> Outcome<&'a File> {
            if !changed.insert(path.to_string()) {
                return Err(Failure::bug(format!("the file {path} is changed twice in one commit")));
            }
            listing.live(table, path)
        };
        for path in &edit.removes {
            plan.removes.push(live(path)?);
        }
        let reader = VectorReader::new(table);
        for (path, positions) in &edit.dead_rows {
            plan.add(&reader, live(path)?, positions)?;
        }
        Ok(plan)
    }

    fn add(&mut self, reader: &VectorReader, file: &'a File, positions: &[u64]) -> Outcome<()> {
        let Some(last) = positions.iter().max() else { return Ok(()) };
        if file.num_rows == 0 || *last >= file.num_rows {
            let text = format!("row {last} is past the end of {} with {} rows", file.path, file.num_rows);
            return Err(Failure::bug(text));
        }
        let mut dead = match &file.deletion_vector {
            Some(vector) => reader.read(vector)?,
            None => RoaringTreemap::new(),
        };
        let before = dead.len();
        dead.extend(positions);
        if dead.len() == file.num_rows {
            self.removes.push(file);
        } else if dead.len() > before {
            self.vectors.push((file, DeadRows(dead)));
        }
        Ok(())
    }

    /// Writes the vectors into one file beside the table's data; gives their descriptors by data file.
    pub fn write_vectors(
        &mut self,
        table: &Table,
        context: &BoundWriteContext,
    ) -> Outcome<HashMap<String, DeletionVectorDescriptor>> {
        let path = context.new_deletion_vector_path(String::new());
        let mut bytes = Vec::new();
        let mut writer = StreamingDeletionVectorWriter::new(&mut bytes);
        let mut descriptors = HashMap::new();
        for (file, vector) in &self.vectors {
            let written = writer.write_deletion_vector(vector.clone())?;
            descriptors.insert(file.path.clone(), written.to_descriptor(&path));
        }
        writer.finalize()?;
        // A fresh UUID: Overwrite cannot meet an older file, and needs no second request to prove that.
        store::put(&table.engine, &path.absolute_path()?, bytes, PutMode::Overwrite)?;
        Ok(descriptors)
    }
}
