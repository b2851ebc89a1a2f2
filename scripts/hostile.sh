#!/bin/sh
# Uploads bombs (small files that unpack to large pictures, long animations), and the crafted and truncated pictures of the
# source packages of Pillow and libpng (Debian's, fetched now and not kept) to a server of its own, these each whole, cut in
# half and under a lying name, and asks for every size of what is taken. Each must be refused or served within
# SECONDS_EACH (5) s, never with a 5xx, the server must never take more than MIB (300) MiB, and exiftool must find neither
# EXIF, GPS, XMP nor anything else but pixels in what was made of them.
# usage: scripts/hostile.sh <masthead>. Needs apt-get with the address of Debian's packages, tar with xz, python3, and
# exiftool (libimage-exiftool-perl), without which the last is left out with a notice; under CI=true that is a failure.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
for program in apt-get tar xz python3; do
    command -v "$program" >/dev/null 2>&1 && continue
    echo "$program is missing; the hostile pictures come from Debian's source packages." >&2
    if [ "${CI:-}" = true ]; then exit 1; else exit 0; fi
done
. scripts/lib/server.sh

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

start_server "$masthead" --admin-rate 0
token=$(token_of hostile editor 2>"$home/user") || { cat "$home/user" >&2; exit 1; }
python3 -B scripts/hostile.py --site "$site" --token "$token" --pid "$server" --pictures "$home/pictures" \
    --seconds "${SECONDS_EACH:-5}" --mib "${MIB:-300}"
