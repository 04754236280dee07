//! The plain types that cross, and the guard that every exported function runs in.

use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::failure::{Failure, InletCode, Outcome};

/// Bytes (mostly UTF-8 text) lent for the call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct InletText {
    pub data: *const u8,
    pub size: usize,
}

/// Bytes given away; free them with `inlet_bridge_bytes_free`.
#[repr(C)]
pub struct InletBytes {
    pub data: *mut u8,
    pub size: usize,
    pub capacity: usize,
}

impl InletText {
    pub fn lend(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), size: bytes.len() }
    }

    /// # Safety
    /// `data` points to `size` readable bytes for as long as the result is used.
    pub unsafe fn bytes<'a>(&self) -> &'a [u8] {
        slice(self.data, self.size)
    }

    /// # Safety
    /// As for `bytes`.
    pub unsafe fn text<'a>(&self) -> Outcome<&'a str> {
        std::str::from_utf8(self.bytes()).map_err(|_| Failure::bug("text handed to the bridge is not UTF-8"))
    }
}

impl From<Vec<u8>> for InletBytes {
    fn from(bytes: Vec<u8>) -> Self {
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        Self { data: bytes.as_mut_ptr(), size: bytes.len(), capacity: bytes.capacity() }
    }
}

/// # Safety
/// `data` points to `size` readable items for as long as the result is used; it may be null when `size` is 0.
pub unsafe fn slice<'a, T>(data: *const T, size: usize) -> &'a [T] {
    if size == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(data, size)
    }
}

/// # Safety
/// `bytes` came from a function of this library and was not freed before.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_bytes_free(bytes: InletBytes) {
    if !bytes.data.is_null() {
        drop(Vec::from_raw_parts(bytes.data, bytes.size, bytes.capacity));
    }
}

/// Runs `body`; leaves its error's text in `message` and turns a panic into `InletCode::Bug`.
pub fn guard(message: *mut InletBytes, body: impl FnOnce() -> Outcome<()>) -> InletCode {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return InletCode::Ok,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let text = panic
                .downcast_ref::<&str>()
                .map(|text| text.to_string())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "of unknown kind".to_string());
            Failure::bug(format!("a panic in the bridge: {text}"))
        }
    };
    if !message.is_null() {
        unsafe { message.write(failure.message.into_bytes().into()) };
    }
    failure.code
}

/// Puts `value` behind a handle that the caller owns.
///
/// # Safety
/// `out` points to writable room for one pointer.
pub unsafe fn give<T>(out: *mut *mut T, value: T) {
    out.write(Box::into_raw(Box::new(value)));
}

/// # Safety
/// `out` points to a writable `InletBytes` whose old content needs no freeing.
pub unsafe fn give_bytes(out: *mut InletBytes, bytes: impl Into<Vec<u8>>) {
    out.write(bytes.into().into());
}

/// # Safety
/// `handle` came from `give` and is not used again.
pub unsafe fn take_back<T>(handle: *mut T) {
    if !handle.is_null() {
        // A panic in a destructor must not cross either.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(handle))));
    }
}
