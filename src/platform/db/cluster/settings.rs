//! What the server is told: promises on its command line, which no file can undo; sizes in a file, which an operator may
//! change; and who may connect.

use std::collections::BTreeSet;
use std::path::Path;

use nix::unistd::geteuid;

use super::ClusterRole;
use super::account::{Account, name_of};
use super::disk;
use super::error::ClusterError;
use super::memory;
use super::socket::PORT;

/// The database that holds the content.
pub(super) const DATABASE: &str = "masthead";

/// The role that `initdb` makes.
pub(super) const SUPERUSER: &str = "postgres";

/// Settings that the promises of Masthead rest on. Messages stay in English, because a full disk is known by its text,
/// and without statements and values, because those are content.
const PROMISES: [(&str, &str); 17] = [
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("wal_level", "replica"),
    ("restart_after_crash", "on"),
    ("timezone", "UTC"),
    ("lc_messages", "C"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    // With the name of the connection, which is that of the request.
    ("log_line_prefix", "%m [%p] %q%a "),
    ("logging_collector", "off"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
];

/// Written once, when the cluster is made.
fn sizes(shared_buffers: u64) -> String {
    format!(
        "\
# Made by Masthead once; change what you like, it is read when the server starts.
# Masthead sets on the command line what it relies on: durability, time zone, socket, log.
max_connections = 100
# An eighth of the memory of this machine, from 128MB to 1GB.
shared_buffers = {shared_buffers}MB
jit = off
# For a server that somebody starts by hand.
listen_addresses = ''
unix_socket_permissions = 0700
"
    )
}

/// The arguments of the server.
pub(super) fn arguments(cluster: &Path, socket_folder: &Path) -> Vec<String> {
    // The setting is a list; quotes keep a comma in the path from splitting it.
    let folder = socket_folder.display().to_string().replace('"', "\"\"");
    let own = [("port", PORT.to_string()), ("unix_socket_directories", format!("\"{folder}\""))];
    let promises = PROMISES.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let mut arguments = vec!["-D".to_owned(), cluster.display().to_string()];
    for (name, value) in promises.chain(own) {
        arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    arguments
}

/// Writes the file of sizes into a new cluster.
pub(super) fn write_sizes(cluster: &Path, account: &Account) -> Result<(), ClusterError> {
    disk::replace(&cluster.join("postgresql.conf"), &sizes(memory::shared_buffers()), account)
}

/// Writes who may connect: over the socket, the users of the system that run Masthead, as one of the four roles. Written
/// at each start, because these users may have changed.
pub(super) fn write_access(cluster: &Path, account: &Account) -> Result<(), ClusterError> {
    let roles = ClusterRole::ALL.map(ClusterRole::name);
    let hba = format!(
        "# Written by Masthead at each start. No line for TCP: such connections are refused.\n\
         local all {SUPERUSER},{} peer map=masthead\n",
        roles.join(",")
    );
    disk::replace(&cluster.join("pg_hba.conf"), &hba, account)?;
    let users: BTreeSet<String> =
        [Some(account.name.clone()), name_of(0), name_of(geteuid().as_raw())].into_iter().flatten().collect();
    let lines =
        users.iter().flat_map(|user| roles.iter().chain([&SUPERUSER]).map(move |role| map_line(user, role)));
    let ident = format!("# Written by Masthead at each start.\n{}", lines.collect::<String>());
    disk::replace(&cluster.join("pg_ident.conf"), &ident, account)
}

fn map_line(user: &str, role: &str) -> String {
    format!("masthead \"{}\" {role}\n", user.replace('"', "\"\""))
}

/// The statements that make roles and database in a new cluster, one to an entry.
pub(super) fn founding_statements() -> Vec<String> {
    let roles = ClusterRole::ALL.map(ClusterRole::name);
    let owner = ClusterRole::Owner.name();
    let made = roles.iter().map(|role| {
        format!("CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    });
    let rest = [
        format!(
            "CREATE DATABASE {DATABASE} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8' STRATEGY file_copy"
        ),
        format!("REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC"),
        format!("GRANT CONNECT ON DATABASE {DATABASE} TO {}", roles.join(", ")),
        format!("REVOKE ALL ON DATABASE {SUPERUSER}, template1 FROM PUBLIC"),
    ];
    made.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_one_to_a_line() {
        let sizes = sizes(256);
        for line in ["max_connections = 100", "shared_buffers = 256MB", "jit = off"] {
            assert!(sizes.lines().any(|written| written == line), "{line} in {sizes}");
        }
        assert!(sizes.lines().all(|line| line.starts_with('#') || line.contains(" = ")), "{sizes}");
    }

    #[test]
    fn promises_and_socket_stand_on_the_command_line() {
        let arguments = arguments(Path::new("/srv/pg"), Path::new("/tmp/a,b\"c"));
        assert_eq!(arguments.first().map(String::as_str), Some("-D"));
        for expected in
            ["listen_addresses=", "fsync=on", "unix_socket_directories=\"/tmp/a,b\"\"c\"", "port=5432"]
        {
            assert!(arguments.iter().any(|argument| argument == expected), "{expected} in {arguments:?}");
        }
    }

    #[test]
    fn odd_user_names_are_quoted() {
        assert_eq!(map_line("a b\"c", "postgres"), "masthead \"a b\"\"c\" postgres\n");
    }
}
