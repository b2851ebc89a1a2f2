#!/bin/sh
# Masthead beside nginx: the same JSON, from the memory of Masthead with all its middleware and as a static file from nginx
# (access log off, open file cache), one worker each on one core, the generator on another, in turns. Prints the median of
# ROUNDS (5) rounds of SECONDS (4) with CLIENTS (64) connections, for the body and for 304, and the ratios.
# Then 10,000 pages are imported and read, and the memory that the process holds is printed. Fails when an answer is not 200
# or 304 as it should be. Figures are printed and never asserted: machines are noisy.
# usage: scripts/bench-http.sh <masthead>. Needs nginx, wrk, taskset, curl and python3.
set -eu

cd "$(dirname -- "$0")/.."
masthead=$1
for program in nginx wrk taskset curl python3; do
    command -v "$program" >/dev/null 2>&1 && continue
    echo "$program is missing; one command installs all of it on Debian: apt-get install nginx wrk util-linux curl python3" >&2
    exit 1
done
. scripts/lib/server.sh
nginx=
# shellcheck disable=SC2317  # called when the script ends
finish_more() {
    [ -z "$nginx" ] || { kill -TERM "$nginx" 2>/dev/null && wait "$nginx" 2>/dev/null || true; }
}
LAUNCHER='taskset -c 0'
start_server "$masthead" --workers 1
token=$(token_of bench admin bench 2>"$home/user") || { cat "$home/user" >&2; exit 1; }
python3 -B scripts/bench_http.py --site "$site" --token "$token" --home "$home" prepare
cat >"$home/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $home/nginx.pid; error_log $home/nginx.log warn;
events { worker_connections 1024; }
http {
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000;
    open_file_cache max=100 inactive=60s; open_file_cache_valid 60s;
    client_body_temp_path $home/body; proxy_temp_path $home/proxy; fastcgi_temp_path $home/fastcgi;
    uwsgi_temp_path $home/uwsgi; scgi_temp_path $home/scgi;
    types { application/json json; }
    server { listen 127.0.0.1:$(cat "$home/port"); root $home/www; }
}
CONF
taskset -c 0 nginx -c "$home/nginx.conf" 2>>"$home/nginx.log" &
nginx=$!
python3 -B scripts/bench_http.py --site "$site" --server "$server" --home "$home" --rounds "${ROUNDS:-5}" --seconds "${SECONDS_EACH:-4}" \
    --clients "${CLIENTS:-64}" measure

echo 'Importing pages, to see what a full cache takes.'
python3 -B scripts/bench_http.py --home "$home" export
"$masthead" import wordpress "$home/export.xml" --data-dir "$home/data" >/dev/null 2>"$home/import" || { cat "$home/import" >&2; exit 1; }
python3 -B scripts/bench_http.py --site "$site" --server "$server" --home "$home" fill
