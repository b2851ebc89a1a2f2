#!/bin/sh
# Checks what building, running and testing Masthead need: the Rust toolchain, a C compiler, and the PostgreSQL server
# programs (15 or newer) with the contrib extensions. On Debian and Ubuntu, as root or with a sudo that asks nothing, it
# installs what is missing and starts no database of the system; elsewhere it prints the one command to give.
# POSIX sh, because this is what has to run on a machine where nothing is installed yet.
set -eu

usage() {
    cat <<'END'
usage: scripts/prerequisites.sh [--check | --print] [--no-postgres]
  (nothing)      check, and install where that is possible; silent when nothing is missing
  --check        check only
  --print        check, and print the commands that would install what is missing
  --no-postgres  leave PostgreSQL out, for a server that is elsewhere (DATABASE_URL)
exit status: 0 nothing is missing (any more), 1 something is missing, 2 wrong usage
END
}

mode=install
with_postgres=yes
for argument in "$@"; do
    case $argument in
        --check) mode=check ;;
        --print) mode=print ;;
        --no-postgres) with_postgres=no ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
oldest_postgres=15
extensions='btree_gist pg_trgm unaccent'

say() { printf '%s\n' "$*" >&2; }

# ---- Rust

# Sets $rust to what is wrong with the Rust toolchain, or to nothing.
check_rust() {
    rust=
    wanted=$(sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' "$root/Cargo.toml")
    if ! command -v cargo >/dev/null 2>&1 || ! command -v rustc >/dev/null 2>&1; then
        rust="The Rust toolchain (cargo and rustc, $wanted or newer) is missing. One command installs it:
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
        return
    fi
    # rustup's stand-ins for cargo are there before any toolchain is.
    if ! version=$(cargo --version 2>/dev/null); then
        rust="cargo is there but does not run. One command gives it a toolchain:
  rustup default stable"
        return
    fi
    version=$(printf '%s\n' "$version" | sed -n 's/^cargo \([0-9]*\.[0-9]*\).*/\1/p')
    if ! at_least "$version" "$wanted"; then
        rust="The Rust toolchain is ${version:-of an unknown version}, and Masthead needs $wanted or newer. One command brings it up to date:
  rustup update stable"
    fi
}

# Whether version $1 (major.minor) is at least version $2.
at_least() {
    major=${1%%.*} minor=${1#*.} least_major=${2%%.*} least_minor=${2#*.}
    minor=${minor%%.*} least_minor=${least_minor%%.*}
    [ "${major:-0}" -gt "$least_major" ] ||
        { [ "${major:-0}" -eq "$least_major" ] && [ "${minor:-0}" -ge "$least_minor" ]; }
}

# ---- the C compiler: a few crates build C, and rustc links with it

# Sets $compiler to what is wrong with the C compiler, or to nothing.
check_compiler() {
    compiler=
    if [ "$(uname -s)" = Darwin ]; then
        # /usr/bin/cc is always there, and only asks for the real one.
        xcode-select -p >/dev/null 2>&1 || compiler='A C compiler is missing.'
    elif ! command -v cc >/dev/null 2>&1; then
        compiler='A C compiler (cc) is missing.'
    elif [ ! -f "$(cc -print-file-name=crt1.o 2>/dev/null)" ]; then
        compiler='The C compiler is there, but the files of the C library that programs are linked with are missing.'
    fi
}

# ---- PostgreSQL: the same places, in the same order, as src/platform/db/cluster/find.rs

# All folders worth a look, one a line, best first.
postgres_folders() {
    if [ -n "${MASTHEAD_POSTGRES_BIN:-}" ]; then
        printf '%s\n' "$MASTHEAD_POSTGRES_BIN"
        return
    fi
    pg_config --bindir 2>/dev/null || true
    printf '%s\n' "$PATH" | tr ':' '\n'
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /usr/lib/postgresql*/bin \
        /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin /usr/local/pgsql-*/bin \
        /Applications/Postgres.app/Contents/Versions/*/bin; do
        [ -d "$folder" ] && printf '%s %s\n' "$(printf '%s\n' "${folder%/bin}" | sed 's/.*[^0-9]//')" "$folder"
    done | sort -rn | cut -d ' ' -f 2-
    printf '%s\n' /usr/local/pgsql/bin
}

# Sets $postgres to what is wrong with the PostgreSQL server, or to nothing.
check_postgres() {
    postgres=
    older=
    folders=$(postgres_folders)
    while IFS= read -r folder; do
        if [ ! -x "$folder/postgres" ] || [ ! -x "$folder/initdb" ]; then continue; fi
        version=$("$folder/postgres" --version 2>/dev/null | sed -n 's/.*(PostgreSQL) \([0-9][^ ]*\).*/\1/p')
        major=${version%%[!0-9]*}
        if [ -z "$major" ]; then continue; fi
        if [ "$major" -lt "$oldest_postgres" ]; then
            older="$older, only $version in $folder"
            continue
        fi
        check_extensions "$folder" "$major"
        return
    done <<END
$folders
END
    postgres="The PostgreSQL server programs (postgres and initdb, $oldest_postgres or newer) are missing$older."
    if [ -n "${MASTHEAD_POSTGRES_BIN:-}" ]; then
        postgres="MASTHEAD_POSTGRES_BIN names $MASTHEAD_POSTGRES_BIN, which holds no usable server$older. Unset it, or name the
folder that holds postgres and initdb, $oldest_postgres or newer."
    fi
}

# Sets $postgres when the server in folder $1, of major version $2, lacks a contrib extension.
check_extensions() {
    prefix=${1%/*}
    share=$("$1/pg_config" --sharedir 2>/dev/null || true)
    for extension_folder in ${share:+"$share/extension"} "$prefix/share/postgresql/extension" "$prefix/share/extension" \
        "/usr/share/postgresql/$2/extension" "/usr/share/postgresql$2/extension" /usr/share/pgsql/extension; do
        [ -d "$extension_folder" ] && break
    done
    absent=
    for extension in $extensions; do
        [ -f "$extension_folder/$extension.control" ] || absent="$absent${absent:+, }$extension"
    done
    if [ -n "$absent" ]; then
        postgres="The PostgreSQL server in $1 lacks the contrib extensions $absent."
    fi
}

# ---- checking and telling

check() {
    check_rust
    check_compiler
    postgres=
    if [ "$with_postgres" = yes ]; then check_postgres; fi
    [ -z "$rust$compiler$postgres" ]
}

# The value of a key of os-release(5), without quotes.
os() { sed -n "s/^$1=//p" /etc/os-release 2>/dev/null | head -n 1 | tr -d "\"'"; }

# Sets $family to the family of this system's packages.
find_family() {
    family=unknown
    if [ "$(uname -s)" = Darwin ]; then
        family=macos
        return
    fi
    for name in $(os ID) $(os ID_LIKE); do
        case $name in
            debian | ubuntu) family=debian ;;
            fedora) family=fedora ;;
            rhel | centos) family=rhel ;;
            arch) family=arch ;;
            alpine) family=alpine ;;
            suse | opensuse) family=suse ;;
            *) continue ;;
        esac
        return
    done
}

# The one command that installs the compiler (if $compiler) and the server (if $postgres) here, on standard output.
install_command() {
    packages=
    sudo='sudo '
    if [ "$(id -u)" -eq 0 ]; then sudo=; fi
    want() { packages="$packages $*"; }
    case $family in
        debian)
            [ -z "$compiler" ] || want gcc libc6-dev
            [ -z "$postgres" ] || want postgresql postgresql-contrib
            # Setting the answer first keeps the package from making and starting a cluster of its own.
            [ -z "$postgres" ] || printf '%s' "${sudo}apt-get install postgresql-common && echo 'create_main_cluster = false' | ${sudo}tee -a /etc/postgresql-common/createcluster.conf && "
            printf '%s\n' "${sudo}apt-get install$packages"
            ;;
        fedora | rhel)
            [ -z "$compiler" ] || want gcc
            [ -z "$postgres" ] || want postgresql-server postgresql-contrib
            release=$(os VERSION_ID)
            # Releases 8 and 9 give an older server unless a newer stream is chosen.
            case $family:${postgres:+wanted}:${release%%.*} in
                rhel:wanted:8 | rhel:wanted:9) printf '%s' "${sudo}dnf module enable postgresql:16 && " ;;
            esac
            printf '%s\n' "${sudo}dnf install$packages"
            ;;
        arch)
            [ -z "$compiler" ] || want gcc
            [ -z "$postgres" ] || want postgresql
            printf '%s\n' "${sudo}pacman -S$packages"
            ;;
        alpine)
            [ -z "$compiler" ] || want gcc musl-dev
            [ -z "$postgres" ] || want postgresql postgresql-contrib
            printf '%s\n' "${sudo:+doas }apk add$packages"
            ;;
        suse)
            [ -z "$compiler" ] || want gcc
            [ -z "$postgres" ] || want postgresql-server postgresql-contrib
            printf '%s\n' "${sudo}zypper install$packages"
            ;;
        macos)
            [ -z "$compiler" ] || printf '%s' 'xcode-select --install'
            [ -z "$compiler" ] || [ -z "$postgres" ] || printf '%s' ' && '
            [ -z "$postgres" ] || printf '%s' 'brew install postgresql@17'
            printf '\n'
            ;;
    esac
}

# Says all that is missing and what to do about it.
tell() {
    if [ -n "$rust" ]; then say "$rust"; fi
    if [ -n "$compiler" ]; then say "$compiler"; fi
    if [ -n "$postgres" ]; then say "$postgres"; fi
    # No package helps when the operator named a folder that is not right.
    if [ -n "${MASTHEAD_POSTGRES_BIN:-}" ]; then postgres=; fi
    if [ -z "$compiler$postgres" ]; then return; fi
    if [ "$family" = unknown ]; then
        say "Install it from this system's packages${postgres:+ (PostgreSQL: the server and its contrib extensions)}."
    else
        say 'One command installs it here:'
        say "  $(install_command)"
    fi
}

# ---- installing, on Debian and Ubuntu

# Runs a command as root, or prints it.
as_root() {
    if [ "$mode" = print ]; then
        if [ "$(id -u)" -eq 0 ]; then printf '  %s\n' "$*"; else printf '  sudo %s\n' "$*"; fi
    elif [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n -- "$@"
    fi
}

may_install() {
    if [ "$family" != debian ] || ! command -v apt-get >/dev/null 2>&1; then return 1; fi
    [ "$mode" = print ] || [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
        apt-get -y -q -o DPkg::Lock::Timeout=300 "$@"
}

# The major version that this system offers: its default if that is new enough, else the newest; nothing if all are older.
offered_postgres() {
    default=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1)
    newest=$(apt-cache pkgnames postgresql- | sed -n 's/^postgresql-\([0-9]*\)$/\1/p' | sort -n | tail -n 1)
    for major in $default $newest; do
        if [ "$major" -ge "$oldest_postgres" ]; then
            printf '%s\n' "$major"
            return
        fi
    done
}

# Run as root between the two packages, so that no moment is left to make a cluster in. The file's other settings stay as they are.
# shellcheck disable=SC2016  # expanded by the shell that runs it
set_no_main_cluster='
file=/etc/postgresql-common/createcluster.conf
if grep -Eq "^[[:space:]]*create_main_cluster[[:space:]]*=" "$file" 2>/dev/null; then
    sed -i "s/^[[:space:]]*create_main_cluster[[:space:]]*=.*/create_main_cluster = false/" "$file"
else
    printf "\n# Masthead runs a server of its own; nothing else here asked for one.\ncreate_main_cluster = false\n" >>"$file"
fi'

install_postgres() {
    major=$(offered_postgres)
    if [ -z "$major" ] && [ "$mode" = print ]; then
        # Before the first update there may be no list of packages to look it up in.
        major='<the version on offer>'
    elif [ -z "$major" ]; then
        say "This release offers no PostgreSQL from $oldest_postgres on. The repository of the PostgreSQL project does; to add it:"
        say '  sudo apt-get install postgresql-common && sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh'
        return
    fi
    apt install --no-install-recommends postgresql-common || return 1
    if [ "$mode" = print ]; then
        printf '  %s\n' 'set create_main_cluster = false in /etc/postgresql-common/createcluster.conf'
    else
        as_root sh -c "$set_no_main_cluster" || return 1
    fi
    # The package of the server holds the contrib extensions too.
    apt install --no-install-recommends "postgresql-$major"
}

install() {
    if [ -n "$compiler" ]; then say "$compiler"; fi
    if [ -n "$postgres" ]; then say "$postgres"; fi
    case $mode in
        print) say 'Commands that would install it:' ;;
        *) say 'Installing it from the packages of this system.' ;;
    esac
    apt update || say 'The list of packages could not be brought up to date; going on with the one that is here.'
    if [ -n "$compiler" ]; then apt install --no-install-recommends gcc libc6-dev || return 1; fi
    if [ -n "$postgres" ]; then install_postgres; fi
}

# ---- what to do

if check; then exit 0; fi
find_family
if [ "$mode" = check ]; then
    tell
    exit 1
fi
wanted_packages=$compiler$postgres
if [ -n "${MASTHEAD_POSTGRES_BIN:-}" ]; then wanted_packages=$compiler; fi
if [ -n "$wanted_packages" ] && may_install; then
    if [ "$mode" = print ]; then
        install
        if [ -n "$rust" ]; then say "$rust"; fi
        exit 1
    fi
    install >&2 || say 'The installation failed.'
    if check; then exit 0; fi
fi
tell
exit 1
