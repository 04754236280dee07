//! Batches and schemas over the Arrow C Data Interface.

use std::sync::Arc;

use delta_kernel::arrow::array::{Array, RecordBatch, StructArray};
use delta_kernel::arrow::datatypes::{DataType, Schema, SchemaRef};
use delta_kernel::arrow::ffi::{from_ffi_and_data_type, to_ffi, FFI_ArrowArray, FFI_ArrowSchema};

use crate::failure::{Failure, Outcome};
use crate::nulls;

/// # Safety
/// `schema` follows the Arrow C Data Interface; it is only read.
pub unsafe fn import_schema(schema: *const FFI_ArrowSchema) -> Outcome<SchemaRef> {
    Ok(Arc::new(Schema::try_from(&*schema)?))
}

/// Takes over `array`, a struct without nulls whose children are the columns of `schema`.
///
/// # Safety
/// `array` follows the Arrow C Data Interface and is not used or released by the caller afterwards.
pub unsafe fn import_batch(array: *mut FFI_ArrowArray, schema: &SchemaRef) -> Outcome<RecordBatch> {
    let array = FFI_ArrowArray::from_raw(array);
    let data = from_ffi_and_data_type(array, DataType::Struct(schema.fields().clone()))?;
    let rows = StructArray::from(data);
    if rows.null_count() > 0 {
        return Err(Failure::bug("a batch has nulls at its top"));
    }
    let num_rows = rows.len();
    let columns = rows.into_parts().1;
    nulls::check(schema.fields(), &columns)?;
    let options = delta_kernel::arrow::array::RecordBatchOptions::new().with_row_count(Some(num_rows));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// # Safety
/// `array` and `schema` point to writable, empty structures, which the receiver releases.
pub unsafe fn export_batch(
    batch: RecordBatch,
    array: *mut FFI_ArrowArray,
    schema: *mut FFI_ArrowSchema,
) -> Outcome<()> {
    let rows = StructArray::from(batch);
    let (out_array, out_schema) = to_ffi(&rows.to_data())?;
    array.write(out_array);
    schema.write(out_schema);
    Ok(())
}
