#!/bin/sh
# Fails, with the command that helps, unless the named components of the Rust toolchain are there.
set -eu

for component in "$@"; do
    case $component in
        rustfmt) program='cargo fmt' ;;
        *) program="cargo $component" ;;
    esac
    # The stand-ins of rustup are there without the component, so only running tells.
    if ! $program --version >/dev/null 2>&1; then
        printf '%s\n' "$program does not run here. One command installs it: rustup component add $component" >&2
        exit 1
    fi
done
