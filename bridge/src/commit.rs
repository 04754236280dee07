//! One commit: files in, rows out, columns, transaction id and the caller's metadata, all or nothing.

use std::collections::HashSet;
use std::sync::Arc;

use delta_kernel::arrow::array::{ArrayRef, RecordBatch, StringArray};
use delta_kernel::arrow::datatypes::{DataType as ArrowType, Field as ArrowField, Schema as ArrowSchema};
use delta_kernel::committer::FileSystemCommitter;
use delta_kernel::engine::arrow_data::ArrowEngineData;
use delta_kernel::expressions::ColumnName;
use delta_kernel::schema::{StructField, StructType};
use delta_kernel::snapshot::SnapshotRef;
use delta_kernel::transaction::{CommitResult, Transaction, UpdateTableOperation};
use delta_kernel::{Engine as _, EngineData};

use crate::abi::{give, guard, InletBytes};
use crate::create::{text_row, ENGINE_INFO};
use crate::deletes::Plan;
use crate::edit::{Edit, InletEdit, InletOperation};
use crate::failure::{Failure, InletCode, Outcome};
use crate::snapshot::{InletSnapshot, Table};
use crate::{location, store};

fn check_transaction_id(base: &Table, edit: &Edit) -> Outcome<()> {
    if edit.app_id.is_empty() {
        return Ok(());
    }
    match base.transaction_version(edit.app_id)? {
        Some(stored) if stored >= edit.app_version => Err(Failure::bug(format!(
            "transaction {} of \"{}\" is not above {stored}, which {} holds already",
            edit.app_version, edit.app_id, base.root
        ))),
        _ => Ok(()),
    }
}

fn check_adds(edit: &Edit) -> Outcome<()> {
    let mut paths = HashSet::new();
    match edit.adds.iter().find(|add| !paths.insert(add.path)) {
        Some(add) => Err(Failure::bug(format!("the file {} is added twice in one commit", add.path))),
        None => Ok(()),
    }
}

pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

/// The rows for `Transaction::add_files`, made through the kernel's JSON reader so that statistics get the
/// types of the table as this transaction leaves it.
fn added_files(base: &Table, transaction: &Transaction, edit: &Edit) -> Outcome<Box<dyn EngineData>> {
    let stats = StructField::nullable("stats", transaction.stats_schema()?.as_ref().clone());
    let fields = transaction.add_files_schema().fields().filter(|field| field.name() != "stats").cloned();
    let schema = Arc::new(StructType::try_new(fields.chain([stats]))?);
    let modified = now_ms();
    let rows: Vec<String> = edit
        .adds
        .iter()
        .map(|add| {
            let path = serde_json::Value::from(add.path);
            let stats = if add.stats.is_empty() { "null" } else { add.stats };
            let partition = if add.partition.is_empty() { "{}" } else { add.partition };
            let size = add.size;
            format!(r#"{{"path":{path},"partitionValues":{partition},"size":{size},"modificationTime":{modified},"stats":{stats}}}"#)
        })
        .collect();
    let text = Arc::new(StringArray::from(rows)) as ArrayRef;
    let text_schema = ArrowSchema::new(vec![ArrowField::new("json", ArrowType::Utf8, false)]);
    let text = RecordBatch::try_new(Arc::new(text_schema), vec![text])?;
    let kernel = base.origin.kernel.as_ref();
    Ok(kernel.json_handler().parse_json(Box::new(ArrowEngineData::new(text)), schema)?)
}

fn operation(edit: &Edit) -> (UpdateTableOperation, Vec<(&'static str, Option<&'static str>)>) {
    match edit.operation {
        InletOperation::Write => (UpdateTableOperation::Write, vec![("mode", Some("Append"))]),
        InletOperation::Merge => (UpdateTableOperation::Merge, vec![]),
        InletOperation::Delete => (UpdateTableOperation::Delete, vec![]),
        InletOperation::Optimize => (UpdateTableOperation::Optimize, vec![]),
    }
}

/// The columns to add, each with the struct that gets it.
fn added_columns(edit: &Edit) -> Outcome<Vec<(ColumnName, StructField)>> {
    if edit.add_columns.is_empty() {
        return Ok(Vec::new());
    }
    let mut entries: Vec<serde_json::Value> = serde_json::from_str(edit.add_columns)?;
    let parse = |entry: &mut serde_json::Value| {
        let parent: Vec<String> = serde_json::from_value(entry["parent"].take())?;
        Ok((ColumnName::new(parent), serde_json::from_value(entry["column"].take())?))
    };
    entries.iter_mut().map(parse).collect()
}

fn build(base: &Table, edit: &Edit, commit_id: &str) -> Outcome<Transaction> {
    let kernel = base.origin.kernel.as_ref();
    let listing = if edit.dead_rows.is_empty() && edit.removes.is_empty() { None } else { Some(base.listing()?) };
    let mut plan = match &listing {
        Some(listing) => Plan::make(base, listing, edit)?,
        None => Plan { vectors: Vec::new(), removes: Vec::new() },
    };
    let (operation, parameters) = operation(edit);
    let data_change = edit.operation != InletOperation::Optimize;
    let snapshot: SnapshotRef = base.snapshot.clone();
    let mut builder = snapshot.update_table(operation, ENGINE_INFO, data_change).with_operation_parameters(parameters);
    let only_adds = plan.vectors.is_empty() && plan.removes.is_empty() && edit.add_columns.is_empty();
    if edit.operation == InletOperation::Write && only_adds && !edit.adds.is_empty() {
        builder = builder.with_blind_append();
    }
    for (parent, column) in added_columns(edit)? {
        builder = builder.add_column_at(parent, column);
    }
    if !edit.app_id.is_empty() {
        builder = builder.with_transaction_id(edit.app_id, edit.app_version);
    }
    let user_metadata = (!edit.user_metadata.is_empty()).then_some(edit.user_metadata);
    let (row, schema) = text_row(&[("userMetadata", user_metadata), ("inletCommitId", Some(commit_id))])?;
    let mut transaction = builder
        .build(kernel, Box::new(FileSystemCommitter::new()))?
        .with_commit_info(row, schema)
        .with_operation_metrics(metrics(edit));
    if !edit.adds.is_empty() {
        let added = added_files(base, &transaction, edit)?;
        transaction.add_files(added);
    }
    let Some(listing) = &listing else { return Ok(transaction) };
    if !plan.vectors.is_empty() {
        let mut context = transaction.write_state()?.write_context_builder();
        if let Some((file, _)) = plan.vectors.first().filter(|_| !base.partition_columns().is_empty()) {
            // It asks for the values of some partition, although vectors lie beside all of them.
            context = context.with_partition_values(file.partition.scalars(base)?);
        }
        let context = context.build()?;
        let descriptors = plan.write_vectors(base, &context)?;
        let touched: Vec<_> = plan.vectors.iter().map(|(file, _)| *file).collect();
        transaction.update_deletion_vectors(descriptors, listing.scan_rows(&touched)?.into_iter().map(Ok))?;
    }
    for rows in listing.scan_rows(&plan.removes)? {
        transaction.remove_files(rows);
    }
    Ok(transaction)
}

fn metrics(edit: &Edit) -> Vec<(&'static str, Option<String>)> {
    let rows: u64 = edit.adds.iter().map(|add| add.num_rows).sum();
    let bytes: u64 = edit.adds.iter().map(|add| add.size).sum();
    vec![
        ("numFiles", Some(edit.adds.len().to_string())),
        ("numOutputRows", Some(rows.to_string())),
        ("numOutputBytes", Some(bytes.to_string())),
    ]
}

/// Whether version `base + 1` is there and whether it is ours.
enum Landed {
    Ours,
    Theirs,
    Absent,
}

fn look(base: &Table, commit_id: &str) -> Outcome<Landed> {
    let url = base.root.join(&format!("_delta_log/{:020}.json", base.snapshot.version() + 1))?;
    match store::get(&base.engine, &url, None) {
        Ok(bytes) if String::from_utf8_lossy(&bytes).contains(commit_id) => Ok(Landed::Ours),
        Ok(_) => Ok(Landed::Theirs),
        Err(failure) if failure.code == InletCode::NotFound => Ok(Landed::Absent),
        Err(failure) => Err(failure),
    }
}

/// After a failed put: a request that was retried may have landed at the first try, so only the log can tell.
fn settle(base: &Table, commit_id: &str, failure: Failure) -> Outcome<Table> {
    let version = base.version() + 1;
    match look(base, commit_id) {
        Ok(Landed::Ours) => Table::open(base.engine.clone(), base.root.clone(), Some(version as u64)),
        Ok(Landed::Theirs) => {
            let text = format!("another writer has committed version {version} of {}", base.root);
            Err(Failure::new(InletCode::Conflict, text))
        }
        Ok(Landed::Absent) if failure.code == InletCode::Unavailable && location::local_path(&base.root)?.is_none() => {
            let text = format!("version {version} of {} may still land: {}", base.root, failure.message);
            Err(Failure::new(InletCode::Indeterminate, text))
        }
        Ok(Landed::Absent) => Err(failure.within(&format!("cannot commit version {version} of {}", base.root))),
        Err(unread) => {
            let text = format!(
                "version {version} of {} may have landed: {}; and the log cannot be read: {}",
                base.root, failure.message, unread.message
            );
            Err(Failure::new(InletCode::Indeterminate, text))
        }
    }
}

pub fn commit(base: &Table, edit: &Edit) -> Outcome<Table> {
    check_transaction_id(base, edit)?;
    check_adds(edit)?;
    base.check_plain()?;
    let commit_id = uuid::Uuid::new_v4().to_string();
    let transaction = build(base, edit, &commit_id)?;
    match transaction.commit(base.origin.kernel.as_ref()) {
        Ok(CommitResult::Committed(committed)) => match committed.post_commit_snapshot() {
            Some(snapshot) => Table::new(base.engine.clone(), base.root.clone(), snapshot.clone()),
            None => base.refresh(),
        },
        Ok(CommitResult::Conflicted(_)) => settle(base, &commit_id, Failure::new(InletCode::Conflict, "version taken")),
        Ok(CommitResult::Retryable(failed)) => settle(base, &commit_id, failed.error.into()),
        Err(error) => settle(base, &commit_id, error.into()),
    }
}

/// Commits `edit` on exactly `base`.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_commit(
    base: *const InletSnapshot,
    edit: *const InletEdit,
    committed: *mut *mut InletSnapshot,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let table = commit(&(*base).0, &Edit::read(&*edit)?)?;
        give(committed, InletSnapshot(Arc::new(table)));
        Ok(())
    })
}
