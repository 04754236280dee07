//! Columns as other writers stored them, in exactly the types that Inlet knows.

use std::sync::Arc;

use delta_kernel::arrow::array::{new_null_array, Array, ArrayRef, AsArray, ListArray, MapArray, StructArray};
use delta_kernel::arrow::compute::cast_with_options;
use delta_kernel::arrow::compute::CastOptions;
use delta_kernel::arrow::datatypes::{DataType, Fields, TimeUnit};
use delta_kernel::arrow::util::display::FormatOptions;

use crate::failure::{Failure, Outcome};

/// `array` as `target`: members are matched by name, missing ones are null, values that do not fit are errors.
pub fn conform(array: &ArrayRef, target: &DataType) -> Outcome<ArrayRef> {
    if array.data_type() == target {
        return Ok(array.clone());
    }
    match (array.data_type(), target) {
        (DataType::Struct(from), DataType::Struct(to)) => conform_struct(array, from, to),
        (DataType::List(_) | DataType::LargeList(_), DataType::List(element)) => {
            let list = as_list(array)?;
            let values = conform(list.values(), element.data_type())?;
            let list = ListArray::try_new(element.clone(), list.offsets().clone(), values, list.nulls().cloned())?;
            Ok(Arc::new(list))
        }
        (DataType::Map(_, _), DataType::Map(entries, sorted)) => {
            let map = array.as_map();
            let DataType::Struct(members) = entries.data_type() else {
                return Err(Failure::bug("a map's entries are not a struct"));
            };
            let keys = conform(map.keys(), members[0].data_type())?;
            let values = conform(map.values(), members[1].data_type())?;
            let inner = StructArray::try_new(members.clone(), vec![keys, values], map.entries().nulls().cloned())?;
            let offsets = map.offsets().clone();
            Ok(Arc::new(MapArray::try_new(entries.clone(), offsets, inner, map.nulls().cloned(), *sorted)?))
        }
        (DataType::Timestamp(_, None), DataType::Timestamp(TimeUnit::Microsecond, Some(_))) => {
            // INT96 and plain timestamps of old writers mean UTC; a direct cast would ask for a local zone.
            let plain = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
            cast(&plain, target)
        }
        _ => cast(array, target),
    }
}

fn cast(array: &ArrayRef, target: &DataType) -> Outcome<ArrayRef> {
    let options = CastOptions { safe: false, format_options: FormatOptions::default() };
    cast_with_options(array, target, &options)
        .map_err(|error| Failure::config(format!("stored as {}, wanted as {target}: {error}", array.data_type())))
}

fn as_list(array: &ArrayRef) -> Outcome<ListArray> {
    match array.data_type() {
        DataType::LargeList(element) => Ok(cast(array, &DataType::List(element.clone()))?.as_list::<i32>().clone()),
        _ => Ok(array.as_list::<i32>().clone()),
    }
}

fn conform_struct(array: &ArrayRef, from: &Fields, to: &Fields) -> Outcome<ArrayRef> {
    let source = array.as_struct();
    let children = to
        .iter()
        .map(|field| match from.iter().position(|member| member.name() == field.name()) {
            Some(index) => {
                let child = conform(source.column(index), field.data_type());
                child.map_err(|failure| failure.within(&format!("member {}", field.name())))
            }
            None => Ok(new_null_array(field.data_type(), source.len())),
        })
        .collect::<Outcome<Vec<_>>>()?;
    // Members of null rows may be null although they are declared NOT NULL, which the checked way refuses.
    let nulls = source.nulls().cloned();
    let lenient: Fields = to.iter().map(|field| Arc::new(field.as_ref().clone().with_nullable(true))).collect();
    let made = StructArray::try_new_with_length(lenient, children, nulls, source.len())?;
    let data = made.into_data().into_builder().data_type(DataType::Struct(to.clone())).build()?;
    Ok(Arc::new(StructArray::from(data)))
}
