//! The columns of the row group that is being filled, encoded and compressed on a bounded number of threads.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use delta_kernel::arrow::array::{Array, ArrayRef, RecordBatch};
use delta_kernel::arrow::datatypes::FieldRef;
use delta_kernel::parquet::arrow::arrow_writer::{compute_leaves, ArrowColumnChunk, ArrowColumnWriter};

use crate::failure::{Failure, Outcome};

/// What may wait for the threads: enough to keep them busy while one column takes longer than the others.
const MAX_PENDING_BYTES: usize = 32 << 20;

/// One top-level column; its writers are there while a row group is open.
struct Column {
    field: FieldRef,
    writers: Vec<ArrowColumnWriter>,
}

impl Column {
    /// Encodes `arrays`; the bytes that the column holds afterwards.
    fn write(&mut self, arrays: &[ArrayRef]) -> Outcome<usize> {
        for array in arrays {
            let leaves = compute_leaves(&self.field, array)?;
            for (writer, leaf) in self.writers.iter_mut().zip(&leaves) {
                writer.write(leaf)?;
            }
        }
        Ok(self.writers.iter().map(ArrowColumnWriter::memory_size).sum())
    }

    fn close(&mut self) -> Outcome<Vec<ArrowColumnChunk>> {
        self.writers.drain(..).map(|writer| Ok(writer.close()?)).collect()
    }
}

/// A column's part of the work, as the threads share it.
#[derive(Default)]
struct Queue {
    pending: Vec<ArrayRef>,
    pending_bytes: usize,
    encoded_bytes: usize,
    is_busy: bool,
}

struct State {
    queues: Vec<Queue>,
    failure: Option<Failure>,
    is_closing: bool,
}

impl State {
    fn pending_bytes(&self) -> usize {
        self.queues.iter().map(|queue| queue.pending_bytes).sum()
    }

    fn is_idle(&self) -> bool {
        self.queues.iter().all(|queue| !queue.is_busy && queue.pending.is_empty())
    }

    /// The column with most to do that nobody works on.
    fn next(&self) -> Option<usize> {
        let waits = |index: &usize| !self.queues[*index].is_busy && !self.queues[*index].pending.is_empty();
        (0..self.queues.len()).filter(waits).max_by_key(|index| self.queues[*index].pending_bytes)
    }
}

struct Shared {
    columns: Vec<Mutex<Column>>,
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn state(&self) -> Outcome<MutexGuard<'_, State>> {
        self.state.lock().map_err(|_| Failure::bug("an encoding thread has failed before"))
    }

    /// Waits until `is_ready`, or fails with what a thread failed with.
    fn wait(&self, is_ready: impl Fn(&State) -> bool) -> Outcome<()> {
        let mut state = self.state()?;
        loop {
            if let Some(failure) = state.failure.take() {
                return Err(failure);
            }
            if is_ready(&state) {
                return Ok(());
            }
            state = self.changed.wait(state).map_err(|_| Failure::bug("an encoding thread has failed before"))?;
        }
    }

    /// One turn of work: all that waits for one column. False when nothing waits.
    fn work(&self) -> Outcome<bool> {
        let mut state = self.state()?;
        let Some(index) = state.next() else { return Ok(false) };
        let arrays = std::mem::take(&mut state.queues[index].pending);
        let num_bytes = state.queues[index].pending_bytes;
        state.queues[index].is_busy = true;
        drop(state);
        let encode = || locked(&self.columns[index])?.write(&arrays);
        let encoded = catch_unwind(AssertUnwindSafe(encode)).unwrap_or_else(|_| Err(Failure::bug("encoding panicked")));
        drop(arrays);
        let mut state = self.state()?;
        state.queues[index].is_busy = false;
        state.queues[index].pending_bytes -= num_bytes;
        match encoded {
            Ok(encoded_bytes) => state.queues[index].encoded_bytes = encoded_bytes,
            Err(failure) => state.failure = Some(failure),
        }
        self.changed.notify_all();
        Ok(true)
    }

    fn run(&self) {
        while let Ok(worked) = self.work() {
            if worked {
                continue;
            }
            let Ok(state) = self.state() else { return };
            let waited = self.changed.wait_while(state, |state| !state.is_closing && state.next().is_none());
            match waited {
                Ok(state) if !state.is_closing => {}
                _ => return,
            }
        }
    }
}

/// With one thread the caller encodes; with more, that many threads do, and the caller goes on.
pub struct Columns {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Columns {
    pub fn new(fields: &[FieldRef], num_threads: usize) -> Self {
        let column = |field: &FieldRef| Mutex::new(Column { field: field.clone(), writers: Vec::new() });
        let queues = fields.iter().map(|_| Queue::default()).collect();
        let shared = Arc::new(Shared {
            columns: fields.iter().map(column).collect(),
            state: Mutex::new(State { queues, failure: None, is_closing: false }),
            changed: Condvar::new(),
        });
        let num_threads = if num_threads > 1 { num_threads.min(fields.len()) } else { 0 };
        let spawn = |_| {
            let shared = shared.clone();
            std::thread::spawn(move || shared.run())
        };
        Self { threads: (0..num_threads).map(spawn).collect(), shared }
    }

    /// Begins a row group: the writers of each column's leaves.
    pub fn begin(&mut self, writers: Vec<Vec<ArrowColumnWriter>>) -> Outcome<()> {
        for (column, writers) in self.shared.columns.iter().zip(writers) {
            locked(column)?.writers = writers;
        }
        Ok(())
    }

    /// Gives `batches` to the columns; returns once little enough waits.
    pub fn write(&mut self, batches: &[RecordBatch]) -> Outcome<()> {
        let mut state = self.shared.state()?;
        for batch in batches {
            for (queue, array) in state.queues.iter_mut().zip(batch.columns()) {
                queue.pending_bytes += array.get_array_memory_size();
                queue.pending.push(array.clone());
            }
        }
        drop(state);
        self.shared.changed.notify_all();
        if self.threads.is_empty() {
            while self.shared.work()? {}
        }
        self.shared.wait(|state| state.pending_bytes() <= MAX_PENDING_BYTES)
    }

    /// Bytes held: waiting ones and encoded ones.
    pub fn held_bytes(&self) -> usize {
        let sum = |state: MutexGuard<'_, State>| {
            state.queues.iter().map(|queue| queue.pending_bytes + queue.encoded_bytes).sum()
        };
        self.shared.state().map_or(0, sum)
    }

    /// Ends the row group: its chunks, in the order of the leaves.
    pub fn end(&mut self) -> Outcome<Vec<ArrowColumnChunk>> {
        self.shared.wait(State::is_idle)?;
        let mut chunks = Vec::new();
        for column in &self.shared.columns {
            chunks.extend(locked(column)?.close()?);
        }
        for queue in &mut self.shared.state()?.queues {
            queue.encoded_bytes = 0;
        }
        Ok(chunks)
    }
}

impl Drop for Columns {
    fn drop(&mut self) {
        if let Ok(mut state) = self.shared.state.lock() {
            state.is_closing = true;
        }
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn locked(column: &Mutex<Column>) -> Outcome<MutexGuard<'_, Column>> {
    column.lock().map_err(|_| Failure::bug("an encoding thread has failed before"))
}
