//! Every `sslmode` against a real server with TLS on the loopback address: which connections are made, and whether they
//! are encrypted. Passed over where `openssl` or the server binaries are missing, except in CI.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use masthead::platform::db::connect::{Target, connect};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};

struct Server {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// A server whose certificate `server.crt` is for `localhost` and signed by `ca.crt`.
    fn start() -> Option<Self> {
        let folder = PathBuf::from(format!("/tmp/masthead-tls-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        make_certificates(&folder)?;
        let bin = Command::new("pg_config").arg("--bindir").output().ok()?;
        let bin = PathBuf::from(String::from_utf8(bin.stdout).unwrap().trim());
        let data = folder.join("data");
        fs::create_dir(&data).unwrap();
        own(&data);
        let made = unprivileged(Command::new(bin.join("initdb")).arg("-D").arg(&data))
            .args(["-U", "postgres", "--auth=trust", "--no-sync"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        made.ok().filter(std::process::ExitStatus::success)?;
        let hba = "local all all trust\n\
                   hostssl all encrypted all trust\n\
                   hostnossl all plain all trust\n\
                   host all postgres all trust\n";
        fs::write(data.join("pg_hba.conf"), hba).unwrap();
        own(&data.join("pg_hba.conf"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let setting = |name: &str, value: &Path| format!("{name}={}", value.display());
        let child = unprivileged(Command::new(bin.join("postgres")).arg("-D").arg(&data))
            .args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={port}"), "-c", "ssl=on"])
            .args(["-c", "fsync=off", "-c", &setting("unix_socket_directories", &data)])
            .args(["-c", &setting("ssl_cert_file", &folder.join("server.crt"))])
            .args(["-c", &setting("ssl_key_file", &folder.join("server.key"))])
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.join("log")).unwrap())
            .spawn()
            .ok()?;
        let server = Self { child, folder, port };
        server.wait_until_ready();
        Some(server)
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let file = self.folder.join("data/postmaster.pid");
        while !fs::read_to_string(&file).is_ok_and(|text| text.contains("ready")) {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "the server did not start: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Connects; gives whether the connection is encrypted, or the error.
    async fn try_connect(&self, user: &str, host: &str, parameters: &str) -> Result<bool, String> {
        let text = format!("postgresql://{user}@{host}:{}/postgres?{parameters}", self.port);
        let target = Target::parse(&text).map_err(|error| error.to_string())?;
        let (client, link) = connect(&target).await.map_err(|error| error.to_string())?;
        tokio::spawn(link);
        let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        Ok(client.query_one(sql, &[]).await.unwrap().get(0))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGQUIT).ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Postgres refuses root.
fn unprivileged(command: &mut Command) -> &mut Command {
    if let Some(user) = server_user() {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command.current_dir("/")
}

fn server_user() -> Option<User> {
    let names = ["postgres", "nobody"];
    let found = names.iter().find_map(|name| User::from_name(name).unwrap());
    found.filter(|_| geteuid().is_root())
}

fn own(path: &Path) {
    if let Some(user) = server_user() {
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    }
}

/// `ca`, `server` signed by it, and `other`, self-signed and unrelated; `alone`, self-signed for localhost.
fn make_certificates(folder: &Path) -> Option<()> {
    let openssl = |line: &str| {
        let status =
            Command::new("openssl").args(line.split(' ')).current_dir(folder).stderr(Stdio::null()).status();
        status.ok().filter(std::process::ExitStatus::success).map(|_| ())
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    for name in ["ca", "other"] {
        openssl(&format!("req -x509 {key} -keyout {name}.key -out {name}.crt -subj /CN=Made-up-{name}"))?;
    }
    let name = "-subj /CN=localhost -addext subjectAltName=DNS:localhost";
    openssl(&format!("req -x509 {key} -keyout alone.key -out alone.crt {name}"))?;
    let signed = "-CA ca.crt -CAkey ca.key -addext basicConstraints=CA:FALSE";
    openssl(&format!("req -x509 {key} -keyout server.key -out server.crt {name} {signed}"))?;
    own(&folder.join("server.key"));
    own(&folder.join("alone.key"));
    Some(())
}

/// Role, host, parameters (`CA` and `OTHER` stand for root files), and whether the connection is encrypted or why not.
type Case = (&'static str, &'static str, &'static str, Result<bool, &'static str>);

const ENCRYPTED: Result<bool, &str> = Ok(true);
const PLAIN: Result<bool, &str> = Ok(false);
const NO_LINE: Result<bool, &str> = Err("no pg_hba.conf entry");
const UNKNOWN: Result<bool, &str> = Err("UnknownIssuer");

const CASES: [Case; 17] = [
    ("postgres", "127.0.0.1", "sslmode=disable", PLAIN),
    ("postgres", "127.0.0.1", "sslmode=allow", PLAIN),
    ("postgres", "127.0.0.1", "sslmode=prefer", ENCRYPTED),
    ("postgres", "127.0.0.1", "", ENCRYPTED),
    ("postgres", "127.0.0.1", "sslmode=require", ENCRYPTED),
    // The server takes this role only with TLS, that one only without.
    ("encrypted", "127.0.0.1", "sslmode=disable", NO_LINE),
    ("encrypted", "127.0.0.1", "sslmode=allow", ENCRYPTED),
    ("plain", "127.0.0.1", "sslmode=prefer", PLAIN),
    ("plain", "127.0.0.1", "sslmode=require", NO_LINE),
    // With a root, `require` checks the chain but not the name; the certificate is for localhost alone.
    ("postgres", "127.0.0.1", "sslmode=require&sslrootcert=CA", ENCRYPTED),
    ("postgres", "127.0.0.1", "sslmode=require&sslrootcert=OTHER", UNKNOWN),
    ("postgres", "127.0.0.1", "sslmode=verify-ca&sslrootcert=CA", ENCRYPTED),
    ("postgres", "127.0.0.1", "sslmode=verify-ca&sslrootcert=OTHER", UNKNOWN),
    ("postgres", "127.0.0.1", "sslmode=verify-full&sslrootcert=CA", Err("not valid for name")),
    ("postgres", "localhost", "sslmode=verify-full&sslrootcert=CA", ENCRYPTED),
    ("postgres", "localhost", "sslmode=verify-full&sslrootcert=OTHER", UNKNOWN),
    // No machine trusts the made-up authority.
    ("postgres", "localhost", "sslmode=verify-full", Err("")),
];

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
async fn every_mode_connects_as_libpq_would() {
    let Some(server) = Server::start() else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "openssl, pg_config or the server binaries are missing"
        );
        eprintln!("passed over: openssl, pg_config or the server binaries are missing");
        return;
    };
    for role in ["encrypted", "plain"] {
        let sql = format!("create role {role} login");
        let target = format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port);
        let (client, link) = connect(&Target::parse(&target).unwrap()).await.unwrap();
        tokio::spawn(link);
        client.batch_execute(&sql).await.unwrap();
    }
    let (ca, other) = (server.file("ca.crt"), server.file("other.crt"));
    for (user, host, parameters, expected) in CASES {
        let parameters = parameters.replace("CA", &ca).replace("OTHER", &other);
        let outcome = server.try_connect(user, host, &parameters).await;
        match (&outcome, expected) {
            (Ok(encrypted), Ok(wanted)) => {
                assert_eq!(*encrypted, wanted, "{user} {host} {parameters}");
            }
            (Err(message), Err(part)) => {
                assert!(message.contains(part), "{user} {host} {parameters}: {message}");
            }
            _ => panic!("{user} {host} {parameters}: {outcome:?} instead of {expected:?}"),
        }
    }
    a_self_signed_certificate_is_its_own_root(&server).await;
}

/// As Postgres' documentation makes one: an authority and a server in one certificate.
async fn a_self_signed_certificate_is_its_own_root(server: &Server) {
    for name in ["server.crt", "server.key"] {
        fs::copy(server.file(&name.replace("server", "alone")), server.file(name)).unwrap();
    }
    kill(Pid::from_raw(i32::try_from(server.child.id()).unwrap()), Signal::SIGHUP).unwrap();
    let alone = format!("sslmode=verify-full&sslrootcert={}", server.file("alone.crt"));
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut outcome = server.try_connect("postgres", "localhost", &alone).await;
    while outcome.is_err() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
        outcome = server.try_connect("postgres", "localhost", &alone).await;
    }
    assert_eq!(outcome, Ok(true));
    let elsewhere = server.try_connect("postgres", "127.0.0.1", &alone).await;
    assert!(elsewhere.as_ref().is_err_and(|message| message.contains("not valid for name")), "{elsewhere:?}");
}
