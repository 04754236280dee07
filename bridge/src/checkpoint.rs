//! Checkpoints and checksums.

use crate::abi::{guard, InletBytes};
use crate::failure::{InletCode, Outcome};
use crate::snapshot::{InletSnapshot, Table};

fn checkpoint(table: &Table) -> Outcome<()> {
    let kernel = table.origin.kernel.as_ref();
    // Readers do without the checksum, and the kernel cannot derive one from every history.
    let _ = table.snapshot.write_checksum(kernel);
    table.snapshot.clone().checkpoint(kernel, None)?;
    Ok(())
}

/// Harmless when they exist already.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_checkpoint(
    snapshot: *const InletSnapshot,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let table = &(*snapshot).0;
        checkpoint(table).map_err(|failure| failure.within(&format!("cannot write a checkpoint of {}", table.root)))
    })
}
