//! Which leaf columns a table keeps statistics of: Delta's properties dataSkippingStatsColumns and
//! dataSkippingNumIndexedCols.

use delta_kernel::arrow::datatypes::{DataType, FieldRef, SchemaRef};
use delta_kernel::table_properties::{DataSkippingNumIndexedCols, TableProperties};

/// One entry per leaf, in Parquet's leaf order.
pub struct Indexed(Vec<bool>);

impl Indexed {
    /// Of rows with `schema`; "first" goes by the order of its columns.
    pub fn new(properties: &TableProperties, schema: &SchemaRef) -> Self {
        let mut indexed = Self(Vec::new());
        if let Some(columns) = &properties.data_skipping_stats_columns {
            let paths: Vec<&[String]> = columns.iter().map(|column| column.path()).collect();
            indexed.add_named(schema.fields(), &paths);
        } else {
            let num_columns = match properties.data_skipping_num_indexed_cols.unwrap_or_default() {
                DataSkippingNumIndexedCols::AllColumns => u64::MAX,
                DataSkippingNumIndexedCols::NumColumns(count) => count,
            };
            indexed.add_first(schema.fields(), num_columns);
        }
        indexed
    }

    pub fn has(&self, leaf: usize) -> bool {
        self.0.get(leaf).copied().unwrap_or(false)
    }

    /// A list or a map counts as one column. What is left of `num_columns` behind `fields`.
    fn add_first(&mut self, fields: &[FieldRef], num_columns: u64) -> u64 {
        fields.iter().fold(num_columns, |num_left, field| match field.data_type() {
            DataType::Struct(children) => self.add_first(children, num_left),
            other => {
                self.add_leaves(other, num_left > 0);
                num_left.saturating_sub(1)
            }
        })
    }

    /// `paths` that lead into `fields`; an empty one names all of them.
    fn add_named(&mut self, fields: &[FieldRef], paths: &[&[String]]) {
        for field in fields {
            let is_all = paths.iter().any(|path| path.is_empty());
            let inside: Vec<&[String]> = paths
                .iter()
                .filter_map(|path| path.split_first())
                .filter(|(name, _)| *name == field.name())
                .map(|(_, rest)| rest)
                .chain(is_all.then_some(&[][..]))
                .collect();
            match field.data_type() {
                DataType::Struct(children) => self.add_named(children, &inside),
                other => self.add_leaves(other, inside.iter().any(|rest| rest.is_empty())),
            }
        }
    }

    fn add_leaves(&mut self, data_type: &DataType, is_indexed: bool) {
        self.0.resize(self.0.len() + count_leaves(data_type), is_indexed);
    }
}

/// Primitive columns at and below a column of this type.
pub fn count_leaves(data_type: &DataType) -> usize {
    match data_type {
        DataType::Struct(fields) => fields.iter().map(|field| count_leaves(field.data_type())).sum(),
        DataType::List(field) | DataType::Map(field, _) => count_leaves(field.data_type()),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delta_kernel::arrow::datatypes::{Field, Schema};
    use std::collections::HashMap;
    use std::sync::Arc;

    fn indexed(properties: &[(&str, &str)]) -> Vec<bool> {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let user = DataType::Struct(vec![text("login"), text("url")].into());
        let list = DataType::List(Arc::new(Field::new("element", user.clone(), true)));
        let fields = vec![text("id"), Field::new("users", list, true), Field::new("user", user, true), text("body")];
        let properties: HashMap<_, _> = properties.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Indexed::new(&TableProperties::from(properties.iter()), &Arc::new(Schema::new(fields))).0
    }

    #[test]
    fn the_first_32_columns_are_indexed_where_nothing_else_is_said() {
        assert_eq!(indexed(&[]), [true; 6]);
    }

    #[test]
    fn a_list_counts_as_one_column_and_a_struct_as_its_members() {
        let property = "delta.dataSkippingNumIndexedCols";
        assert_eq!(indexed(&[(property, "0")]), [false; 6]);
        assert_eq!(indexed(&[(property, "2")]), [true, true, true, false, false, false]);
        assert_eq!(indexed(&[(property, "3")]), [true, true, true, true, false, false]);
        assert_eq!(indexed(&[(property, "-1")]), [true; 6]);
    }

    #[test]
    fn named_columns_go_before_a_number_and_a_struct_stands_for_its_members() {
        let named = |names| indexed(&[("delta.dataSkippingStatsColumns", names), ("delta.dataSkippingNumIndexedCols", "1")]);
        assert_eq!(named("body,user"), [false, false, false, true, true, true]);
        assert_eq!(named("user.url"), [false, false, false, false, true, false]);
        assert_eq!(named("absent"), [false; 6]);
    }
}
