#!/bin/sh
# Fuzzes both OpenAPI documents with schemathesis, against a server of its own on the loopback address with an empty folder
# and the sample site, anonymously and as users of several roles. What is checked and what is not stands in
# scripts/fuzz/schemathesis.toml. usage: scripts/fuzz.sh <masthead> [--cases 1000] [--seed 1 | --seed random]
# schemathesis is pinned in scripts/fuzz and installed under target/ when that pin changes.
# Without a fit Python the fuzzing is left out, loudly; with CI=true that is a failure.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
shift
pins=scripts/fuzz/requirements.txt
tools=$PWD/target/fuzz
reports=$tools/reports

if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    cat >&2 <<'END'

  *** The APIs were NOT fuzzed: that needs python3 (3.11 or newer) with venv and pip. On Debian and Ubuntu one command
      installs it: sudo apt-get install python3-venv ***

END
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
fi

exceptions=$(grep -c '^# Exception [0-9]*[ .]' scripts/fuzz/schemathesis.toml || true)
if [ "$exceptions" -gt 10 ]; then
    echo "scripts/fuzz/schemathesis.toml makes $exceptions exceptions; at most 10 are allowed." >&2
    exit 1
fi

if ! cmp -s "$pins" "$tools/installed.txt"; then
    echo 'installing schemathesis under target/fuzz'
    mkdir -p "$tools"
    rm -rf "$tools/venv" "$tools/installed.txt"
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --requirement "$pins"
    cp "$pins" "$tools/installed.txt"
fi

rm -rf "$reports"
mkdir -p "$reports"
home=$(mktemp -d)
chmod 711 "$home"
server=
# shellcheck disable=SC2317  # called by the trap
finish() {
    if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM

unset DATABASE_URL MASTHEAD_MIGRATE_URL MASTHEAD_READER_URL
export MASTHEAD_DATA_DIR="$home/data" MASTHEAD_LOG=warn
# So that the cases can come from more than one address.
export MASTHEAD_TRUSTED_PROXIES=127.0.0.1
"$masthead" serve --sample --listen 127.0.0.1:0 2>"$reports/server.log" &
server=$!
waited=0
until site=$(sed -n 's/^Masthead listens on \(http:.*\)$/\1/p' "$reports/server.log") && [ -n "$site" ]; do
    if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge 600 ]; then
        echo 'the server did not start:' >&2
        cat "$reports/server.log" >&2
        exit 1
    fi
    waited=$((waited + 1))
    sleep 0.1
done

# Adds fuzz-<name>@example.org with a role and prints a token for it.
token() {
    echo "a long password of $1 for one run" |
        "$masthead" user add --email "fuzz-$1@example.org" --name "Fuzz $1" --role "$2" >&2
    "$masthead" token create --user "fuzz-$1@example.org" --name fuzz --expires 1d
}
TOKEN_ADMIN=$(token admin admin 2>>"$reports/setup.log")
TOKEN_KEEPER=$(token keeper admin 2>>"$reports/setup.log")
TOKEN_EDITOR=$(token editor editor 2>>"$reports/setup.log")
TOKEN_AUTHOR=$(token author author 2>>"$reports/setup.log")
BROWSER_PASSWORD='a long password of a browser'
echo "$BROWSER_PASSWORD" |
    "$masthead" user add --email fuzz-browser@example.org --name 'Fuzz browser' --role admin 2>>"$reports/setup.log" >&2
export TOKEN_ADMIN TOKEN_KEEPER TOKEN_EDITOR TOKEN_AUTHOR BROWSER_PASSWORD
# Users and tokens that operations on users and tokens may do anything to, and a second locale.
for number in 1 2 3; do
    echo 'a long password of a victim' |
        "$masthead" user add --email "victim-$number@example.org" --name 'Victim' --role author >/dev/null 2>&1
    "$masthead" token create --user "victim-$number@example.org" --name victim --expires 1d >/dev/null 2>&1
done
"$masthead" locale add de --fallback en >/dev/null 2>&1

status=0
"$tools/venv/bin/python" -B scripts/fuzz/run.py --site "$site" --reports "$reports" "$@" || status=$?
# What the server itself calls an error is a failure even when no answer showed it.
if grep -v 'request parse error' "$reports/server.log" | grep -q '"level":"ERROR"'; then
    echo 'the server logged errors:' >&2
    grep '"level":"ERROR"' "$reports/server.log" | cut -c 1-500 | sort -u | head -n 20 >&2
    status=1
fi
exit "$status"
