//! Where a file's bytes go: a local file under a temporary name, or a multipart upload. A sink that is dropped
//! before `publish` leaves nothing behind.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use delta_kernel::object_store::buffered::BufWriter;
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::engine::Engine;
use crate::failure::{from_io, Outcome};
use crate::location;

const UPLOAD_PART_BYTES: usize = 8 << 20;
const NUM_UPLOADS: usize = 4;

pub enum Sink {
    Local { file: File, temporary: PathBuf, last: PathBuf, num_folders: usize, is_published: bool },
    Remote { engine: Arc<Engine>, upload: Box<BufWriter>, url: Url, is_settled: bool },
}

impl Sink {
    /// For the object `name` in `folder`, or in a folder below it.
    pub fn open(engine: &Arc<Engine>, folder: &Url, name: &str) -> Outcome<Self> {
        let url = folder.join(name)?;
        if let Some(last) = location::local_path(&url)? {
            let parent = last.parent().unwrap_or(Path::new("/"));
            std::fs::create_dir_all(parent).map_err(|error| from_io(&error, &parent.display().to_string()))?;
            let own_name = name.rsplit('/').next().unwrap_or(name);
            let temporary = last.with_file_name(format!(".{own_name}.tmp"));
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&temporary)
                .map_err(|error| from_io(&error, &temporary.display().to_string()))?;
            let num_folders = 1 + name.matches('/').count();
            return Ok(Self::Local { file, temporary, last, num_folders, is_published: false });
        }
        let store = engine.origin(folder)?.store;
        let upload = BufWriter::with_capacity(store, location::object_path(&url)?, UPLOAD_PART_BYTES)
            .with_max_concurrency(NUM_UPLOADS);
        Ok(Self::Remote { engine: engine.clone(), upload: Box::new(upload), url, is_settled: false })
    }

    /// Makes the object visible under its name, durably.
    pub fn publish(&mut self) -> Outcome<()> {
        match self {
            Self::Local { file, temporary, last, num_folders, is_published } => {
                let place = last.display().to_string();
                file.sync_all().map_err(|error| from_io(&error, &place))?;
                std::fs::rename(&*temporary, &*last).map_err(|error| from_io(&error, &place))?;
                *is_published = true;
                // Each folder may be new in the one above it.
                for folder in last.ancestors().skip(1).take(*num_folders) {
                    let synced = File::open(folder).and_then(|folder| folder.sync_all());
                    synced.map_err(|error| from_io(&error, &place))?;
                }
                Ok(())
            }
            Self::Remote { engine, upload, url, is_settled } => {
                // Whether it succeeds or fails: it cleans up after itself and cannot be asked again.
                *is_settled = true;
                engine.runtime.block_on(upload.shutdown()).map_err(|error| from_io(&error, url.as_str()))
            }
        }
    }

    /// What to name in a message about this sink.
    pub fn place(&self) -> String {
        match self {
            Self::Local { last, .. } => last.display().to_string(),
            Self::Remote { url, .. } => url.to_string(),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Local { file, .. } => file.write(bytes),
            Self::Remote { engine, upload, .. } => {
                let put = upload.put(Bytes::copy_from_slice(bytes));
                engine.runtime.block_on(put).map_err(std::io::Error::other)?;
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Local { file, .. } => file.flush(),
            Self::Remote { .. } => Ok(()),
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        match self {
            Self::Local { temporary, is_published: false, .. } => {
                let _ = std::fs::remove_file(&*temporary);
            }
            Self::Remote { engine, upload, is_settled: false, .. } => {
                let _ = engine.runtime.block_on(upload.abort());
            }
            _ => {}
        }
    }
}
