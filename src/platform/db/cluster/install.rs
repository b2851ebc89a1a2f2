//! The one command that installs the Postgres server and its contrib extensions on this system.

use std::fs;

/// What to tell the operator. `major` is the version wanted, or 0 when any from 15 on will do.
pub(super) fn command(major: u32) -> String {
    if cfg!(target_os = "macos") {
        return format!("brew install postgresql@{}", if major == 0 { 17 } else { major });
    }
    command_for(&fs::read_to_string("/etc/os-release").unwrap_or_default(), major)
}

/// Reads the format of os-release(5): `ID` first, then the families in `ID_LIKE`.
fn command_for(os_release: &str, major: u32) -> String {
    let names = ["ID", "ID_LIKE"].map(|key| field(os_release, key));
    let versioned = if major == 0 { String::new() } else { major.to_string() };
    for name in names.iter().flat_map(|value| value.split_whitespace()) {
        let command = match name {
            "debian" | "ubuntu" => {
                let package =
                    if major == 0 { "postgresql".to_owned() } else { format!("postgresql-{major}") };
                return format!(
                    "apt-get install {package} postgresql-contrib (to keep it from starting a cluster of its own, first put \
                     `create_main_cluster = false` into /etc/postgresql-common/createcluster.conf)"
                );
            }
            "fedora" | "rhel" | "centos" => "dnf install postgresql-server postgresql-contrib".to_owned(),
            "arch" => "pacman -S postgresql".to_owned(),
            "alpine" => format!("apk add postgresql{versioned} postgresql{versioned}-contrib"),
            "suse" | "opensuse" => {
                format!("zypper install postgresql{versioned}-server postgresql{versioned}-contrib")
            }
            _ => continue,
        };
        return command;
    }
    "the PostgreSQL server, 15 or newer, with its contrib extensions, from this system's packages".to_owned()
}

/// The value of a key, without quotes; empty when it is missing.
fn field<'text>(os_release: &'text str, key: &str) -> &'text str {
    let value = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    value.map_or("", |value| value.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_command() {
        let cases = [
            ("ID=debian\n", 0, "apt-get install postgresql postgresql-contrib"),
            (
                "NAME=\"Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                16,
                "apt-get install postgresql-16 ",
            ),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", 0, "dnf install postgresql-server"),
            ("ID=arch", 0, "pacman -S postgresql"),
            ("ID=alpine", 16, "apk add postgresql16 postgresql16-contrib"),
            ("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n", 0, "zypper install postgresql-server"),
            ("", 0, "from this system's packages"),
            ("ID_LIKE=plan9", 0, "from this system's packages"),
        ];
        for (os_release, major, expected) in cases {
            let command = command_for(os_release, major);
            assert!(command.contains(expected), "{os_release}: {command}");
        }
    }
}
