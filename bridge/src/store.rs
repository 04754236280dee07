//! Objects by URL.

use std::ffi::c_void;

use bytes::Bytes;
use delta_kernel::object_store::{
    GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload,
};
use futures::TryStreamExt;
use url::Url;

use crate::abi::{give_bytes, guard, InletBytes, InletText};
use crate::engine::{Engine, InletEngine};
use crate::failure::{Failure, InletCode, Outcome};
use crate::location;

/// One object; the texts are lent for the call.
#[repr(C)]
pub struct InletObject {
    pub url: InletText,
    pub size: u64,
    pub modified_us: i64,
    pub etag: InletText,
}

/// Called once per object; anything but 0 stops the walk.
pub type InletObjectVisitor = unsafe extern "C" fn(context: *mut c_void, object: *const InletObject) -> i32;

/// Forgets the folder in a failure's text and puts the URL there, which is what the user knows.
pub fn about(url: &Url, failure: Failure) -> Failure {
    failure.within(url.as_str())
}

fn full_url(base: &Url, meta: &ObjectMeta) -> String {
    let mut url = base.clone();
    // A percent sign is the one character that set_path takes for encoded already.
    url.set_path(&format!("/{}", meta.location.as_ref().replace('%', "%25")));
    url.to_string()
}

unsafe fn visit_object(url: &str, meta: &ObjectMeta, visit: InletObjectVisitor, context: *mut c_void) -> bool {
    let object = InletObject {
        url: InletText::lend(url.as_bytes()),
        size: meta.size,
        modified_us: meta.last_modified.timestamp_micros(),
        etag: InletText::lend(meta.e_tag.as_deref().unwrap_or("").as_bytes()),
    };
    visit(context, &object) == 0
}

fn list(engine: &Engine, folder: &Url) -> Outcome<Vec<ObjectMeta>> {
    if let Some(path) = location::local_path(folder)? {
        std::fs::read_dir(&path).map_err(|error| crate::failure::from_io(&error, &path.display().to_string()))?;
    }
    let store = engine.origin(folder)?.store;
    let prefix = location::object_path(folder)?;
    let mut found: Vec<ObjectMeta> = engine
        .runtime
        .block_on(store.list(Some(&prefix)).try_collect())
        .map_err(|error| about(folder, error.into()))?;
    found.sort_by(|a, b| a.location.as_ref().cmp(b.location.as_ref()));
    Ok(found)
}

/// Visits every object below `folder`, in the order of their URLs.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_list(
    engine: *const InletEngine,
    folder: InletText,
    visit: InletObjectVisitor,
    context: *mut c_void,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let folder = location::parse_folder(folder.text()?)?;
        for meta in list(&(*engine).0, &folder)? {
            if !visit_object(&full_url(&folder, &meta), &meta, visit, context) {
                return Err(Failure::new(InletCode::Stopped, "stopped by the visitor"));
            }
        }
        Ok(())
    })
}

/// Visits the one object at `url`.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_head(
    engine: *const InletEngine,
    url: InletText,
    visit: InletObjectVisitor,
    context: *mut c_void,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let (engine, url) = (&(*engine).0, location::parse(url.text()?)?);
        let store = engine.origin(&url)?.store;
        let path = location::object_path(&url)?;
        let meta = engine.runtime.block_on(store.head(&path)).map_err(|error| about(&url, error.into()))?;
        visit_object(url.as_str(), &meta, visit, context);
        Ok(())
    })
}

pub fn get(engine: &Engine, url: &Url, range: Option<std::ops::Range<u64>>) -> Outcome<Bytes> {
    let store = engine.origin(url)?.store;
    let path = location::object_path(url)?;
    let read = async {
        let mut options = GetOptions::default();
        if let Some(range) = range {
            // Stores refuse a range that begins past the end; "fewer at the end" needs the size first.
            let size = store.head(&path).await?.size;
            if range.start >= size || range.is_empty() {
                return Ok(Bytes::new());
            }
            options.range = Some(GetRange::Bounded(range.start..range.end.min(size)));
        }
        store.get_opts(&path, options).await?.bytes().await
    };
    engine.runtime.block_on(read).map_err(|error| about(url, error.into()))
}

/// The bytes from `offset` on, `length` of them or fewer at the end of the object.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_get(
    engine: *const InletEngine,
    url: InletText,
    offset: u64,
    length: u64,
    bytes: *mut InletBytes,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let url = location::parse(url.text()?)?;
        let whole = offset == 0 && length == u64::MAX;
        let range = (!whole).then(|| offset..offset.saturating_add(length));
        give_bytes(bytes, get(&(*engine).0, &url, range)?);
        Ok(())
    })
}

pub fn put(engine: &Engine, url: &Url, bytes: Vec<u8>, mode: PutMode) -> Outcome<()> {
    let store = engine.origin(url)?.store;
    let path = location::object_path(url)?;
    let options = PutOptions { mode, ..Default::default() };
    let put = store.put_opts(&path, PutPayload::from(bytes), options);
    engine.runtime.block_on(put).map(|_| ()).map_err(|error| about(url, error.into()))
}

/// Whole or not at all, and durable. With `fail_if_present` an object that is there already is a Conflict.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_put(
    engine: *const InletEngine,
    url: InletText,
    bytes: InletText,
    fail_if_present: bool,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let url = location::parse(url.text()?)?;
        let mode = if fail_if_present { PutMode::Create } else { PutMode::Overwrite };
        put(&(*engine).0, &url, bytes.bytes().to_vec(), mode)
    })
}

pub fn remove(engine: &Engine, url: &Url) -> Outcome<()> {
    let store = engine.origin(url)?.store;
    let path = location::object_path(url)?;
    engine.runtime.block_on(store.delete(&path)).map_err(|error| about(url, error.into()))
}

/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_remove(
    engine: *const InletEngine,
    url: InletText,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || remove(&(*engine).0, &location::parse(url.text()?)?))
}
