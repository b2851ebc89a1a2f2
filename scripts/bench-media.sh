#!/bin/sh
# Renditions of a 24-megapixel photo, side by side with sharp in one run. Sharp is installed under target/.
#   scripts/bench-media.sh [rounds]
set -eu
cd "$(dirname "$0")/.."
folder=target/bench-media
mkdir -p "$folder"
cp benches/media/package.json benches/media/package-lock.json benches/media/sharp.mjs "$folder/"
(cd "$folder" && npm ci --silent --no-audit --no-fund)
cargo bench --quiet --bench media -- "$folder" "${1:-9}"
