#!/bin/sh
# Proves that a client for Python can be generated from openapi/read.json: openapi-python-client makes one, and it lists the
# pages of a server of its own on the loopback address with an empty folder and the sample site.
# usage: scripts/client-python.sh <masthead>
# The generator is pinned in scripts/client-python and installed under target/ when that pin changes.
# Without a fit Python this is left out, loudly; with CI=true that is a failure.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
pins=scripts/client-python/requirements.txt
tools=$PWD/target/client-python

if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    cat >&2 <<'END'

  *** The Python client was NOT checked: that needs python3 (3.11 or newer) with venv and pip. On Debian and Ubuntu one
      command installs it: sudo apt-get install python3-venv ***

END
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
fi

if ! cmp -s "$pins" "$tools/installed.txt"; then
    echo 'installing openapi-python-client under target/client-python'
    mkdir -p "$tools"
    rm -rf "$tools/venv" "$tools/installed.txt"
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --requirement "$pins"
    cp "$pins" "$tools/installed.txt"
fi

. scripts/lib/server.sh

# The generator warns of answers that are no JSON (pictures, feeds), which it leaves out; it formats with ruff, beside it.
rm -rf "$tools/masthead_client"
if ! PATH="$tools/venv/bin:$PATH" openapi-python-client generate --path openapi/read.json --meta none \
    --output-path "$tools/masthead_client" >"$home/generated" 2>&1; then
    echo 'openapi-python-client made no client:' >&2
    cat "$home/generated" >&2
    exit 1
fi

start_server "$masthead" --sample

PYTHONPATH="$tools" "$tools/venv/bin/python" -B scripts/client-python/lists.py "$site"
