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
. scripts/lib/server.sh
messages=$reports/server.log
# So that the cases can come from more than one address.
start_server "$masthead" --sample --trusted-proxies 127.0.0.1

TOKEN_ADMIN=$(token_of fuzz-admin admin fuzz 2>>"$reports/setup.log")
TOKEN_KEEPER=$(token_of fuzz-keeper admin fuzz 2>>"$reports/setup.log")
TOKEN_EDITOR=$(token_of fuzz-editor editor fuzz 2>>"$reports/setup.log")
TOKEN_AUTHOR=$(token_of fuzz-author author fuzz 2>>"$reports/setup.log")
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
