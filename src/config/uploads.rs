//! Settings of uploads and of how media are shown.

use clap::Args;
use secrecy::SecretString;

use super::{DatabaseConfig, number};
use crate::app::App;
use crate::blobs::gallery::GallerySettings;
use crate::blobs::image::Limits;
use crate::blobs::studio::Studio;
use crate::platform::public_url::PublicUrl;
use crate::platform::storage::{Place, S3Settings, StorageSettings};

/// Where uploads lie.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Uploads")]
pub struct StorageConfig {
    /// Where the bytes of uploads lie: a folder, or `s3://bucket/prefix` for a bucket of any S3-compatible store, with
    /// credentials from the usual variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and the others).
    #[arg(long, env = "MASTHEAD_UPLOADS", value_name = "PLACE", default_value = "./uploads", global = true)]
    uploads: Place,

    /// Address of the S3-compatible store, such as `https://s3.example.org`; that of Amazon when not given.
    #[arg(long, env = "MASTHEAD_S3_ENDPOINT", value_name = "URL", global = true)]
    s3_endpoint: Option<String>,

    /// Region of the bucket; `AWS_REGION` when not given.
    #[arg(long, env = "MASTHEAD_S3_REGION", value_name = "REGION", global = true)]
    s3_region: Option<String>,

    /// Id of the access key of the bucket; `AWS_ACCESS_KEY_ID` when not given.
    #[arg(
        long,
        env = "MASTHEAD_S3_ACCESS_KEY_ID",
        value_name = "ID",
        requires = "s3_secret_access_key",
        global = true
    )]
    s3_access_key_id: Option<String>,

    /// Secret of the access key of the bucket; `AWS_SECRET_ACCESS_KEY` when not given.
    #[arg(
        long,
        env = "MASTHEAD_S3_SECRET_ACCESS_KEY",
        value_name = "SECRET",
        hide_env_values = true,
        requires = "s3_access_key_id",
        global = true
    )]
    s3_secret_access_key: Option<SecretString>,
}

impl StorageConfig {
    /// What is said about the storage. Files for a bucket are received in the data folder.
    #[must_use]
    pub fn settings(&self, database: &DatabaseConfig) -> StorageSettings {
        StorageSettings {
            place: self.uploads.clone(),
            s3: S3Settings {
                endpoint: self.s3_endpoint.clone(),
                region: self.s3_region.clone(),
                credentials: self.s3_access_key_id.clone().zip(self.s3_secret_access_key.clone()),
            },
            spool: database.data_dir.join("spool"),
        }
    }
}

/// How media are shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Media")]
pub struct MediaConfig {
    /// File of the sizes in which pictures are shown, as JSON: `presets`, `widths`, `jpeg_quality`, `webp_quality`. What it
    /// leaves out is as it is built in.
    #[arg(long, env = "MASTHEAD_MEDIA_PRESETS", value_name = "FILE", value_parser = presets)]
    media_presets: Option<GallerySettings>,

    /// The address under which media are reached, when it is another one than that of the installation: a CDN, or a host of
    /// their own that leads to this server, such as `https://media.example.org`.
    #[arg(long, env = "MASTHEAD_MEDIA_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    media_url: Option<PublicUrl>,

    /// Largest picture that is taken, in megapixels times frames (1 to 1000).
    #[arg(
        long, env = "MASTHEAD_MAX_IMAGE_MEGAPIXELS", value_name = "N", default_value = "50",
        value_parser = |text: &str| number(text, 1, 1_000)
    )]
    max_image_megapixels: u64,

    /// Memory for all pictures that are worked on at once, in MiB (32 to 8192); a picture that needs more is refused.
    #[arg(
        long, env = "MASTHEAD_IMAGE_MEMORY_MIB", value_name = "MIB", default_value = "160",
        value_parser = |text: &str| number(text, 32, 8_192)
    )]
    image_memory_mib: u64,
}

impl MediaConfig {
    /// The services with these settings; to be called when the address of the installation is known to them.
    #[must_use]
    pub fn apply(&self, app: App) -> App {
        let limits = Limits {
            megapixels: self.max_image_megapixels,
            memory: self.image_memory_mib,
            ..Limits::default()
        };
        let app = app.with_gallery(self.media_presets.clone().unwrap_or_default(), self.media_url.clone());
        App { studio: Studio::new(limits), ..app }
    }
}

fn presets(file: &str) -> Result<GallerySettings, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("the file cannot be read: {error}"))?;
    GallerySettings::parse(&text)
}
