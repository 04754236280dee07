//! Who committed what, from the log's own JSON files.

use serde_json::{json, Map, Value};

use crate::failure::{InletCode, Outcome};
use crate::snapshot::Table;
use crate::store;

/// The first `commitInfo` of one commit file, or None where the writer left none.
fn commit_info(bytes: &[u8]) -> Option<Map<String, Value>> {
    bytes.split(|byte| *byte == b'\n').find_map(|line| {
        // Only commitInfo lines are parsed: adds with statistics can be long.
        if !line.starts_with(b"{\"commitInfo\"") && !line.windows(12).take(8).any(|part| part == b"\"commitInfo\"") {
            return None;
        }
        match serde_json::from_slice(line).ok()? {
            Value::Object(mut action) => match action.remove("commitInfo")? {
                Value::Object(info) => Some(info),
                _ => None,
            },
            _ => None,
        }
    })
}

fn entry(version: u64, mut info: Map<String, Value>) -> Value {
    let mut take = |name: &str| info.remove(name).unwrap_or(Value::Null);
    let in_commit = take("inCommitTimestamp");
    let timestamp = take("timestamp");
    json!({
        "version": version,
        "timestamp": if in_commit.is_number() { in_commit } else { timestamp },
        "operation": take("operation"),
        "operationParameters": take("operationParameters"),
        "operationMetrics": take("operationMetrics"),
        "userMetadata": take("userMetadata"),
    })
}

/// Newest first, as a JSON array; ends where log clean-up has removed the older commits.
pub fn read(table: &Table, limit: u64) -> Outcome<Vec<u8>> {
    let mut entries = Vec::new();
    for version in (0..=table.snapshot.version()).rev() {
        if entries.len() as u64 >= limit {
            break;
        }
        let url = table.root.join(&format!("_delta_log/{version:020}.json"))?;
        match store::get(&table.engine, &url, None) {
            Ok(bytes) => entries.push(entry(version, commit_info(&bytes).unwrap_or_default())),
            Err(failure) if failure.code == InletCode::NotFound => break,
            Err(failure) => return Err(failure),
        }
    }
    Ok(serde_json::to_vec(&entries)?)
}
