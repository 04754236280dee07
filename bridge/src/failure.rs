//! What went wrong, as a code that the caller reacts to and a message for people.

use std::io::ErrorKind as IoKind;

use delta_kernel::arrow::error::ArrowError;
use delta_kernel::object_store;
use delta_kernel::parquet::errors::ParquetError;
use delta_kernel::KernelError;

/// Named after what the caller does next, like inlet::ErrorKind.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InletCode {
    Ok = 0,
    /// A human changes the options, the schema or the place.
    Config = 1,
    /// A credential is missing, refused or not allowed to do this.
    Auth = 2,
    NotFound = 3,
    /// The store or the disk may recover.
    Unavailable = 4,
    /// Somebody else was first: a table, a version or an object exists already.
    Conflict = 5,
    /// The write may have landed.
    Indeterminate = 6,
    /// The visitor asked to stop.
    Stopped = 7,
    /// A value that the table's schema does not allow.
    BadRecord = 8,
    Bug = 9,
}

#[derive(Debug)]
pub struct Failure {
    pub code: InletCode,
    pub message: String,
}

pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub fn new(code: InletCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(InletCode::Config, message)
    }
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(InletCode::Bug, message)
    }
    /// The same failure with the thing that was being done put before it.
    pub fn within(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

/// `path` may be empty where it is not known; the caller then says what it was doing.
pub fn from_io(error: &std::io::Error, path: &str) -> Failure {
    let at = if path.is_empty() { String::new() } else { format!(": {path}") };
    if let Some(store) = store_cause(error) {
        return if path.is_empty() { Failure::from(store) } else { Failure::from(store).within(path) };
    }
    // These have no stable ErrorKind in every toolchain that we support: ENOSPC, EDQUOT, EROFS.
    let (code, text) = match (error.raw_os_error(), error.kind()) {
        (Some(28 | 122), _) => (
            InletCode::Unavailable,
            "no space left on the device, or the quota is used up; free space or choose another warehouse".to_string(),
        ),
        (Some(30), _) => (
            InletCode::Auth,
            "the file system is read-only; remount it or choose another warehouse".to_string(),
        ),
        (_, IoKind::PermissionDenied) => (
            InletCode::Auth,
            "permission denied; grant this user read and write rights there or choose another warehouse".to_string(),
        ),
        (_, IoKind::NotFound) => (InletCode::NotFound, "no such file or folder".to_string()),
        (_, IoKind::AlreadyExists) => (InletCode::Conflict, "exists already".to_string()),
        _ => (InletCode::Unavailable, format!("input or output failed: {error}")),
    };
    Failure::new(code, text + &at)
}

/// The operating system's error somewhere below `error`, if there is one.
fn io_cause<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a std::io::Error> {
    let mut current = Some(error);
    while let Some(one) = current {
        if let Some(io) = one.downcast_ref::<std::io::Error>() {
            if io.raw_os_error().is_some() {
                return Some(io);
            }
        }
        current = one.source();
    }
    None
}

/// The object store's error somewhere below `error`, if there is one.
fn store_cause<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a object_store::Error> {
    let mut current = Some(error);
    while let Some(one) = current {
        if let Some(store) = one.downcast_ref::<object_store::Error>() {
            return Some(store);
        }
        // These two do not name what they wrap as their source.
        current = if let Some(io) = one.downcast_ref::<std::io::Error>() {
            io.get_ref().map(|inner| inner as &(dyn std::error::Error + 'static))
        } else if let Some(ParquetError::External(inner)) = one.downcast_ref::<ParquetError>() {
            Some(inner.as_ref() as &(dyn std::error::Error + 'static))
        } else {
            one.source()
        };
    }
    None
}

/// A store's answer to a wrong signature quotes the key's id and pages of what was signed.
fn without_signature(mut text: String) -> String {
    if let Some(start) = text.find("<AWSAccessKeyId>").or_else(|| text.find("<StringToSign>")) {
        text.truncate(start);
    }
    text
}

impl From<&object_store::Error> for Failure {
    fn from(error: &object_store::Error) -> Self {
        use object_store::Error as E;
        let text = without_signature(error.to_string());
        let code = match error {
            E::NotFound { .. } => InletCode::NotFound,
            E::AlreadyExists { .. } | E::Precondition { .. } => InletCode::Conflict,
            E::PermissionDenied { .. } | E::Unauthenticated { .. } => InletCode::Auth,
            E::InvalidPath { .. } | E::NotSupported { .. } | E::NotImplemented { .. } | E::UnknownConfigurationKey { .. } => {
                InletCode::Config
            }
            _ => InletCode::Unavailable,
        };
        if code == InletCode::Unavailable {
            if let Some(io) = io_cause(error) {
                let mut failure = from_io(io, "");
                failure.message = format!("{} ({text})", failure.message);
                return failure;
            }
            if text.contains("401") || text.contains("403") || text.contains("credential") {
                return Failure::new(InletCode::Auth, text);
            }
        }
        Failure::new(code, text)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        from_io(&error, "")
    }
}

impl From<&ArrowError> for Failure {
    fn from(error: &ArrowError) -> Self {
        match error {
            ArrowError::IoError(text, io) => from_io(io, "").within(text),
            other => Failure::bug(other.to_string()),
        }
    }
}

impl From<&ParquetError> for Failure {
    fn from(error: &ParquetError) -> Self {
        let ParquetError::External(inner) = error else { return Failure::bug(error.to_string()) };
        if let Some(store) = store_cause(inner.as_ref()) {
            return Failure::from(store);
        }
        match io_cause(inner.as_ref()) {
            Some(io) => from_io(io, ""),
            None => Failure::new(InletCode::Unavailable, inner.to_string()),
        }
    }
}

impl From<KernelError> for Failure {
    fn from(error: KernelError) -> Self {
        use KernelError as K;
        match error.without_backtrace() {
            K::ObjectStore(inner) => Failure::from(inner),
            K::IOError(inner) => from_io(inner, ""),
            K::Parquet(inner) => Failure::from(inner),
            K::Arrow(inner) => Failure::from(inner),
            K::FileNotFound(text) => Failure::new(InletCode::NotFound, text.as_str()),
            K::FileAlreadyExists(text) => Failure::new(InletCode::Conflict, format!("{text} exists already")),
            K::TableAlreadyExistsAtPath(text) => {
                Failure::new(InletCode::Conflict, format!("there is a table already at {text}"))
            }
            other => {
                if let Some(store) = store_cause(other) {
                    return Failure::from(store);
                }
                let text = other.to_string();
                let code = match other {
                    K::InvalidTableLocation(_) | K::MissingVersion(_) | K::EmptyLog | K::StartVersionNotFound { .. } => {
                        InletCode::NotFound
                    }
                    K::InternalError(_) | K::InvalidTransactionState(_) => InletCode::Bug,
                    _ => InletCode::Config,
                };
                Failure::new(code, text)
            }
        }
    }
}

macro_rules! from_owned {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::from(&error)
            }
        }
    )*};
}
from_owned!(object_store::Error, ArrowError, ParquetError);

impl From<url::ParseError> for Failure {
    fn from(error: url::ParseError) -> Self {
        Failure::config(format!("not a URL: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Failure::config(format!("not the expected JSON: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_is_not_repeated() {
        let text = "403: <Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIA1</AWSAccessKeyId><StringToSign>x";
        assert_eq!(without_signature(text.to_string()), "403: <Code>SignatureDoesNotMatch</Code>");
    }

    #[test]
    fn a_stores_refusal_is_found_below_what_wraps_it() {
        let refusal = || object_store::Error::PermissionDenied { path: "x".into(), source: "403".into() };
        let in_io = std::io::Error::other(refusal());
        assert_eq!(from_io(&in_io, "s3://b/x").code, InletCode::Auth);
        let in_parquet = ParquetError::External(Box::new(in_io));
        assert_eq!(Failure::from(&in_parquet).code, InletCode::Auth);
        assert_eq!(Failure::from(KernelError::generic_err(in_parquet)).code, InletCode::Auth);
    }

    #[test]
    fn a_full_disk_is_told_with_its_remedy() {
        let failure = from_io(&std::io::Error::from_raw_os_error(28), "/x");
        assert_eq!(failure.code, InletCode::Unavailable);
        assert!(failure.message.contains("no space left") && failure.message.ends_with("/x"));
    }
}
