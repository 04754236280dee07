//! Measures the Parquet writer alone: `write_speed ISSUES.ndjson NUM_THREADS OUTPUT_FOLDER`.
//! The JSON is decoded beforehand, outside the time that is printed.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;
use std::time::Instant;

use delta_kernel::arrow::array::RecordBatch;
use delta_kernel::arrow::datatypes::{DataType, Field, Fields, Schema, TimeUnit};
use delta_kernel::arrow::json::ReaderBuilder;
use delta_kernel::table_properties::TableProperties;
use inlet_bridge::encode::Encoder;
use inlet_bridge::engine::Engine;
use inlet_bridge::indexed::Indexed;
use inlet_bridge::sink::Sink;

fn schema() -> Arc<Schema> {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let long = |name: &str| Field::new(name, DataType::Int64, true);
    let time = |name: &str| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true);
    let user = Fields::from(vec![text("login"), long("id")]);
    let label = Fields::from(vec![long("id"), text("name"), text("color")]);
    Arc::new(Schema::new(vec![
        long("id"),
        long("number"),
        text("title"),
        text("body"),
        Field::new("user", DataType::Struct(user), true),
        Field::new("labels", DataType::List(Arc::new(Field::new("element", DataType::Struct(label), true))), true),
        text("state"),
        text("state_reason"),
        long("comments"),
        time("created_at"),
        time("updated_at"),
        time("closed_at"),
        text("author_association"),
        Field::new("locked", DataType::Boolean, true),
    ]))
}

/// Processor seconds of all threads so far.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("/proc");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("ticks")).sum();
    ticks / 100.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let num_threads = arguments[2].parse().expect("a number of threads");
    let reader = BufReader::with_capacity(1 << 20, File::open(&arguments[1]).expect("the input"));
    let batches: Vec<RecordBatch> = ReaderBuilder::new(schema())
        .with_batch_size(8192)
        .build(reader)
        .expect("a JSON reader")
        .map(|batch| batch.expect("a batch"))
        .collect();
    let num_rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let engine = Arc::new(Engine::new(vec![], num_threads).expect("an engine"));
    let folder = url::Url::from_directory_path(&arguments[3]).expect("an absolute folder");
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let sink = Sink::open(&engine, &folder, "issues.parquet").expect("a file");
    let indexed = Indexed::new(&TableProperties::default(), &schema());
    let mut encoder = Encoder::new(sink, schema(), &indexed, &batches[..1], num_threads).expect("an encoder");
    let mut peak = 0;
    for batch in &batches {
        encoder.write(std::slice::from_ref(batch)).expect("written rows");
        peak = peak.max(encoder.group_bytes());
    }
    let (metadata, size) = encoder.finish().expect("a finished file");
    let (seconds, cpu) = (begin.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let num_groups = metadata.num_row_groups();
    println!("{num_rows} rows, {size} bytes, {seconds:.2} s, {cpu:.2} cpu s, {num_groups} groups, {peak} bytes held");
    for column in 0..metadata.row_group(0).num_columns() {
        let chunks: Vec<_> = metadata.row_groups().iter().map(|group| group.column(column)).collect();
        let packed: i64 = chunks.iter().map(|chunk| chunk.compressed_size()).sum();
        let plain: i64 = chunks.iter().map(|chunk| chunk.uncompressed_size()).sum();
        let encodings: Vec<_> = chunks[0].encodings().collect();
        println!("{packed:>12} of {plain:>12}  {:<30} {encodings:?}", chunks[0].column_path().string());
    }
}
