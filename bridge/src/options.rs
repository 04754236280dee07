//! Which options each kind of store knows.

use std::str::FromStr;

use delta_kernel::object_store::aws::AmazonS3ConfigKey;
use delta_kernel::object_store::azure::AzureConfigKey;
use delta_kernel::object_store::gcp::GoogleConfigKey;
use delta_kernel::object_store::ClientConfigKey;

use crate::failure::{Failure, Outcome};

/// The stores silently ignore names that they do not know, so a typing error would only show as a refused login.
pub fn check(options: &[(String, String)]) -> Outcome<()> {
    for (name, _) in options {
        let known = AmazonS3ConfigKey::from_str(name).is_ok()
            || AzureConfigKey::from_str(name).is_ok()
            || GoogleConfigKey::from_str(name).is_ok()
            || ClientConfigKey::from_str(name).is_ok();
        if !known {
            return Err(Failure::config(format!("no object store has an option named \"{name}\"")));
        }
    }
    Ok(())
}
