#!/bin/sh
# A short load on a server of its own, on the loopback address, with an empty folder and the sample site:
# REQUESTS requests (4,000) for each of two addresses of the read API, CLIENTS (32) at a time. Says how long they took, and
# fails unless every answer is 200 and the server then ends in good order within 20 s of SIGTERM.
# curl runs on the same cores: the times show that something changed, and are no measure of what a server can do.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
requests=${REQUESTS:-4000}
clients=${CLIENTS:-32}

if ! command -v curl >/dev/null 2>&1; then
    echo 'curl is missing; the load is made with it (7.66 or newer).' >&2
    exit 1
fi
. scripts/lib/server.sh
start_server "$masthead" --sample

status=0
for path in /v1/pages '/v1/resolve?path=/'; do
    # curl counts in what follows the #, which is never sent. Some versions draw their progress even when silent.
    curl --silent --parallel --parallel-immediate --parallel-max "$clients" --max-time 30 --output /dev/null \
        --write-out '%{http_code} %{time_total}\n' "$site$path#[1-$requests]" >"$home/answers" 2>/dev/null || true
    sort -k 2 -n "$home/answers" | awk -v path="$path" -v wanted="$requests" '
        { time[NR] = $2 * 1000; if ($1 == 200) good++ }
        END {
            printf "%-20s %d of %d answered 200; half within %.1f ms, 99 in 100 within %.1f ms, all within %.1f ms\n",
                path, good, wanted, time[int((NR + 1) / 2)], time[int(NR * 0.99 + 0.5)], time[NR]
            exit good != wanted
        }' || status=1
done

kill -TERM "$server"
{ sleep 20 && kill -KILL "$server"; } >/dev/null 2>&1 &
guard=$!
if ! wait "$server"; then
    echo 'the server did not end in good order within 20 s of SIGTERM:' >&2
    cat "$messages" >&2
    status=1
fi
server=
kill "$guard" 2>/dev/null || true
exit "$status"
