# A server of Masthead for the time of a script: on the loopback address, with a data directory and uploads of its own, ended
# and removed with the script. To be read by scripts, which run in the root of the repository:
#   . scripts/lib/server.sh
#   start_server <masthead> [arguments of serve]
# Before, $home is there: a folder of the script; a script may set $messages, the file for what the server says, and $LAUNCHER,
# what the server is started with. After, $site is the address, such as http://127.0.0.1:4000, and $server the process.
# shellcheck shell=sh disable=SC2034  # what the script uses

home=$(mktemp -d)
# The private Postgres runs as another user when this is root.
chmod 755 "$home"
messages=$home/messages
server=

# Ends the server; says how it ended.
stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    ended=0
    wait "$server" 2>/dev/null || ended=$?
    server=
    return "$ended"
}

# What else has to end; for scripts to define anew.
finish_more() { :; }

# shellcheck disable=SC2317  # called by the trap
finish() {
    finish_more
    stop_server || true
    rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM

start_server() {
    masthead=$1
    shift
    unset DATABASE_URL MASTHEAD_MIGRATE_URL MASTHEAD_READER_URL
    export MASTHEAD_DATA_DIR="$home/data" MASTHEAD_UPLOADS="$home/uploads" MASTHEAD_LOG="${MASTHEAD_LOG:-warn}"
    : >"$messages"
    # shellcheck disable=SC2086  # words
    ${LAUNCHER:-} "$masthead" serve --listen 127.0.0.1:0 "$@" 2>"$messages" &
    server=$!
    waited=0
    until site=$(sed -n 's/^Masthead listens on \(http:.*\)$/\1/p' "$messages") && [ -n "$site" ]; do
        if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge 600 ]; then
            echo 'the server did not start:' >&2
            cat "$messages" >&2
            exit 1
        fi
        waited=$((waited + 1))
        sleep 0.1
    done
}

# Adds <name>@example.org with a role and prints a token for it. What is said meanwhile goes to standard error.
token_of() {
    echo "a long password of $1 for one run" |
        "$masthead" user add --email "$1@example.org" --name "$1" --role "$2" >&2
    "$masthead" token create --user "$1@example.org" --name "${3:-run}" --expires 1d
}
