//! NOT NULL, which neither the kernel nor Parquet checks for us before rows are half written.

use delta_kernel::arrow::array::{Array, ArrayRef, AsArray};
use delta_kernel::arrow::buffer::NullBuffer;
use delta_kernel::arrow::datatypes::{DataType, Field, Fields};

use crate::failure::{Failure, InletCode, Outcome};

/// Fails with BadRecord, naming the column and the row, where a column that is not nullable has a null.
pub fn check(fields: &Fields, columns: &[ArrayRef]) -> Outcome<()> {
    for (field, column) in fields.iter().zip(columns) {
        if let Some((path, row)) = find(field, column, None) {
            let text = format!("the column is NOT NULL in the table but has no value in row {row} of the batch: {path}");
            return Err(Failure::new(InletCode::BadRecord, text));
        }
    }
    Ok(())
}

fn has_required(field: &Field) -> bool {
    !field.is_nullable()
        || match field.data_type() {
            DataType::Struct(fields) => fields.iter().any(|field| has_required(field)),
            DataType::List(field) | DataType::Map(field, _) => has_required(field),
            _ => false,
        }
}

/// `parent` holds the rows that exist at this level; a null below a null parent is no violation.
fn find(field: &Field, column: &ArrayRef, parent: Option<&NullBuffer>) -> Option<(String, usize)> {
    if !has_required(field) {
        return None;
    }
    if !field.is_nullable() && column.null_count() > 0 {
        let missing = (0..column.len()).find(|row| column.is_null(*row) && parent.is_none_or(|rows| rows.is_valid(*row)));
        if let Some(row) = missing {
            return Some((field.name().clone(), row));
        }
    }
    let below = |(path, row): (String, usize)| (format!("{}.{path}", field.name()), row);
    match field.data_type() {
        DataType::Struct(fields) => {
            let rows = NullBuffer::union(parent, column.nulls());
            let children = fields.iter().zip(column.as_struct().columns());
            children.into_iter().find_map(|(field, child)| find(field, child, rows.as_ref())).map(below)
        }
        DataType::List(element) => find(element, column.as_list::<i32>().values(), None).map(below),
        DataType::Map(entries, _) => {
            let DataType::Struct(fields) = entries.data_type() else { return None };
            let children = fields.iter().zip(column.as_map().entries().columns());
            children.into_iter().find_map(|(field, child)| find(field, child, None)).map(below)
        }
        _ => None,
    }
}
