//! Every setting: its flag, its environment variable and its default, in one place. One small struct per concern.

mod uploads;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use crate::platform::http::{HttpLimits, Network, TrustedProxies};
use crate::platform::mail::{MailSettings, Sender};
use crate::platform::public_site::SiteUrl;
use crate::platform::public_url::PublicUrl;

pub use uploads::{MediaConfig, StorageConfig};

/// Where the content lives.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseConfig {
    /// Address of an existing Postgres (15 or newer), as libpq writes it, sslmode and sslrootcert included. Without it,
    /// Masthead runs a private one from the server binaries on this machine.
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true, global = true)]
    pub database_url: Option<SecretString>,

    /// Address of the same database as its owner, for migrations. With it, `DATABASE_URL` can name a lesser role.
    #[arg(long, env = "MASTHEAD_MIGRATE_URL", value_name = "URL", hide_env_values = true, global = true)]
    pub migrate_url: Option<SecretString>,

    /// Address of the same database as a role that sees public rows alone, for the read API.
    #[arg(long, env = "MASTHEAD_READER_URL", value_name = "URL", hide_env_values = true, global = true)]
    pub reader_url: Option<SecretString>,

    /// Folder of the private Postgres and of everything else that Masthead keeps on this machine.
    #[arg(
        long,
        env = "MASTHEAD_DATA_DIR",
        value_name = "FOLDER",
        default_value = "./.masthead",
        global = true
    )]
    pub data_dir: PathBuf,

    /// Folder of the Postgres server binaries; searched for when not given.
    #[arg(long, env = "MASTHEAD_POSTGRES_BIN", value_name = "FOLDER", global = true)]
    pub postgres_bin: Option<PathBuf>,

    /// The user that runs the private Postgres when Masthead runs as root.
    #[arg(long, env = "MASTHEAD_POSTGRES_USER", value_name = "USER", global = true)]
    pub postgres_user: Option<String>,

    /// Connections to the database for writing, and as many for the read API (1 to 100).
    #[arg(
        long, env = "MASTHEAD_DATABASE_CONNECTIONS", value_name = "N", default_value = "16", global = true,
        value_parser = |text: &str| number(text, 1, 100)
    )]
    pub database_connections: u64,

    /// Milliseconds that a request waits for a connection before it is answered 503 (1 to 60000).
    #[arg(
        long, env = "MASTHEAD_DATABASE_WAIT_MS", value_name = "MS", default_value = "2000", global = true,
        value_parser = |text: &str| number(text, 1, 60_000)
    )]
    pub database_wait_ms: u64,

    /// Milliseconds from which on a statement counts as slow and is told in the log, without its values (0 to 60000); 0
    /// tells none.
    #[arg(
        long, env = "MASTHEAD_SLOW_QUERY_MS", value_name = "MS", default_value = "250", global = true,
        value_parser = |text: &str| number(text, 0, 60_000)
    )]
    pub slow_query_ms: u64,
}

/// How the server listens.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerConfig {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long, env = "MASTHEAD_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080",
        value_parser = |text: &str| text.parse::<SocketAddr>().map_err(|_| {
            "write an address and a port, such as 127.0.0.1:8080 or [::]:8080".to_owned()
        })
    )]
    pub listen: SocketAddr,

    /// Address and port of the numbers for Prometheus (`GET /metrics`), such as 127.0.0.1:9464. Whoever reaches it reads them,
    /// so let it be one that only your own network reaches. Without it there are none.
    #[arg(
        long, env = "MASTHEAD_METRICS_LISTEN", value_name = "ADDRESS",
        value_parser = |text: &str| text.parse::<SocketAddr>().map_err(|_| {
            "write an address and a port, such as 127.0.0.1:9464 or [::1]:9464".to_owned()
        })
    )]
    pub metrics_listen: Option<SocketAddr>,

    /// Worker threads; one per core when not given.
    #[arg(
        long, env = "MASTHEAD_WORKERS", value_name = "N",
        value_parser = |text: &str| text.parse::<NonZeroUsize>().map_err(|_| {
            "write a whole number from 1".to_owned()
        })
    )]
    pub workers: Option<NonZeroUsize>,

    /// Say that clients come by https alone (through a proxy), so that browsers are told to insist on it.
    #[arg(long, env = "MASTHEAD_BEHIND_TLS")]
    pub behind_tls: bool,

    /// Addresses and networks of the proxies in front of Masthead, separated by commas, such as `10.0.0.0/8,::1`. Only
    /// what they say of a client (X-Forwarded-For, -Proto, -Host) counts.
    #[arg(
        long, env = "MASTHEAD_TRUSTED_PROXIES", value_name = "NETWORKS", default_value = "",
        hide_default_value = true, value_parser = TrustedProxies::parse
    )]
    trusted_proxies: TrustedProxies,

    /// Mebibytes of finished answers of the read API that are kept in memory (0 to 65536); 0 keeps none.
    #[arg(
        long, env = "MASTHEAD_CACHE_MIB", value_name = "MIB", default_value = "64",
        value_parser = |text: &str| number(text, 0, 65_536)
    )]
    cache_mib: u64,

    /// Longest `Surrogate-Key` and `Cache-Tag` of an answer of the read API in bytes (0 to 16384); 0 sends none. More than the
    /// default takes room for headers in every proxy on the way.
    #[arg(
        long, env = "MASTHEAD_CACHE_TAG_BYTES", value_name = "BYTES", default_value = "1024",
        value_parser = |text: &str| number(text, 0, 16_384)
    )]
    cache_tag_bytes: u64,

    /// Hours for which uploaded bytes are kept that nothing shows (0 to 8760).
    #[arg(
        long, env = "MASTHEAD_UNUSED_UPLOADS_HOURS", value_name = "HOURS", default_value = "24",
        value_parser = |text: &str| number(text, 0, 8_760)
    )]
    unused_uploads_hours: u64,

    #[command(flatten)]
    limits: LimitsConfig,
}

/// How people outside are reached.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Mail and links")]
pub struct MailConfig {
    /// The address under which people reach the admin API, such as `https://cms.example.org`. Links in mails are made
    /// from it; without it, from the address that the server listens on.
    #[arg(long, env = "MASTHEAD_PUBLIC_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    pub public_url: Option<PublicUrl>,

    /// The address of the public site, such as `https://www.example.org`: sitemap, feeds and preview links lead there.
    /// Without it, what the settings of the site say, else the address of the installation.
    #[arg(long, env = "MASTHEAD_SITE_URL", value_name = "URL", value_parser = SiteUrl::parse)]
    pub site_url: Option<SiteUrl>,

    /// The server that sends mail: `smtp://user:password@host:port?tls=required|opportunistic|none`, or `smtps://...`.
    /// Without it, links are shown to the administrator who asks for them.
    #[arg(
        long,
        env = "MASTHEAD_SMTP_URL",
        value_name = "URL",
        hide_env_values = true,
        requires = "mail_from"
    )]
    smtp_url: Option<SecretString>,

    /// Whom mail comes from, such as `Masthead <cms@example.org>`. Needed when there is a server for mail.
    #[arg(long, env = "MASTHEAD_MAIL_FROM", value_name = "SENDER", value_parser = Sender::parse)]
    mail_from: Option<Sender>,

    /// File of the certificates (PEM) that vouch for the server of mail, in place of those of this machine.
    #[arg(long, env = "MASTHEAD_SMTP_CA", value_name = "FILE")]
    smtp_ca: Option<PathBuf>,
}

/// What one client may cost.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
struct LimitsConfig {
    /// Largest JSON body in bytes (1024 to 104857600).
    #[arg(
        long, env = "MASTHEAD_MAX_JSON_BYTES", value_name = "BYTES", default_value = "1048576",
        value_parser = |text: &str| number(text, 1024, 104_857_600)
    )]
    max_json_bytes: u64,

    /// Longest address (path and query) in bytes (256 to 65536).
    #[arg(
        long, env = "MASTHEAD_MAX_URI_BYTES", value_name = "BYTES", default_value = "8192",
        value_parser = |text: &str| number(text, 256, 65_536)
    )]
    max_uri_bytes: u64,

    /// Milliseconds for request line and headers to arrive (100 to 600000).
    #[arg(
        long, env = "MASTHEAD_HEAD_TIMEOUT_MS", value_name = "MS", default_value = "5000",
        value_parser = |text: &str| number(text, 100, 600_000)
    )]
    head_timeout_ms: u64,

    /// Milliseconds for a JSON body to arrive, at 1 KiB a second at least (100 to 600000).
    #[arg(
        long, env = "MASTHEAD_BODY_TIMEOUT_MS", value_name = "MS", default_value = "30000",
        value_parser = |text: &str| number(text, 100, 600_000)
    )]
    body_timeout_ms: u64,

    /// Requests a second that one address may send to the read API, and ten times as many at once; an answer 304 counts a
    /// tenth (0 for no limit). Requests from the machine itself are not counted.
    #[arg(
        long, env = "MASTHEAD_READ_RATE", value_name = "N", default_value = "100",
        value_parser = |text: &str| number(text, 0, 1_000_000)
    )]
    read_rate: u64,

    /// The same for the admin API.
    #[arg(
        long, env = "MASTHEAD_ADMIN_RATE", value_name = "N", default_value = "30",
        value_parser = |text: &str| number(text, 0, 1_000_000)
    )]
    admin_rate: u64,

    /// Largest file of an upload in bytes (1024 to 10737418240).
    #[arg(
        long, env = "MASTHEAD_MAX_UPLOAD_BYTES", value_name = "BYTES", default_value = "52428800",
        value_parser = |text: &str| number(text, 1024, 10_737_418_240)
    )]
    max_upload_bytes: u64,

    /// Seconds for an upload to arrive, at 1 KiB a second at least (1 to 86400).
    #[arg(
        long, env = "MASTHEAD_UPLOAD_TIMEOUT_SECONDS", value_name = "SECONDS", default_value = "900",
        value_parser = |text: &str| number(text, 1, 86_400)
    )]
    upload_timeout_seconds: u64,

    /// Seconds for accepted requests to finish when Masthead stops (0 to 600).
    #[arg(
        long, env = "MASTHEAD_SHUTDOWN_SECONDS", value_name = "SECONDS", default_value = "20",
        value_parser = |text: &str| number(text, 0, 600)
    )]
    shutdown_seconds: u64,
}

/// How Masthead tells what it does.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logs")]
pub struct LogConfig {
    /// What to log: error, warn, info, debug or trace, or a filter such as `info,masthead::platform=debug`.
    #[arg(
        long, env = "MASTHEAD_LOG", value_name = "FILTER", default_value = "info", global = true,
        value_parser = log_filter
    )]
    pub log: String,

    /// The form of the log on standard error.
    #[arg(long, env = "MASTHEAD_LOG_FORMAT", value_name = "FORM", default_value = "auto", global = true)]
    pub log_format: LogFormat,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl DatabaseConfig {
    /// How long a statement may take before the log tells of it.
    #[must_use]
    pub fn slow(&self) -> Option<Duration> {
        (self.slow_query_ms > 0).then(|| Duration::from_millis(self.slow_query_ms))
    }
}

impl MailConfig {
    /// How mail is sent, if it is.
    #[must_use]
    pub fn settings(&self) -> Option<MailSettings> {
        let (url, from) = (self.smtp_url.clone()?, self.mail_from.clone()?);
        Some(MailSettings { url, from, authority: self.smtp_ca.clone(), timeout: MailSettings::TIMEOUT })
    }
}

impl ServerConfig {
    /// What lies between the clients and the server.
    #[must_use]
    pub fn network(&self) -> Network {
        Network { behind_tls: self.behind_tls, trusted_proxies: self.trusted_proxies.clone() }
    }

    /// How many bytes of answers are kept in memory.
    #[must_use]
    pub fn cache_bytes(&self) -> u64 {
        self.cache_mib << 20
    }

    /// How long the tags of an answer may be.
    #[must_use]
    pub fn cache_tag_bytes(&self) -> usize {
        usize::try_from(self.cache_tag_bytes).unwrap_or(crate::app::CACHE_TAG_BYTES)
    }

    /// Hours for which bytes are kept that nothing shows.
    #[must_use]
    pub fn unused_hours(&self) -> u32 {
        u32::try_from(self.unused_uploads_hours).unwrap_or(u32::MAX)
    }

    /// The limits of HTTP.
    #[must_use]
    pub fn limits(&self) -> HttpLimits {
        let limits = &self.limits;
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        HttpLimits {
            json_bytes: size(limits.max_json_bytes),
            uri_bytes: size(limits.max_uri_bytes),
            head_timeout: Duration::from_millis(limits.head_timeout_ms),
            body_timeout: Duration::from_millis(limits.body_timeout_ms),
            upload_bytes: limits.max_upload_bytes,
            upload_timeout: Duration::from_secs(limits.upload_timeout_seconds),
            read_rate: u32::try_from(limits.read_rate).unwrap_or(u32::MAX),
            admin_rate: u32::try_from(limits.admin_rate).unwrap_or(u32::MAX),
            shutdown_timeout: Duration::from_secs(limits.shutdown_seconds),
            ..HttpLimits::default()
        }
    }
}

/// A whole number within bounds.
fn number(text: &str, least: u64, most: u64) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

/// A filter of the log. The library would take a misspelt level for the name of a target, and log nothing.
fn log_filter(text: &str) -> Result<String, String> {
    let level = |text: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&text);
    let good = text.split(',').all(|part| match part.split_once('=') {
        Some((target, word)) => !target.is_empty() && level(word),
        None => level(part),
    });
    let allowed = "write off, error, warn, info, debug or trace, or target=level pairs separated by commas";
    if good { Ok(text.to_owned()) } else { Err(allowed.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::{log_filter, number};

    #[test]
    fn a_misspelt_level_is_no_filter() {
        for good in ["info", "off", "info,masthead::platform=debug", "masthead=trace"] {
            assert_eq!(log_filter(good).as_deref(), Ok(good));
        }
        for bad in ["", "loud", "info,", "masthead=loud", "=info", "INFO debug"] {
            assert!(log_filter(bad).is_err_and(|message| message.contains("error, warn, info")), "{bad:?}");
        }
    }

    #[test]
    fn a_wrong_number_is_told_what_is_allowed() {
        assert_eq!(number("7", 1, 9), Ok(7));
        for bad in ["0", "10", "-1", "x", ""] {
            assert_eq!(number(bad, 1, 9), Err("write a whole number from 1 to 9".to_owned()));
        }
    }
}
