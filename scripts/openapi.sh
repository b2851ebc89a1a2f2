#!/bin/sh
# Writes the two OpenAPI documents from the routes. A test compares them byte for byte.
set -eu

cd "$(dirname -- "$0")/.."
mkdir -p openapi
cargo build --locked --bin masthead
for which in read admin; do
    # By way of a second file, so that a failure leaves the document as it was.
    cargo run --quiet --locked -- openapi "$which" >"openapi/$which.json.new"
    mv "openapi/$which.json.new" "openapi/$which.json"
    echo "openapi/$which.json"
done
