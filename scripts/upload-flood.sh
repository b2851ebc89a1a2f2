#!/bin/sh
# What UPLOADS (50) uploads at once, of BYTES (10,000,000) each, cost those who read: on a server of its own, on the loopback
# address, with an empty folder and the sample site, READS (100) reads a second are sent alone and then beside the uploads, which
# begin again when all are done, until DURATION seconds (15) are over. Half are pictures that have to be decoded, half are
# documents. Prints how long reads and uploads took and the most memory that the server had. Fails when the uploads make
# the reads more than TIMES (2) times as slow, in the middle or for one in a hundred, when the server takes more than MIB (512)
# MiB, when a read or an upload is refused, or when a file is left of an upload that is no blob of the library.
# usage: scripts/upload-flood.sh <masthead>. The generator runs on the same cores as the server; the reads are sent before
# everything else, where that is allowed, and the uploads with the least priority, as if by other machines. Takes about 2 GB
# below TMPDIR while it runs.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
if ! python3 -c 'import sys, asyncio; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
    echo 'python3 (3.9 or newer) is missing; the uploads are sent with it.' >&2
    if [ "${CI:-}" = true ]; then exit 1; else exit 0; fi
fi
. scripts/lib/server.sh
start_server "$masthead" --sample --admin-rate 0
token=$(token_of flood editor 2>"$home/user") || { cat "$home/user" >&2; exit 1; }
python3 -B scripts/upload_flood.py --site "${site#http://}" --pid "$server" --token "$token" --uploads "$home/uploads" \
    --seconds "${DURATION:-15}" --reads "${READS:-100}" --at-once "${UPLOADS:-50}" --bytes "${BYTES:-10000000}" \
    --times "${TIMES:-2}" --mib "${MIB:-512}"
