#!/bin/sh
# Runs all tests and closes with one line that sums up every test binary. Arguments go to cargo test.
# The tests start the Postgres that they need, under target/, and stop it.
set -eu

cd "$(dirname -- "$0")/.."
log=$(mktemp)
failed=$log.failed
trap 'rm -f "$log" "$failed"' EXIT
# Without a terminal at the other end of the pipe cargo would leave out its colours.
if [ -t 1 ]; then export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-always}"; fi

start=$(date +%s)
# A pipe has the exit status of its last command, so a failure is noted in a file.
{ cargo test --locked --no-fail-fast "$@" 2>&1 || : >"$failed"; } | tee "$log"
seconds=$(($(date +%s) - start))

sums=$(awk '
    { gsub(/\033\[[0-9;]*m/, "") }
    /^test result: / {
        for (i = 2; i <= NF; i++) {
            if ($i ~ /^passed/) passed += $(i - 1)
            if ($i ~ /^failed/) failed += $(i - 1)
            if ($i ~ /^ignored/) skipped += $(i - 1)
        }
    }
    END { printf "%d passed, %d failed, %d skipped", passed, failed, skipped }' "$log")
printf '\nAll test binaries together, built and run in %s s:\ntests: %s\n' "$seconds" "$sums"

if [ -e "$failed" ]; then
    echo 'cargo test failed; the reason stands above.' >&2
    exit 1
fi
case $sums in
    "0 passed"*)
        if [ $# -eq 0 ]; then
            echo 'No test ran, which is a failure.' >&2
            exit 1
        fi
        ;;
esac
