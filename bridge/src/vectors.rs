//! What deletion vectors mark.

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use delta_kernel::actions::deletion_vector::DeletionVectorDescriptor;
use delta_kernel::{
    Engine as _, FileMeta, FileSlice, KernelResult, KernelResultIteratorStatic, StorageHandler,
};
use roaring::RoaringTreemap;
use url::Url;

use crate::abi::{guard, slice, InletBytes, InletText};
use crate::failure::{Failure, InletCode, Outcome};
use crate::snapshot::{InletSnapshot, Table};

/// Bytes of vector files that one reader keeps.
const MAX_KEPT_BYTES: usize = 32 << 20;

/// Reads deletion vectors. One commit writes those of many data files into one file, which the kernel reads whole for
/// each of them: it is kept here instead.
pub struct VectorReader<'a> {
    table: &'a Table,
    storage: Arc<dyn StorageHandler>,
}

impl<'a> VectorReader<'a> {
    pub fn new(table: &'a Table) -> Self {
        let storage = Arc::new(KeptFiles { inner: table.origin.kernel.storage_handler(), kept: Mutex::default() });
        Self { table, storage }
    }

    pub fn read(&self, vector: &DeletionVectorDescriptor) -> Outcome<RoaringTreemap> {
        Ok(vector.read(self.storage.clone(), &self.table.root)?)
    }

    /// The positions that `vector` marks, ascending.
    pub fn dead_rows(&self, vector: &DeletionVectorDescriptor) -> Outcome<Vec<u64>> {
        Ok(self.read(vector)?.into_iter().collect())
    }
}

/// A store that remembers the files read last.
struct KeptFiles {
    inner: Arc<dyn StorageHandler>,
    kept: Mutex<HashMap<Url, Bytes>>,
}

impl KeptFiles {
    fn read(&self, url: &Url) -> KernelResult<Bytes> {
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(bytes) = kept.get(url) {
            return Ok(bytes.clone());
        }
        let mut files = self.inner.read_files(vec![(url.clone(), None)])?;
        let bytes = files.next().ok_or_else(|| delta_kernel::KernelError::missing_data(url.as_str()))??;
        if kept.values().map(Bytes::len).sum::<usize>() + bytes.len() > MAX_KEPT_BYTES {
            kept.clear();
        }
        kept.insert(url.clone(), bytes.clone());
        Ok(bytes)
    }
}

impl StorageHandler for KeptFiles {
    fn read_files(&self, files: Vec<FileSlice>) -> KernelResult<KernelResultIteratorStatic<Bytes>> {
        if files.iter().any(|(_, range)| range.is_some()) {
            return self.inner.read_files(files);
        }
        let read: Vec<_> = files.iter().map(|(url, _)| self.read(url)).collect();
        Ok(Box::new(read.into_iter()))
    }
    fn list_from(&self, path: &Url) -> KernelResult<KernelResultIteratorStatic<FileMeta>> {
        self.inner.list_from(path)
    }
    fn copy_atomic(&self, source: &Url, target: &Url) -> KernelResult<()> {
        self.inner.copy_atomic(source, target)
    }
    fn put(&self, path: &Url, data: Bytes, overwrite: bool) -> KernelResult<()> {
        self.inner.put(path, data, overwrite)
    }
    fn head(&self, path: &Url) -> KernelResult<FileMeta> {
        self.inner.head(path)
    }
    fn delete(&self, path: &Url) -> KernelResult<()> {
        self.inner.delete(path)
    }
}

/// Called with the dead rows (ascending, lent) of the data file at `index` of those asked for.
pub type InletDeadRowsVisitor =
    unsafe extern "C" fn(context: *mut c_void, index: usize, positions: *const u64, num_positions: usize);

/// Visits the dead rows of every one of the live data files at `paths`, in this order; files without any too.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_snapshot_dead_rows(
    snapshot: *const InletSnapshot,
    paths: *const InletText,
    num_paths: usize,
    visit: InletDeadRowsVisitor,
    context: *mut c_void,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let table = &(*snapshot).0;
        let listing = table.listing()?;
        let reader = VectorReader::new(table);
        for (index, path) in slice(paths, num_paths).iter().enumerate() {
            let path = path.text()?;
            let dead = match &listing.live(table, path)?.deletion_vector {
                Some(vector) => reader.dead_rows(vector).map_err(|failure: Failure| {
                    failure.within(&format!("cannot read the deletion vector of {}{path}", table.root))
                })?,
                None => Vec::new(),
            };
            visit(context, index, dead.as_ptr(), dead.len());
        }
        Ok(())
    })
}
