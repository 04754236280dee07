//! URLs of files and folders.

use std::path::PathBuf;

use delta_kernel::object_store::path::Path;
use url::Url;

use crate::abi::{give_bytes, guard, InletBytes, InletText};
use crate::failure::{Failure, InletCode, Outcome};

pub fn parse(url: &str) -> Outcome<Url> {
    Url::parse(url).map_err(|error| Failure::config(format!("not a URL: {error}: {url}")))
}

/// The URL of a folder: with a slash at its end, so that names can be joined to it.
pub fn parse_folder(url: &str) -> Outcome<Url> {
    if url.ends_with('/') {
        parse(url)
    } else {
        parse(&format!("{url}/"))
    }
}

/// Where `url` lies within its store.
pub fn object_path(url: &Url) -> Outcome<Path> {
    Path::from_url_path(url.path()).map_err(|error| Failure::config(format!("not a usable path: {error}")))
}

/// The local file of a file:// URL, or None for another store.
pub fn local_path(url: &Url) -> Outcome<Option<PathBuf>> {
    if url.scheme() != "file" {
        return Ok(None);
    }
    url.to_file_path()
        .map(Some)
        .map_err(|()| Failure::config(format!("not an absolute local path: {url}")))
}

fn to_url(text: &str) -> Outcome<String> {
    let url = if text.contains("://") {
        parse(text)?
    } else {
        let path = std::path::absolute(text)
            .map_err(|error| Failure::config(format!("not a usable path: {error}: \"{text}\"")))?;
        let mut clean = PathBuf::new();
        for part in path.components() {
            match part {
                std::path::Component::ParentDir => {
                    clean.pop();
                }
                other => clean.push(other),
            }
        }
        Url::from_file_path(&clean).map_err(|()| Failure::config(format!("not a usable path: \"{text}\"")))?
    };
    match url.scheme() {
        "file" | "s3" | "s3a" | "gs" | "az" | "azure" | "abfs" | "abfss" | "memory" => {}
        other => {
            return Err(Failure::config(format!(
                "\"{other}://\" is not a kind of store that Inlet knows; use a local path, file://, s3://, abfss:// or gs://"
            )))
        }
    }
    Ok(url.as_str().trim_end_matches('/').to_string())
}

/// A local path or a URL as a URL without a slash at its end.
///
/// # Safety
/// Pointers are valid for the call.
#[no_mangle]
pub unsafe extern "C" fn inlet_bridge_to_url(
    path_or_url: InletText,
    url: *mut InletBytes,
    message: *mut InletBytes,
) -> InletCode {
    guard(message, || {
        give_bytes(url, to_url(path_or_url.text()?)?);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::to_url;

    #[test]
    fn local_paths_become_file_urls() {
        assert_eq!(to_url("/tmp/a b/").unwrap(), "file:///tmp/a%20b");
        assert_eq!(to_url("/tmp/x/../y").unwrap(), "file:///tmp/y");
        assert!(to_url("rel").unwrap().starts_with("file:///"));
    }

    #[test]
    fn unknown_schemes_are_refused() {
        assert!(to_url("ftp://host/x").is_err());
        assert_eq!(to_url("s3://bucket/a/").unwrap(), "s3://bucket/a");
    }
}
