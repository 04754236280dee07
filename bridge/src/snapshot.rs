//! One version of a table.

use std::sync::{Arc, OnceLock};

use delta_kernel::snapshot::{Snapshot, SnapshotRef};
use delta_kernel::table_features::TableFeature;
use url::Url;

use crate::abi::{give, give_bytes, guard, take_back, InletBytes, InletText};
use crate::engine::{Engine, InletEngine, Origin};
use crate::failure::{Failure, InletCode, Outcome};
use crate::listing::Listing;
use crate::location;

pub struct Table {
    pub engine: Arc<Engine>,
    pub origin: Origin,
    pub root: Url,
    pub snapshot: SnapshotRef,
    listing: OnceLock<Arc<Listing>>,
}

/// A shared, immutable snapshot.
pub struct InletSnapshot(pub Arc<Table>);

impl Table {
    pub fn new(engine: Arc<Engine>, root: Url, snapshot: SnapshotRef) -> Outcome<Self> {
        let origin = engine.origin(&root)?;
        Ok(Self { engine, origin, root, snapshot, listing: OnceLock::new() })
    }

    pub fn open(engine: Arc<Engine>, root: Url, version: Option<u64>) -> Outcome<Self> {
        let origin = engine.origin(&root)?;
        let mut builder = Snapshot::builder_for(root.as_str());
        if let Some(version) = version {
            builder = builder.at_version(version);
        }
        let snapshot = builder.build(origin.kernel.as_ref()).map_err(|error| open_failure(error, &root))?;
        Self::new(engine, root, snapshot)
    }

    /// The latest version, reading only the log after this one.
    pub fn refresh(&self) -> Outcome<Self> {
        let snapshot = Snapshot::builder_from(self.snapshot.clone()).build(self.origin.kernel.as_ref())?;
        Self::new(self.engine.clone(), self.root.clone(), snapshot)
    }

    pub fn version(&self) -> i64 {
        self.snapshot.version() as i64
    }

    /// The live files, listed once per snapshot.
    pub fn listing(&self) -> Outcome<Arc<Listing>> {
        if let Some(listing) = self.listing.get() {
            return Ok(listing.clone());
        }
        let listing = Arc::new(Listing::read(self)?);
        Ok(self.listing.get_or_init(|| listing).clone())
    }

    pub fn transaction_version(&self, app_id: &str) -> Outcome<Option<i64>> {
        Ok(self.snapshot.get_app_id_version(app_id, self.origin.kernel.as_ref())?)
    }

    pub fn partition_columns(&self) -> &[String] {
        self.snapshot.table_configuration().metadata().partition_columns()
    }

    /// What the bridge cannot write or read itself yet.
    pub fn check_plain(&self) -> Outcome<()> {
        let metadata = self.snapshot.table_configuration().metadata();
        if metadata.configuration().get("delta.columnMapping.mode").is_some_and(|mode| mode != "none") {
            return Err(Failure::config(format!("tables with column mapping are not supported yet: {}", self.root)));
        }
        Ok(())
    }
}

fn open_failure(error: delta_kernel::KernelError, root: &Url) -> Failure {
    let failure = Failure::from(error);
    // An empty log reads as a configuration fault in the kernel's words; to the caller there is no table.
    let text = failure.message.to_lowercase();
    if failure.code == InletCode::NotFound || text.contains("no files in log") || text.contains("does not exist") {
        return Failure::new(InletCode::NotFound, format!("no Delta table at {root} ({})", failure.message));
    }
    failure.within(&format!("cannot open the table {root}"))
}

/// The table at `url`: its latest version, or `version` when that is not negative.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_open(
    engine: *const InletEngine,
    url: InletText,
    version: i64,
    snapshot: *mut *mut InletSnapshot,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let root = location::parse_folder(url.text()?)?;
        let table = Table::open((*engine).0.clone(), root, u64::try_from(version).ok())?;
        give(snapshot, InletSnapshot(Arc::new(table)));
        Ok(())
    })
}

/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_refresh(
    snapshot: *const InletSnapshot,
    latest: *mut *mut InletSnapshot,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        give(latest, InletSnapshot(Arc::new((*snapshot).0.refresh()?)));
        Ok(())
    })
}

/// # Safety
/// The handle is not used again.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_free(snapshot: *mut InletSnapshot) {
    take_back(snapshot);
}

/// What a snapshot knows without further I/O.
#[repr(C)]
pub struct InletSnapshotFacts {
    pub version: i64,
    /// Commits after the last checkpoint that this snapshot was built on.
    pub num_commits_since_checkpoint: u64,
    pub has_deletion_vectors: bool,
    pub table_id: InletBytes,
    /// Spark's StructType JSON.
    pub schema: InletBytes,
    /// A JSON object of the table properties.
    pub properties: InletBytes,
    /// A JSON list of names.
    pub partition_columns: InletBytes,
}

/// # Safety
/// Pointers are valid for the call; the caller frees the bytes in `facts`.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_facts(
    snapshot: *const InletSnapshot,
    facts: *mut InletSnapshotFacts,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let table = &(*snapshot).0;
        let configuration = table.snapshot.table_configuration();
        let metadata = configuration.metadata();
        let version = table.snapshot.version();
        let checkpoint = table.snapshot.log_segment().checkpoint_version;
        facts.write(InletSnapshotFacts {
            version: version as i64,
            num_commits_since_checkpoint: version - checkpoint.unwrap_or(0).min(version),
            has_deletion_vectors: configuration.is_feature_enabled(&TableFeature::DeletionVectors),
            table_id: metadata.id().as_bytes().to_vec().into(),
            schema: metadata.schema_string().as_bytes().to_vec().into(),
            properties: serde_json::to_vec(metadata.configuration())?.into(),
            partition_columns: serde_json::to_vec(table.partition_columns())?.into(),
        });
        Ok(())
    })
}

/// The last transaction version of `app_id`; `found` says whether there is one.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_transaction_version(
    snapshot: *const InletSnapshot,
    app_id: InletText,
    found: *mut bool,
    version: *mut i64,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let stored = (*snapshot).0.transaction_version(app_id.text()?)?;
        found.write(stored.is_some());
        version.write(stored.unwrap_or(0));
        Ok(())
    })
}

/// One line per commit of the log that is still there, newest first, at most `limit`: a JSON array.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_history(
    snapshot: *const InletSnapshot,
    limit: u64,
    entries: *mut InletBytes,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        give_bytes(entries, crate::history::read(&(*snapshot).0, limit)?);
        Ok(())
    })
}
