//! Checkpoints and checksums.

use std::sync::Arc;

use crate::abi::{give, guard, InletBytes};
use crate::failure::{InletCode, Outcome};
use crate::snapshot::{InletSnapshot, Table};

fn checkpoint(table: &Table) -> Outcome<Table> {
    let kernel = table.origin.kernel.as_ref();
    // Readers do without the checksum, and the kernel cannot derive one from every history.
    let _ = table.snapshot.write_checksum(kernel);
    let (_, snapshot) = table.snapshot.clone().checkpoint(kernel, None)?;
    Table::new(table.engine.clone(), table.root.clone(), snapshot)
}

/// Harmless when they exist already. Gives the same version as it is read from the checkpoint.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_checkpoint(
    snapshot: *const InletSnapshot,
    checkpointed: *mut *mut InletSnapshot,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        let table = &(*snapshot).0;
        let same = checkpoint(table)
            .map_err(|failure| failure.within(&format!("cannot write a checkpoint of {}", table.root)))?;
        give(checkpointed, InletSnapshot(Arc::new(same)));
        Ok(())
    })
}
