#!/bin/sh
# Lints openapi/read.json and openapi/admin.json with spectral and redocly. Clean means no error and no warning.
# The linters are pinned in scripts/openapi-lint and installed under target/ when that pin changes.
# Without node the linting is left out, loudly; with CI=true that is a failure.
set -eu

cd "$(dirname -- "$0")/.."
pins=scripts/openapi-lint
home=target/openapi-lint
documents='openapi/read.json openapi/admin.json'

# What redocly asks for: 20.19 or a later 20, or 22.12 or newer.
node_is_fit() {
    version=$(node --version 2>/dev/null | sed 's/^v//')
    major=${version%%.*} minor=${version#*.}
    minor=${minor%%.*}
    case $major in
        '' | *[!0-9]*) return 1 ;;
        20) [ "$minor" -ge 19 ] ;;
        22) [ "$minor" -ge 12 ] ;;
        *) [ "$major" -gt 22 ] ;;
    esac
}

if ! node_is_fit || ! command -v npm >/dev/null 2>&1; then
    cat >&2 <<'END'

  *** The OpenAPI documents were NOT linted: spectral and redocly need npm and Node.js 20.19 or 22.12 or newer. ***

END
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
fi

for document in $documents; do
    if [ ! -f "$document" ]; then
        echo "$document is missing; \`make openapi\` writes it." >&2
        exit 1
    fi
done

if ! cmp -s "$pins/package-lock.json" "$home/installed.json"; then
    echo 'installing spectral and redocly under target/openapi-lint'
    mkdir -p "$home"
    rm -f "$home/installed.json"
    cp "$pins/package.json" "$pins/package-lock.json" "$home/"
    npm ci --prefix "$home" --ignore-scripts --no-audit --no-fund --loglevel=error
    cp "$pins/package-lock.json" "$home/installed.json"
fi

# Neither may ask the network for anything.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

status=0
# shellcheck disable=SC2086  # two names, split on purpose
"$home/node_modules/.bin/spectral" lint --ruleset .spectral.yaml --fail-severity=warn $documents || status=1
# shellcheck disable=SC2086
"$home/node_modules/.bin/redocly" lint --config redocly.yaml $documents || status=1
exit "$status"
