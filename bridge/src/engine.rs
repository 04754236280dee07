//! The connection to object stores: one store and one kernel engine per bucket, made when first needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use delta_kernel::object_store::local::LocalFileSystem;
use delta_kernel::object_store::DynObjectStore;
use delta_kernel_default_engine::executor::tokio::TokioMultiThreadExecutor;
use delta_kernel_default_engine::storage::store_from_url_opts;
use delta_kernel_default_engine::{DefaultEngine, DefaultEngineBuilder};
use tokio::runtime::Runtime;
use url::Url;

use crate::abi::{give, guard, slice, take_back, InletBytes, InletText};
use crate::failure::{Failure, InletCode, Outcome};
use crate::options;

pub type KernelEngine = DefaultEngine<TokioMultiThreadExecutor>;

/// One bucket (or the local file system).
#[derive(Clone)]
pub struct Origin {
    pub store: Arc<DynObjectStore>,
    pub kernel: Arc<KernelEngine>,
}

pub struct Engine {
    options: Vec<(String, String)>,
    pub num_encode_threads: usize,
    pub runtime: Runtime,
    origins: Mutex<HashMap<String, Origin>>,
}

impl Engine {
    pub fn new(options: Vec<(String, String)>, num_encode_threads: usize) -> Outcome<Self> {
        options::check(&options)?;
        // Kernel's own blocking waits need a runtime of several threads: with one, a checkpoint waits for itself.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(4)
            .thread_name("inlet-io")
            .enable_all()
            .build()?;
        Ok(Self { options, num_encode_threads: num_encode_threads.max(1), runtime, origins: Mutex::default() })
    }

    pub fn origin(&self, url: &Url) -> Outcome<Origin> {
        let key = format!("{}://{}@{}", url.scheme(), url.username(), url.authority());
        let mut origins = self.origins.lock().map_err(|_| Failure::bug("the table of stores is poisoned"))?;
        if let Some(origin) = origins.get(&key) {
            return Ok(origin.clone());
        }
        let store: Arc<DynObjectStore> = if url.scheme() == "file" {
            Arc::new(LocalFileSystem::new().with_fsync(true))
        } else {
            store_from_url_opts(url, self.options.iter().map(|(name, value)| (name, value.clone())))
                .map_err(|error| Failure::from(error).within(&format!("cannot use the store of {key}")))?
        };
        let executor = TokioMultiThreadExecutor::new(self.runtime.handle().clone());
        let kernel = DefaultEngineBuilder::new(store.clone()).with_task_executor(Arc::new(executor)).build();
        let origin = Origin { store, kernel: Arc::new(kernel) };
        origins.insert(key, origin.clone());
        Ok(origin)
    }
}

/// A shared engine; snapshots and writers keep it alive.
pub struct InletEngine(pub Arc<Engine>);

/// A name and its value.
#[repr(C)]
pub struct InletOption {
    pub name: InletText,
    pub value: InletText,
}

/// # Safety
/// `options` points to `num_options` items.
pub unsafe fn read_pairs(options: *const InletOption, num_options: usize) -> Outcome<Vec<(String, String)>> {
    slice(options, num_options)
        .iter()
        .map(|option| Ok((option.name.text()?.to_string(), option.value.text()?.to_string())))
        .collect()
}

/// No I/O. Unknown option names are refused.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_engine_new(
    options: *const InletOption,
    num_options: usize,
    num_encode_threads: usize,
    engine: *mut *mut InletEngine,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let made = Engine::new(read_pairs(options, num_options)?, num_encode_threads)?;
        give(engine, InletEngine(Arc::new(made)));
        Ok(())
    })
}

/// # Safety
/// The handle is not used again. Snapshots and writers made with it stay valid.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_engine_free(engine: *mut InletEngine) {
    take_back(engine);
}
