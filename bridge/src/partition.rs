//! The values of a table's partition columns: as the log has them, as folders, and as columns of constants.

use std::collections::{BTreeMap, HashMap};

use delta_kernel::arrow::array::{Array, ArrayRef, AsArray, MapArray, RecordBatch};
use delta_kernel::arrow::compute;
use delta_kernel::arrow::datatypes::{
    DataType as ArrowType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type,
    TimestampMicrosecondType,
};
use delta_kernel::expressions::Scalar;
use delta_kernel::partition::serialization::serialize_partition_value;
use delta_kernel::schema::DataType;
use delta_kernel::table_features::TableFeature;
use url::Url;

use crate::failure::{Failure, InletCode, Outcome};
use crate::snapshot::Table;

/// What Hive and all that came after it call a folder of rows without a value.
const NULL_FOLDER: &str = "__HIVE_DEFAULT_PARTITION__";
/// What file systems allow. The log has the value, so its folder need not spell all of it.
const MAX_FOLDER_BYTES: usize = 255;

/// What all rows of a file share: a value or null for each partition column. Empty in a table without such columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partition(BTreeMap<String, Option<String>>);

impl Partition {
    /// From a row of the kernel's maps; a column that the map lacks is null.
    pub fn of_map(columns: &[String], values: &MapArray, row: usize) -> Self {
        let entries = values.value(row);
        let (names, texts) = (entries.column(0).as_string::<i32>(), entries.column(1).as_string::<i32>());
        let find = |column: &String| {
            let entry = (0..entries.len()).find(|entry| names.value(*entry) == column.as_str())?;
            (texts.is_valid(entry) && !texts.value(entry).is_empty()).then(|| texts.value(entry).to_string())
        };
        Self(columns.iter().map(|column| (column.clone(), find(column))).collect())
    }

    /// What the rows of `batch` share; an error when they do not. Columns that it lacks are null.
    pub fn of_rows(columns: &[String], batch: &RecordBatch) -> Outcome<Self> {
        let mut values = BTreeMap::new();
        for name in columns {
            let Some(column) = batch.column_by_name(name) else {
                values.insert(name.clone(), None);
                continue;
            };
            // Zeros of both signs are equal, and stored as one.
            let is_exact = !matches!(column.data_type(), ArrowType::Float32 | ArrowType::Float64);
            if is_exact && compute::partition(&[column.clone()])?.len() > 1 {
                return Err(Failure::bug(format!("rows of one file differ in the partition column {name}")));
            }
            let value = text_of(name, column)?;
            if value.is_none() && !batch.schema_ref().field_with_name(name)?.is_nullable() {
                let text = format!("the partition column is NOT NULL in the table, and an empty text is stored as null: {name}");
                return Err(Failure::new(InletCode::BadRecord, text));
            }
            values.insert(name.clone(), value);
        }
        Ok(Self(values))
    }

    pub fn parse(text: &str) -> Outcome<Self> {
        Ok(if text.is_empty() { Self::default() } else { Self(serde_json::from_str(text)?) })
    }

    /// A JSON object, equal for equal values; empty without partition columns.
    pub fn to_text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// The folder for such rows below `root`, as a part of a URL: `column=value/`, one for each of `columns`.
    pub fn folder(&self, root: &Url, columns: &[String]) -> Outcome<String> {
        let mut url = root.clone();
        for column in columns {
            let value = self.0.get(column).and_then(|value| value.as_deref()).map(escape);
            let name = format!("{}={}", escape(column), value.as_deref().unwrap_or(NULL_FOLDER));
            let mut end = name.len().min(MAX_FOLDER_BYTES);
            while !name.is_char_boundary(end) {
                end -= 1;
            }
            let mut segments = url.path_segments_mut().map_err(|()| Failure::bug("a table's URL has no path"))?;
            segments.pop_if_empty().push(&name[..end]).push("");
        }
        Ok(url.as_str().strip_prefix(root.as_str()).unwrap_or_default().to_string())
    }

    /// The column `name` as constants; None when it is not a partition column.
    pub fn constants(&self, table: &Table, name: &str, num_rows: usize) -> Outcome<Option<ArrayRef>> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        Ok(Some(scalar(table, name, value.as_deref())?.to_array(num_rows)?))
    }

    pub fn scalars(&self, table: &Table) -> Outcome<HashMap<String, Scalar>> {
        self.0.iter().map(|(name, value)| Ok((name.clone(), scalar(table, name, value.as_deref())?))).collect()
    }
}

/// Whether data files leave the partition columns out, as they do unless a writer feature says otherwise.
pub fn is_left_out(table: &Table) -> bool {
    !table.snapshot.table_configuration().is_feature_enabled(&TableFeature::MaterializePartitionColumns)
}

fn scalar(table: &Table, name: &str, value: Option<&str>) -> Outcome<Scalar> {
    let schema = table.snapshot.schema();
    let field = schema.field(name).ok_or_else(|| Failure::bug(format!("no partition column {name}")))?;
    let Some(text) = value else { return Ok(Scalar::Null(field.data_type().clone())) };
    let DataType::Primitive(kind) = field.data_type() else {
        return Err(Failure::config(format!("the partition column {name} of {} is not of a primitive type", table.root)));
    };
    Ok(kind.parse_scalar(text)?)
}

/// The first value of `column` in the protocol's spelling.
fn text_of(name: &str, column: &ArrayRef) -> Outcome<Option<String>> {
    if column.is_null(0) {
        return Ok(None);
    }
    let value = match column.data_type() {
        ArrowType::Boolean => Scalar::Boolean(column.as_boolean().value(0)),
        ArrowType::Int32 => Scalar::Integer(column.as_primitive::<Int32Type>().value(0)),
        ArrowType::Int64 => Scalar::Long(column.as_primitive::<Int64Type>().value(0)),
        // Adding zero makes the negative zero a positive one.
        ArrowType::Float32 => Scalar::Float(column.as_primitive::<Float32Type>().value(0) + 0.0),
        ArrowType::Float64 => Scalar::Double(column.as_primitive::<Float64Type>().value(0) + 0.0),
        ArrowType::Date32 => Scalar::Date(column.as_primitive::<Date32Type>().value(0)),
        ArrowType::Timestamp(_, Some(_)) => Scalar::Timestamp(column.as_primitive::<TimestampMicrosecondType>().value(0)),
        ArrowType::Timestamp(_, None) => Scalar::TimestampNtz(column.as_primitive::<TimestampMicrosecondType>().value(0)),
        ArrowType::Decimal128(precision, scale) => {
            let unscaled = column.as_primitive::<Decimal128Type>().value(0);
            Scalar::decimal(unscaled, *precision, u8::try_from(*scale).unwrap_or(0))?
        }
        ArrowType::Utf8 => Scalar::String(column.as_string::<i32>().value(0).to_string()),
        other => return Err(Failure::config(format!("a column of type {other} cannot be a partition column: {name}"))),
    };
    Ok(serialize_partition_value(&value)?)
}

/// As Hive does, which some readers take the values from, and the other characters of ASCII that have a meaning in some
/// URL or shell, too.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        if c.is_ascii_alphanumeric() || !c.is_ascii() || "-_. ".contains(c) {
            escaped.push(c);
        } else {
            escaped.push_str(&format!("%{:02X}", u32::from(c)));
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use delta_kernel::arrow::array::StringArray;
    use std::sync::Arc;

    fn partition(values: &[(&str, Option<&str>)]) -> Partition {
        Partition(values.iter().map(|(name, value)| (name.to_string(), value.map(str::to_string))).collect())
    }

    fn folder(values: &[(&str, Option<&str>)]) -> String {
        let columns: Vec<String> = values.iter().map(|(name, _)| name.to_string()).collect();
        partition(values).folder(&Url::parse("file:///a%20b/t/").unwrap(), &columns).unwrap()
    }

    #[test]
    fn folders_are_escaped_as_hive_does_and_then_as_parts_of_a_url() {
        assert_eq!(folder(&[("day", Some("2024-05-01")), ("at", None)]), "day=2024-05-01/at=__HIVE_DEFAULT_PARTITION__/");
        assert_eq!(folder(&[("p", Some("a/b c%|ü"))]), "p=a%252Fb%20c%2525%257C%C3%BC/");
        assert_eq!(folder(&[("p", Some(".."))]), "p=../");
        assert_eq!(folder(&[("p", Some("ü".repeat(300).as_str()))]).matches("%C3%BC").count(), 126);
    }

    #[test]
    fn the_text_of_equal_values_is_equal_and_read_back() {
        let both = partition(&[("b", None), ("a", Some("\"x\""))]);
        assert_eq!(both.to_text(), r#"{"a":"\"x\"","b":null}"#);
        assert_eq!(Partition::parse(&both.to_text()).unwrap(), both);
        assert_eq!(Partition::default().to_text(), "");
        assert_eq!(Partition::parse("").unwrap(), Partition::default());
    }

    #[test]
    fn rows_of_one_file_share_their_values() {
        let batch = |values: Vec<Option<&str>>| {
            RecordBatch::try_from_iter_with_nullable([("p", Arc::new(StringArray::from(values)) as ArrayRef, true)]).unwrap()
        };
        let columns = ["p".to_string(), "absent".to_string()];
        let of = |values| Partition::of_rows(&columns, &batch(values));
        assert_eq!(of(vec![Some("x"), Some("x")]).unwrap(), partition(&[("absent", None), ("p", Some("x"))]));
        assert_eq!(of(vec![None, None]).unwrap(), of(vec![Some("")]).unwrap());
        assert!(of(vec![Some("x"), Some("y")]).is_err());
        assert!(of(vec![Some("x"), None]).is_err());
    }
}
