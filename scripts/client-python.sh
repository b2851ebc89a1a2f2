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

# The generator warns of answers that are no JSON (pictures, feeds), which it leaves out; it formats with ruff, beside it.
rm -rf "$tools/masthead_client"
if ! PATH="$tools/venv/bin:$PATH" openapi-python-client generate --path openapi/read.json --meta none \
    --output-path "$tools/masthead_client" >"$home/generated" 2>&1; then
    echo 'openapi-python-client made no client:' >&2
    cat "$home/generated" >&2
    exit 1
fi

: >"$home/messages"
unset DATABASE_URL MASTHEAD_MIGRATE_URL MASTHEAD_READER_URL
"$masthead" serve --sample --listen 127.0.0.1:0 --data-dir "$home/data" --uploads "$home/uploads" --log warn \
    2>"$home/messages" &
server=$!
waited=0
until site=$(sed -n 's/^Masthead listens on \(http:.*\)$/\1/p' "$home/messages") && [ -n "$site" ]; do
    if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge 600 ]; then
        echo 'the server did not start:' >&2
        cat "$home/messages" >&2
        exit 1
    fi
    waited=$((waited + 1))
    sleep 0.1
done

PYTHONPATH="$tools" "$tools/venv/bin/python" -B scripts/client-python/lists.py "$site"
