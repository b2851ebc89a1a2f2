#!/bin/sh
# Checks the TypeScript client: that its types are those of openapi/read.json, that it compiles, and, given the program, that
# it works against a server of its own. usage: scripts/client.sh [<masthead>]
# Without node this is left out, loudly; with CI=true that is a failure.
set -eu

cd "$(dirname -- "$0")/.."
masthead=
# The tests are run from another folder.
if [ $# -gt 0 ]; then masthead=$(cd "$(dirname -- "$1")" && pwd)/$(basename -- "$1"); fi

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
    cat >&2 <<'END'

  *** The TypeScript client was NOT checked: that needs npm and Node.js 20 or newer. ***

END
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
fi

cd clients/typescript
if ! cmp -s package-lock.json node_modules/installed.json; then
    echo 'installing what the TypeScript client is built with'
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/installed.json
fi
if ! npm run --silent generate:check; then
    echo 'clients/typescript/src/schema.ts is not that of openapi/read.json; write it with: cd clients/typescript && npm run generate' >&2
    exit 1
fi
if [ -n "$masthead" ]; then
    MASTHEAD="$masthead" npm test --silent
else
    npm run --silent build
    npm run --silent check
fi
