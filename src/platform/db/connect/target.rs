//! A checked address: parameters that tokio-postgres takes, and the TLS that `sslmode` and `sslrootcert` ask for.

use std::fmt;
use std::path::Path;

use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ConnectError;
use super::address::{self, Parameters};
use super::tls::{self, SslMode};

/// The parameters that are passed on, and what each takes.
const KNOWN: [(&str, &str); 18] = [
    ("host", "host names, addresses or socket folders, separated by commas"),
    ("hostaddr", "IP addresses, separated by commas"),
    ("port", "port numbers from 1 to 65535, separated by commas"),
    ("user", "a role name"),
    ("password", "a password"),
    ("dbname", "a database name"),
    ("options", "command-line options for the server"),
    ("application_name", "a name"),
    ("connect_timeout", "a whole number of seconds"),
    ("tcp_user_timeout", "a whole number of seconds"),
    ("keepalives", "0 or 1"),
    ("keepalives_idle", "a whole number of seconds"),
    ("keepalives_interval", "a whole number of seconds"),
    ("keepalives_retries", "a whole number"),
    ("target_session_attrs", "any, read-write or read-only"),
    ("channel_binding", "disable, prefer or require"),
    ("load_balance_hosts", "disable or random"),
    ("sslnegotiation", "postgres or direct"),
];

/// Parameters of libpq that change nothing here: we speak no GSSAPI and never compress.
const IGNORED: [&str; 2] = ["gssencmode", "sslcompression"];

/// Where libpq looks without a host on most systems.
const DEFAULT_SOCKET_FOLDER: &str = "/var/run/postgresql";

/// A database to connect to. Neither `Debug` nor `Display` shows the password.
#[derive(Clone)]
pub struct Target {
    pub(super) config: Config,
    pub(super) mode: SslMode,
    pub(super) tls: MakeRustlsConnect,
}

impl Target {
    /// Reads a connection string as libpq would, and loads the root certificates that it names. `sslmode` defaults to
    /// `prefer`, with `sslrootcert=system` to `verify-full`; the client's certificate parameters are not supported.
    ///
    /// # Errors
    /// [`ConnectError`], naming the parameter, the value, and what is allowed.
    pub fn parse(text: &str) -> Result<Self, ConnectError> {
        let mut mode = None;
        let mut roots = None;
        let mut passed = Parameters::new();
        for (name, value) in address::read(text)? {
            match name.as_str() {
                "sslmode" => mode = Some(SslMode::parse(&value)?),
                "sslrootcert" => roots = Some(value).filter(|value| !value.is_empty()),
                name if IGNORED.contains(&name) => {}
                _ => {
                    check(&name, &value)?;
                    // Like libpq: the last one counts, and an empty value means the default.
                    passed.retain(|(earlier, _)| *earlier != name);
                    passed.push((name, value));
                }
            }
        }
        passed.retain(|(_, value)| !value.is_empty());
        let mut config = as_config(&passed)?;
        complete_hosts(&mut config);
        let mut mode = mode.unwrap_or(SslMode::default_for(roots.as_deref()));
        if config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_))) {
            // Like libpq: there is no TLS on a Unix socket.
            mode = SslMode::Disable;
        }
        let tls = MakeRustlsConnect::new(tls::client_config(mode, roots.as_deref())?);
        Ok(Self { config, mode, tls })
    }

    /// The parameters without those of TLS, for callers that need the user or the database name.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How the connection is protected.
    #[must_use]
    pub fn ssl_mode(&self) -> SslMode {
        self.mode
    }
}

/// Checks one parameter alone, so that the message can name it.
fn check(name: &str, value: &str) -> Result<(), ConnectError> {
    let Some((_, allowed)) = KNOWN.iter().find(|(known, _)| *known == name) else {
        let mut known: Vec<&str> =
            KNOWN.iter().map(|(known, _)| *known).chain(["sslmode", "sslrootcert"]).collect();
        known.sort_unstable();
        return Err(ConnectError::UnknownParameter { name: name.to_owned(), known: known.join(", ") });
    };
    let port_zero = name == "port" && value.split(',').any(|port| port.parse() == Ok(0_u16));
    if !value.is_empty() && (port_zero || pair(name, value).parse::<Config>().is_err()) {
        let (name, allowed) = (name.to_owned(), (*allowed).to_owned());
        return Err(ConnectError::Value { name, value: value.to_owned(), allowed });
    }
    Ok(())
}

fn as_config(parameters: &Parameters) -> Result<Config, ConnectError> {
    let text: Vec<String> = parameters.iter().map(|(name, value)| pair(name, value)).collect();
    // Each was checked alone, so this cannot fail for a value.
    text.join(" ").parse().map_err(|_| address::syntax("its parameters do not go together"))
}

fn pair(name: &str, value: &str) -> String {
    format!("{name}='{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Fills in what tokio-postgres wants to be told: a host, and for TLS a name even if only an address was given.
fn complete_hosts(config: &mut Config) {
    if !config.get_hosts().is_empty() {
        return;
    }
    let addresses = config.get_hostaddrs().to_vec();
    for address in &addresses {
        config.host(address.to_string());
    }
    if addresses.is_empty() && Path::new(DEFAULT_SOCKET_FOLDER).is_dir() {
        config.host_path(DEFAULT_SOCKET_FOLDER);
    } else if addresses.is_empty() {
        config.host("localhost");
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        let ports = config.get_ports();
        if let Some(user) = config.get_user() {
            write!(f, "{user}@")?;
        }
        for (index, host) in config.get_hosts().iter().enumerate() {
            let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
            let comma = if index == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) if name.contains(':') => write!(f, "{comma}[{name}]:{port}")?,
                Host::Tcp(name) => write!(f, "{comma}{name}:{port}")?,
                Host::Unix(folder) => write!(f, "{comma}{}:{port}", folder.display())?,
            }
        }
        write!(f, "/{} (sslmode {})", config.get_dbname().unwrap_or_default(), self.mode)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Target::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn both_forms_give_the_same_target() {
        let uri = Target::parse("postgresql://ann:hunter2@db.example:6000/site?sslmode=require").unwrap();
        let pairs =
            Target::parse("host=db.example port=6000 user=ann password=hunter2 dbname=site sslmode=require")
                .unwrap();
        assert_eq!(uri.config(), pairs.config());
        assert_eq!(uri.config().get_password(), Some(b"hunter2".as_slice()));
        assert_eq!(uri.to_string(), "ann@db.example:6000/site (sslmode require)");
    }

    #[test]
    fn the_password_is_never_shown() {
        let target = Target::parse("postgres://ann:hunter2@h/x").unwrap();
        assert!(!format!("{target} {target:?} {:?}", target.config()).contains("hunter2"));
    }

    #[test]
    fn every_sslmode_of_libpq_is_known() {
        for mode in ["disable", "allow", "prefer", "require", "verify-full"] {
            let target = Target::parse(&format!("postgres://h/x?sslmode={mode}")).unwrap();
            assert_eq!(target.ssl_mode().to_string(), mode);
        }
        assert_eq!(Target::parse("postgres://h/x").unwrap().ssl_mode(), SslMode::Prefer);
        assert_eq!(
            Target::parse("postgres://h/x?sslrootcert=system").unwrap().ssl_mode(),
            SslMode::VerifyFull
        );
    }

    #[test]
    fn sockets_have_no_tls_and_a_missing_host_has_a_default() {
        assert_eq!(
            Target::parse("postgres://u@%2Frun%2Fpg/x?sslmode=require").unwrap().ssl_mode(),
            SslMode::Disable
        );
        assert!(!Target::parse("postgres:///x").unwrap().config().get_hosts().is_empty());
        let target = Target::parse("hostaddr=127.0.0.1 sslmode=require").unwrap();
        assert_eq!(target.config().get_hosts(), [Host::Tcp("127.0.0.1".into())]);
    }

    #[test]
    fn values_are_passed_on_whole() {
        let target = Target::parse(r"host=h password='a\'b\\c d' user=u port=1 port=2").unwrap();
        assert_eq!(target.config().get_password(), Some(br"a'b\c d".as_slice()));
        assert_eq!(target.config().get_ports(), [2]);
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_allowed() {
        let cases = [
            ("postgres://h/x?sslmode=on", ["sslmode", "\"on\"", "verify-full"]),
            ("postgres://h:99999/x", ["port", "\"99999\"", "1 to 65535"]),
            ("postgres://h:0/x", ["port", "\"0\"", "1 to 65535"]),
            ("postgres://h/x?connect_timeout=soon", ["connect_timeout", "\"soon\"", "seconds"]),
            (
                "postgres://h/x?target_session_attrs=primary",
                ["target_session_attrs", "\"primary\"", "read-write"],
            ),
            ("postgres://h/x?sslcert=a.pem", ["sslcert", "does not know", "sslrootcert"]),
            ("postgres://h/x?sslmode=verify-ca", ["sslmode", "\"verify-ca\"", "sslrootcert"]),
            (
                "postgres://h/x?sslmode=verify-ca&sslrootcert=system",
                ["sslmode", "\"verify-ca\"", "verify-full"],
            ),
            (
                "postgres://h/x?sslmode=verify-full&sslrootcert=/none.pem",
                ["sslrootcert", "\"/none.pem\"", "PEM"],
            ),
        ];
        for (text, parts) in cases {
            let message = refused(text);
            assert!(parts.iter().all(|part| message.contains(part)), "{text}: {message}");
        }
        // A file that is not even read is still no reason to fail.
        Target::parse("postgres://h/x?sslmode=disable&sslrootcert=/none.pem").unwrap();
    }
}
