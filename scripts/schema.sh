#!/bin/sh
# Prints src/schema.rs with the diesel program, from a private database that is migrated for this and then thrown away.
set -eu

cd "$(dirname -- "$0")/.."
if ! command -v diesel >/dev/null 2>&1; then
    cat >&2 <<'END'
The diesel program is missing. It needs libpq (on Debian: apt-get install libpq-dev); then one command installs it:
  cargo install diesel_cli --locked --no-default-features --features postgres
END
    exit 1
fi

cargo build --locked --bin masthead
masthead=${CARGO_TARGET_DIR:-target}/debug/masthead
# Not under target/: when root builds, Postgres runs as another user, who has to reach this folder.
home=$(mktemp -d)
chmod 711 "$home"
server=
finish() {
    if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$home" src/schema.rs.new
}
trap finish EXIT
trap 'exit 130' INT TERM

unset DATABASE_URL MASTHEAD_MIGRATE_URL MASTHEAD_READER_URL
export MASTHEAD_DATA_DIR="$home/data" MASTHEAD_LOG=warn
"$masthead" migrate run >/dev/null
: >"$home/addresses"
"$masthead" database >"$home/addresses" 2>"$home/messages" &
server=$!
# The last of the four addresses is the superuser's; the first is the owner's, and all that this needs.
waited=0
while [ "$(wc -l <"$home/addresses")" -lt 4 ]; do
    if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge 300 ]; then
        echo 'masthead database did not start:' >&2
        cat "$home/messages" >&2
        exit 1
    fi
    waited=$((waited + 1))
    sleep 0.1
done
diesel print-schema --database-url "$(head -n 1 "$home/addresses")" >src/schema.rs.new
mv src/schema.rs.new src/schema.rs
echo src/schema.rs
