//! Which storage is meant, read from what the operator wrote.

use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;
use url::{Host, Url};

use super::error::StorageError;

/// A folder of this machine, or a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder.
    Folder(PathBuf),
    /// A bucket of an S3-compatible store, and the prefix of all keys in it, which may be empty.
    Bucket {
        /// The name of the bucket.
        bucket: String,
        /// Segments separated by slashes.
        prefix: String,
    },
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const ALLOWED: &str = "write a folder, or s3://bucket or s3://bucket/prefix";
        let Some(address) = text.strip_prefix("s3://") else {
            // Anything else with a scheme is no folder that somebody means.
            let folder = !text.is_empty() && !text.contains("://");
            return if folder { Ok(Self::Folder(PathBuf::from(text))) } else { Err(ALLOWED.to_owned()) };
        };
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let named = bucket.len() >= 3 && bucket.len() <= 63 && bucket.bytes().all(plain);
        let prefix = prefix.trim_end_matches('/');
        let segment = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
        if named && (prefix.is_empty() || prefix.split('/').all(segment)) {
            return Ok(Self::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() });
        }
        Err(format!("{ALLOWED}, of letters, digits, hyphens, underscores and dots"))
    }
}

/// How an S3-compatible store is reached. What is not given comes from the usual variables `AWS_*`.
#[derive(Debug, Clone, Default)]
pub struct S3Settings {
    /// The address of the store; that of Amazon in the region when not given.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The access key's id and its secret.
    pub credentials: Option<(String, SecretString)>,
}

/// The address of a store, checked.
pub(super) fn endpoint(text: &str) -> Result<String, StorageError> {
    let wrong = |why: &str| {
        StorageError::Settings(format!(
            "MASTHEAD_S3_ENDPOINT: {why}; write an address such as https://s3.example.org"
        ))
    };
    let url = Url::parse(text).map_err(|_| wrong("it is no address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
    }
    if url.query().is_some() || url.fragment().is_some() || url.path() != "/" {
        return Err(wrong("it has a path or more; the bucket belongs into MASTHEAD_UPLOADS"));
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => {}
        ("http", Some(host)) if is_loopback(&host) => {}
        ("http", Some(_)) => return Err(wrong("without TLS it may only be on the loopback of this machine")),
        _ => return Err(wrong("it is neither http nor https")),
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Everything that is said about the storage.
#[derive(Debug, Clone)]
pub struct StorageSettings {
    /// Where files lie.
    pub place: Place,
    /// How a bucket is reached.
    pub s3: S3Settings,
    /// The folder in which files for a bucket are received. A local folder has one of its own, because a file system can
    /// move files only within itself.
    pub spool: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        let bucket =
            |bucket: &str, prefix: &str| Place::Bucket { bucket: bucket.into(), prefix: prefix.into() };
        assert_eq!("./uploads".parse(), Ok(Place::Folder("./uploads".into())));
        assert_eq!("/srv/s3:x".parse(), Ok(Place::Folder("/srv/s3:x".into())));
        assert_eq!("s3://media".parse(), Ok(bucket("media", "")));
        assert_eq!("s3://media/".parse(), Ok(bucket("media", "")));
        assert_eq!("s3://media/site/a/".parse(), Ok(bucket("media", "site/a")));
        for bad in [
            "",
            "gs://media",
            "s3://",
            "s3://ab",
            "s3:///x",
            "s3://me dia",
            "s3://media/../x",
            "s3://media/a//b",
            "s3://key:secret@media",
        ] {
            assert!(bad.parse::<Place>().is_err_and(|error| error.contains("s3://bucket/prefix")), "{bad}");
        }
    }

    #[test]
    fn only_the_loopback_is_spoken_to_without_tls() {
        for good in [
            "https://s3.example.org",
            "https://s3.example.org/",
            "http://127.0.0.1:9000",
            "http://localhost:9000",
            "http://[::1]:9000",
        ] {
            assert_eq!(endpoint(good).unwrap(), good.trim_end_matches('/'));
        }
        for bad in [
            "http://s3.example.org",
            "http://10.0.0.1:9000",
            "http://localhost.example.org",
            "ftp://s3.example.org",
            "s3.example.org",
            "https://s3.example.org/bucket",
            "https://s3.example.org?x=1",
        ] {
            let error = endpoint(bad).unwrap_err().to_string();
            assert!(error.contains("MASTHEAD_S3_ENDPOINT"), "{bad}: {error}");
        }
        let error = endpoint("https://ilse:sesame@s3.example.org").unwrap_err().to_string();
        assert!(error.contains("AWS_SECRET_ACCESS_KEY") && !error.contains("sesame"), "{error}");
    }
}
