//! Delta's statistics of a data file, from its Parquet footer: no second pass over the rows.

use delta_kernel::arrow::array::RecordBatch;
use delta_kernel::arrow::datatypes::{DataType, Field, FieldRef, SchemaRef};
use delta_kernel::arrow::temporal_conversions::{date32_to_datetime, timestamp_us_to_datetime};
use delta_kernel::parquet::file::metadata::ParquetMetaData;
use delta_kernel::parquet::file::statistics::Statistics;

use crate::indexed::{count_leaves, Indexed};

/// Characters of a string that statistics keep.
const NUM_STRING_CHARS: usize = 32;

/// Null counts of the top-level lists and maps, which the footer does not know.
#[derive(Default)]
pub struct NestedNulls(Vec<u64>);

impl NestedNulls {
    pub fn add(&mut self, batch: &RecordBatch) {
        self.add_counts(batch.columns().iter().map(|column| column.null_count() as u64));
    }

    /// One count per top-level column.
    pub fn add_counts(&mut self, counts: impl ExactSizeIterator<Item = u64>) {
        self.0.resize(counts.len(), 0);
        for (sum, count) in self.0.iter_mut().zip(counts) {
            *sum += count;
        }
    }
}

/// The `stats` text of an add action.
pub fn to_json(metadata: &ParquetMetaData, schema: &SchemaRef, indexed: &Indexed, nested_nulls: &NestedNulls) -> String {
    let mut members = Members::default();
    let mut leaf = 0;
    for (index, field) in schema.fields().iter().enumerate() {
        if is_repeated(field) {
            if indexed.has(leaf) {
                let nulls = nested_nulls.0.get(index).copied().unwrap_or(0);
                push(&mut members.null_count, field, &nulls.to_string());
            }
            leaf += count_leaves(field.data_type());
        } else {
            members.add(metadata, field, &mut leaf);
        }
    }
    let num_rows = metadata.file_metadata().num_rows();
    let Members { min, max, null_count } = members;
    format!(
        r#"{{"numRecords":{num_rows},"minValues":{{{min}}},"maxValues":{{{max}}},"nullCount":{{{null_count}}},"tightBounds":true}}"#
    )
}

/// The inside of three JSON objects.
#[derive(Default)]
struct Members {
    min: String,
    max: String,
    null_count: String,
}

impl Members {
    fn add(&mut self, metadata: &ParquetMetaData, field: &FieldRef, leaf: &mut usize) {
        if let DataType::Struct(children) = field.data_type() {
            let mut inner = Self::default();
            for child in children {
                inner.add(metadata, child, leaf);
            }
            let parts = [(&mut self.min, inner.min), (&mut self.max, inner.max), (&mut self.null_count, inner.null_count)];
            for (out, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
                push(out, field, &format!("{{{text}}}"));
            }
        } else if is_repeated(field) {
            *leaf += count_leaves(field.data_type());
        } else {
            self.add_leaf(metadata, field, *leaf);
            *leaf += 1;
        }
    }

    fn add_leaf(&mut self, metadata: &ParquetMetaData, field: &FieldRef, leaf: usize) {
        let groups: Option<Vec<&Statistics>> =
            metadata.row_groups().iter().map(|group| group.column(leaf).statistics()).collect();
        let Some(groups) = groups else { return };
        let nulls: Option<u64> = groups.iter().map(|group| group.null_count_opt()).sum();
        if let Some(nulls) = nulls {
            push(&mut self.null_count, field, &nulls.to_string());
        }
        // Readers order NaN differently; without bounds they simply read the file.
        if groups.iter().any(|group| group.nan_count_opt().unwrap_or(0) > 0) {
            return;
        }
        let filled = || groups.iter().zip(metadata.row_groups()).filter(|(group, rows)| {
            group.null_count_opt() != Some(rows.num_rows() as u64)
        });
        let bounds: Option<Vec<(Value, Value)>> =
            filled().map(|(group, _)| Value::bounds(group, field.data_type())).collect();
        let Some((min, max)) = bounds.and_then(|all| all.into_iter().reduce(Value::widen)) else { return };
        if let (Some(min), Some(max)) = (min.to_json(field.data_type(), Side::Min), max.to_json(field.data_type(), Side::Max)) {
            push(&mut self.min, field, &min);
            push(&mut self.max, field, &max);
        }
    }
}

fn push(out: &mut String, field: &Field, value: &str) {
    if !out.is_empty() {
        out.push(',');
    }
    out.push_str(&serde_json::Value::from(field.name().as_str()).to_string());
    out.push(':');
    out.push_str(value);
}

/// Whose leaves the footer has no statistics of.
pub fn is_repeated(field: &Field) -> bool {
    matches!(field.data_type(), DataType::List(_) | DataType::Map(_, _))
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Min,
    Max,
}

#[derive(Clone, PartialEq, PartialOrd)]
enum Value {
    Whole(i128),
    Real(f64),
    Text(String),
}

impl Value {
    fn bounds(statistics: &Statistics, data_type: &DataType) -> Option<(Self, Self)> {
        match (statistics, data_type) {
            (_, DataType::Boolean | DataType::Binary) => None,
            (Statistics::Int32(s), _) => Some((Self::Whole((*s.min_opt()?).into()), Self::Whole((*s.max_opt()?).into()))),
            (Statistics::Int64(s), _) => Some((Self::Whole((*s.min_opt()?).into()), Self::Whole((*s.max_opt()?).into()))),
            (Statistics::Float(s), _) => Some((Self::Real((*s.min_opt()?).into()), Self::Real((*s.max_opt()?).into()))),
            (Statistics::Double(s), _) => Some((Self::Real(*s.min_opt()?), Self::Real(*s.max_opt()?))),
            (Statistics::ByteArray(s), DataType::Utf8) => Some((text(s.min_opt()?.data())?, text(s.max_opt()?.data())?)),
            (Statistics::FixedLenByteArray(s), DataType::Decimal128(_, _)) => {
                Some((unscaled(s.min_opt()?.data())?, unscaled(s.max_opt()?.data())?))
            }
            _ => None,
        }
    }

    fn widen(a: (Self, Self), b: (Self, Self)) -> (Self, Self) {
        (if b.0 < a.0 { b.0 } else { a.0 }, if b.1 > a.1 { b.1 } else { a.1 })
    }

    fn to_json(&self, data_type: &DataType, side: Side) -> Option<String> {
        match (self, data_type) {
            (Self::Whole(days), DataType::Date32) => {
                let date = date32_to_datetime(i32::try_from(*days).ok()?)?;
                in_calendar(date.format("%Y-%m-%d").to_string())
            }
            (Self::Whole(us), DataType::Timestamp(_, _)) => {
                // Milliseconds are all that readers expect, and the last one has to cover what it cuts off.
                let us = i64::try_from(*us).ok()?;
                let ms = us.div_euclid(1000) + i64::from(side == Side::Max && us.rem_euclid(1000) > 0);
                let moment = timestamp_us_to_datetime(ms.checked_mul(1000)?)?;
                in_calendar(moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
            }
            (Self::Whole(unscaled), DataType::Decimal128(_, scale)) => Some(decimal(*unscaled, *scale)),
            (Self::Whole(value), _) => Some(value.to_string()),
            (Self::Real(value), _) => value.is_finite().then(|| serde_json::Value::from(*value).to_string()),
            (Self::Text(value), _) => Some(serde_json::Value::from(cut(value, side)).to_string()),
        }
    }
}

/// Years outside 0001..9999 have no spelling that all readers share.
fn in_calendar(text: String) -> Option<String> {
    (!text.starts_with(['-', '+']) && !text.starts_with("0000")).then(|| serde_json::Value::from(text).to_string())
}

fn text(bytes: &[u8]) -> Option<Value> {
    std::str::from_utf8(bytes).ok().map(|text| Value::Text(text.to_string()))
}

fn unscaled(bytes: &[u8]) -> Option<Value> {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1i128 } else { 0 };
    (bytes.len() <= 16).then(|| Value::Whole(bytes.iter().fold(start, |value, byte| (value << 8) | i128::from(*byte))))
}

fn decimal(unscaled: i128, scale: i8) -> String {
    let scale = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    let point = if scale > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// The first characters; a cut upper bound gets a character that is above whatever was cut off. No character is above
/// itself, so the cut moves on past those that the bound would end with.
fn cut(value: &str, side: Side) -> String {
    let Some((end, _)) = value.char_indices().nth(NUM_STRING_CHARS) else { return value.to_string() };
    if side == Side::Min {
        return value[..end].to_string();
    }
    for (at, next) in value[end..].char_indices() {
        let above = if next < '\u{7f}' { '\u{7f}' } else { '\u{10ffff}' };
        if next < above {
            return format!("{}{above}", &value[..end + at]);
        }
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(12345, 2), "123.45");
        assert_eq!(decimal(7, 0), "7");
        assert!(unscaled(&[0xff, 0xfe]) == Some(Value::Whole(-2)));
    }

    #[test]
    fn a_cut_upper_bound_is_above_the_value() {
        let long = "a".repeat(40);
        assert_eq!(cut(&long, Side::Min), "a".repeat(32));
        assert!(cut(&long, Side::Max) > long);
        assert_eq!(cut("short", Side::Max), "short");
    }

    #[test]
    fn a_cut_before_the_greatest_characters_is_above_the_value() {
        let start = "a".repeat(32);
        for rest in ["\u{7f}z", "\u{10ffff}", "\u{10ffff}\u{7f}\u{10ffff}"] {
            let value = format!("{start}{rest}");
            assert!(cut(&value, Side::Max) >= value, "{rest:?}");
        }
    }

    #[test]
    fn timestamps_are_widened_to_milliseconds() {
        let moment = DataType::Timestamp(delta_kernel::arrow::datatypes::TimeUnit::Microsecond, Some("UTC".into()));
        let value = Value::Whole(1_500);
        assert_eq!(value.to_json(&moment, Side::Min).unwrap(), "\"1970-01-01T00:00:00.001Z\"");
        assert_eq!(value.to_json(&moment, Side::Max).unwrap(), "\"1970-01-01T00:00:00.002Z\"");
    }
}
