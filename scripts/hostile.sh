#!/bin/sh
# Uploads the crafted and truncated pictures of the source packages of Pillow and libpng (Debian's, fetched now and not kept)
# to a server of its own, each whole, cut in half and under a lying name, and asks for every size of what is taken. Each must be
# refused or served within SECONDS_EACH (5) s, never with a 5xx, and the server must never take more than MIB (300) MiB.
# usage: scripts/hostile.sh <masthead>. Needs apt-get with the address of Debian's packages, tar with xz, and python3.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
for program in apt-get tar xz python3; do
    command -v "$program" >/dev/null 2>&1 && continue
    echo "$program is missing; the hostile pictures come from Debian's source packages." >&2
    if [ "${CI:-}" = true ]; then exit 1; else exit 0; fi
done
home=$(mktemp -d)
chmod 755 "$home"
: >"$home/messages"
server=
# shellcheck disable=SC2317  # called by the trap
finish() {
    if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Source packages from where this machine has its packages, without a change of its settings.
mkdir -p "$home/sources" "$home/lists/partial" "$home/pictures"
for list in /etc/apt/sources.list.d/*.sources; do
    grep -q '^URIs:.*debian' "$list" && sed 's/^Types: deb$/Types: deb-src/' "$list" >"$home/sources/$(basename "$list")"
done
apt="apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=$home/sources -o Dir::State::Lists=$home/lists"
$apt update
# A patch that is not on every mirror is no matter; the pictures are in the archive itself.
(cd "$home" && $apt source --download-only pillow libpng1.6 >"$home/fetched" 2>&1) || true
for package in pillow libpng1.6; do
    archive=$(find "$home" -maxdepth 1 -name "${package}_*.orig.tar.*" ! -name '*.asc' | head -1)
    if [ -z "$archive" ]; then
        echo "the source package of $package did not come:" >&2
        cat "$home/fetched" >&2
        exit 1
    fi
    mkdir "$home/pictures/$package"
    tar -xf "$archive" -C "$home/pictures/$package"
done

unset DATABASE_URL MASTHEAD_MIGRATE_URL MASTHEAD_READER_URL
"$masthead" serve --listen 127.0.0.1:0 --data-dir "$home/data" --uploads "$home/uploads" --admin-rate 0 --log warn \
    2>"$home/messages" &
server=$!
waited=0
until site=$(sed -n 's/^Masthead listens on \(http:.*\)$/\1/p' "$home/messages") && [ -n "$site" ]; do
    if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge 300 ]; then
        echo 'the server did not start:' >&2
        cat "$home/messages" >&2
        exit 1
    fi
    waited=$((waited + 1))
    sleep 0.1
done
echo 'violet harbour lantern' | "$masthead" user add --data-dir "$home/data" --email editor@example.org --name Editor \
    --role editor >/dev/null 2>&1
token=$("$masthead" token create --data-dir "$home/data" --user editor@example.org --name hostile 2>/dev/null)
python3 -B scripts/hostile.py --site "$site" --token "$token" --pid "$server" --pictures "$home/pictures" \
    --seconds "${SECONDS_EACH:-5}" --mib "${MIB:-300}"
