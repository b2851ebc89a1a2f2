#!/bin/sh
# What wrong logins cost those who read: on a server of its own, on the loopback address, with an empty folder and the sample
# site, READS (50) reads a second are sent alone and then beside LOGINS (200) wrong logins a second, for DURATION seconds (60), in
# each of the MODES: spread (each login from another address at another account), one (all from one address), local (all from
# this machine itself), hangup (as spread, and nobody waits for the answer). Prints how long the reads took and the most
# memory that the server had. Fails when the flood makes the reads more than TIMES (2) times as slow, in the middle or for one
# in a hundred, when the server takes more than MIB (512) MiB, when a read is not answered 200, or when a login is let in.
# usage: scripts/login-flood.sh <masthead>. The generator runs on the same cores as the server.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
if ! python3 -c 'import sys, asyncio; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
    echo 'python3 (3.9 or newer) is missing; the logins are sent with it.' >&2
    exit 1
fi
. scripts/lib/server.sh
start_server "$masthead" --sample --trusted-proxies 127.0.0.1

status=0
for mode in ${MODES:-spread one}; do
    python3 -B scripts/login_flood.py --site "${site#http://}" --pid "$server" --mode "$mode" --seconds "${DURATION:-60}" \
        --reads "${READS:-50}" --logins "${LOGINS:-200}" --times "${TIMES:-2}" \
        --mib "${MIB:-512}" || status=1
done
exit "$status"
