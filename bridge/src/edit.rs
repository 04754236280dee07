//! What one commit changes, as it comes over the ABI.

use crate::abi::{slice, InletText};
use crate::failure::Outcome;

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InletOperation {
    Write = 0,
    Merge = 1,
    Delete = 2,
    Optimize = 3,
}

/// A data file that was written and is not yet part of the table.
#[repr(C)]
pub struct InletStagedFile {
    pub path: InletText,
    pub size: u64,
    pub num_rows: u64,
    pub stats: InletText,
    /// As of `InletDataFile`.
    pub partition: InletText,
}

/// Rows of one file that die.
#[repr(C)]
pub struct InletDeadRows {
    pub path: InletText,
    pub positions: *const u64,
    pub num_positions: usize,
}

/// Everything is lent for the call.
#[repr(C)]
pub struct InletEdit {
    pub operation: InletOperation,
    pub adds: *const InletStagedFile,
    pub num_adds: usize,
    pub dead_rows: *const InletDeadRows,
    pub num_dead_rows: usize,
    pub removes: *const InletText,
    pub num_removes: usize,
    /// A JSON list of {"parent": the way to a struct, [] for the table, "column": Spark's StructField JSON}, or empty.
    pub add_columns: InletText,
    /// Empty for a commit without a transaction id.
    pub app_id: InletText,
    pub app_version: i64,
    pub user_metadata: InletText,
}

pub struct Add<'a> {
    pub path: &'a str,
    pub size: u64,
    pub num_rows: u64,
    pub stats: &'a str,
    pub partition: &'a str,
}

pub struct Edit<'a> {
    pub operation: InletOperation,
    pub adds: Vec<Add<'a>>,
    pub dead_rows: Vec<(&'a str, &'a [u64])>,
    pub removes: Vec<&'a str>,
    pub add_columns: &'a str,
    pub app_id: &'a str,
    pub app_version: i64,
    pub user_metadata: &'a str,
}

impl<'a> Edit<'a> {
    /// # Safety
    /// What `edit` points to stays valid while the result is used.
    pub unsafe fn read(edit: &'a InletEdit) -> Outcome<Self> {
        let adds = slice(edit.adds, edit.num_adds).iter().map(|add| {
            Ok(Add {
                path: add.path.text()?,
                size: add.size,
                num_rows: add.num_rows,
                stats: add.stats.text()?,
                partition: add.partition.text()?,
            })
        });
        let dead_rows = slice(edit.dead_rows, edit.num_dead_rows)
            .iter()
            .map(|dead| Ok((dead.path.text()?, slice(dead.positions, dead.num_positions))));
        let removes = slice(edit.removes, edit.num_removes).iter().map(|path| path.text());
        Ok(Self {
            operation: edit.operation,
            adds: adds.collect::<Outcome<_>>()?,
            dead_rows: dead_rows.collect::<Outcome<_>>()?,
            removes: removes.collect::<Outcome<_>>()?,
            add_columns: edit.add_columns.text()?,
            app_id: edit.app_id.text()?,
            app_version: edit.app_version,
            user_metadata: edit.user_metadata.text()?,
        })
    }
}
