//! A new table.

use std::sync::Arc;

use delta_kernel::arrow::array::{ArrayRef, RecordBatch, StringArray};
use delta_kernel::committer::FileSystemCommitter;
use delta_kernel::engine::arrow_conversion::TryIntoArrow;
use delta_kernel::engine::arrow_data::ArrowEngineData;
use delta_kernel::object_store::PutMode;
use delta_kernel::schema::StructType;
use delta_kernel::transaction::create_table::create_table;
use delta_kernel::transaction::data_layout::DataLayout;
use delta_kernel::transaction::CommitResult;
use serde_json::{json, Value};
use url::Url;

use crate::abi::{give, guard, slice, InletBytes, InletText};
use crate::engine::{read_pairs, Engine, InletEngine, InletOption};
use crate::failure::{from_io, Failure, InletCode, Outcome};
use crate::commit::now_ms;
use crate::snapshot::{InletSnapshot, Table};
use crate::{location, store};

/// What the names of all versions begin with.
pub const PRODUCT: &str = "Inlet/";
pub const ENGINE_INFO: &str = concat!("Inlet/", env!("CARGO_PKG_VERSION"));

const DELETION_VECTORS: &str = "delta.enableDeletionVectors";

pub fn create(
    engine: Arc<Engine>,
    root: Url,
    schema: &str,
    partition_columns: &[&str],
    properties: &[(String, String)],
) -> Outcome<Table> {
    let schema: StructType = serde_json::from_str(schema)?;
    if let Some(path) = location::local_path(&root)? {
        std::fs::create_dir_all(&path).map_err(|error| from_io(&error, &path.display().to_string()))?;
    }
    let (decides, mut all): (Vec<_>, Vec<_>) =
        properties.iter().cloned().partition(|(name, _)| name == DELETION_VECTORS);
    if decides.iter().any(|(_, value)| value == "false") {
        return create_without_features(engine, root, &schema, partition_columns, &all);
    }
    all.push((DELETION_VECTORS.to_string(), "true".to_string()));
    let origin = engine.origin(&root)?;
    let mut builder =
        create_table(root.as_str(), Arc::new(schema), ENGINE_INFO, true).with_table_properties(all);
    if !partition_columns.is_empty() {
        builder = builder.with_data_layout(DataLayout::partitioned(partition_columns.iter().copied()));
    }
    let transaction = builder.build(origin.kernel.as_ref(), Box::new(FileSystemCommitter::new()))?;
    match transaction.commit(origin.kernel.as_ref())? {
        CommitResult::Committed(_) => Table::open(engine, root, None),
        CommitResult::Conflicted(_) => {
            Err(Failure::new(InletCode::Conflict, format!("another writer has just created the table at {root}")))
        }
        CommitResult::Retryable(failed) => Err(failed.error.into()),
    }
}

/// The kernel makes tables with named features only, so version 0 is written here.
fn create_without_features(
    engine: Arc<Engine>,
    root: Url,
    schema: &StructType,
    partition_columns: &[&str],
    properties: &[(String, String)],
) -> Outcome<Table> {
    let now = now_ms();
    let configuration: serde_json::Map<String, Value> =
        properties.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let actions = [
        json!({"commitInfo": {
            "timestamp": now, "operation": "CREATE TABLE", "operationParameters": {}, "engineInfo": ENGINE_INFO
        }}),
        json!({"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}),
        json!({"metaData": {
            "id": uuid::Uuid::new_v4().to_string(), "format": {"provider": "parquet", "options": {}},
            "schemaString": serde_json::to_string(schema)?, "partitionColumns": partition_columns,
            "configuration": configuration, "createdTime": now
        }}),
    ];
    let log: String = actions.iter().map(|action| format!("{action}\n")).collect();
    let version_0 = root.join("_delta_log/00000000000000000000.json")?;
    store::put(&engine, &version_0, log.into_bytes(), PutMode::Create)?;
    Table::open(engine, root, None)
}

/// One row of strings, for the kernel's `with_commit_info`.
pub fn text_row(fields: &[(&str, Option<&str>)]) -> Outcome<(Box<ArrowEngineData>, Arc<StructType>)> {
    use delta_kernel::schema::{DataType, StructField};
    let columns = fields.iter().map(|(name, _)| StructField::nullable(*name, DataType::STRING));
    let schema = Arc::new(StructType::try_new(columns)?);
    let arrays = fields.iter().map(|(_, value)| Arc::new(StringArray::from(vec![*value])) as ArrayRef).collect();
    let batch = RecordBatch::try_new(Arc::new(schema.as_ref().try_into_arrow()?), arrays)?;
    Ok((Box::new(ArrowEngineData::new(batch)), schema))
}

/// Version 0 with deletion vectors enabled, or, where the properties say no to them, without any table features:
/// protocol (1, 2). `schema` is Spark's StructType JSON. A table that exists already is
/// a Conflict.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_table_create(
    engine: *const InletEngine,
    url: InletText,
    schema: InletText,
    partition_columns: *const InletText,
    num_partition_columns: usize,
    properties: *const InletOption,
    num_properties: usize,
    snapshot: *mut *mut InletSnapshot,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let root = location::parse_folder(url.text()?)?;
        let properties = read_pairs(properties, num_properties)?;
        let columns = slice(partition_columns, num_partition_columns);
        let columns = columns.iter().map(|name| name.text()).collect::<Outcome<Vec<_>>>()?;
        let table = create((*engine).0.clone(), root.clone(), schema.text()?, &columns, &properties)
            .map_err(|failure| failure.within(&format!("cannot create the table {root}")))?;
        give(snapshot, InletSnapshot(Arc::new(table)));
        Ok(())
    })
}
