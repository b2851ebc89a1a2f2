#!/bin/sh
# Checks the example site: that it is built from the sample of a server of its own, that every page is sound in a browser,
# narrow and wide, light and dark. usage: scripts/example.sh <masthead>
# Without node or Chromium this is left out, loudly; with CI=true that is a failure.
set -eu

cd "$(dirname -- "$0")/.."
# The tests are run from another folder.
masthead=$(cd "$(dirname -- "$1")" && pwd)/$(basename -- "$1")

missing=
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then missing='npm and Node.js 20 or newer'; fi
: "${CHROMIUM:=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
if [ -z "$CHROMIUM" ]; then missing="${missing:+$missing, and }Chromium (apt-get install chromium)"; fi
if [ -n "$missing" ]; then
    cat >&2 <<END

  *** The example site was NOT checked: that needs $missing. ***

END
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
fi

# What package-lock.json of a folder names, unless it is there already.
install() {
    if ! cmp -s package-lock.json node_modules/installed.json; then
        echo "installing what $1 is built with"
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
        cp package-lock.json node_modules/installed.json
    fi
}
(cd clients/typescript && install 'the TypeScript client' && npm run --silent build)
cd examples/astro
install 'the example site'
npm run --silent check
MASTHEAD="$masthead" CHROMIUM="$CHROMIUM" npm test --silent
