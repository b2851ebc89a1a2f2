# One command each: `make run` and `make test`. `make` alone lists the rest.
# ARGS goes to masthead (`make run ARGS="--listen 127.0.0.1:9000"`) or to cargo test (`make test ARGS=name_of_a_test`).

export PATH := $(PATH):$(HOME)/.cargo/bin

# A server that is elsewhere needs no server programs here.
NO_POSTGRES := $(if $(DATABASE_URL),--no-postgres)
BINARY := $${CARGO_TARGET_DIR:-target}/release/masthead
# What the tests have just built.
TESTED := $${CARGO_TARGET_DIR:-target}/debug/masthead

.PHONY: help prerequisites run test verify fuzz lint fmt openapi openapi-lint schema load client example login-flood upload-flood bench bench-http bench-media hostile deny

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, build in release, serve (with the sample site when there is no content yet).
	@scripts/prerequisites.sh $(NO_POSTGRES)
	@cargo build --release --locked --bin masthead
	@exec "$(BINARY)" serve --sample $(ARGS)

test: prerequisites ## Run what CI runs: all tests, then 1,000 fuzzed requests, the linters of the OpenAPI documents and the types of the client.
	@scripts/test.sh $(ARGS)
	@$(if $(ARGS),,scripts/fuzz.sh "$(TESTED)" --cases 1000)
	@scripts/openapi-lint.sh
	@scripts/client.sh

verify: prerequisites ## The long tier: property tests with large counts, the long tests, 10,000 fuzzed requests, hostile pictures, load and floods, the clients.
	@PROPTEST_CASES=$${PROPTEST_CASES:-20000} MASTHEAD_VERIFY=1 scripts/test.sh --release $(ARGS)
	@$(MAKE) --no-print-directory fuzz ARGS="--cases 10000 --seed random"
	@$(MAKE) --no-print-directory hostile
	@$(MAKE) --no-print-directory load
	@$(MAKE) --no-print-directory login-flood
	@$(MAKE) --no-print-directory upload-flood
	@$(MAKE) --no-print-directory client
	@$(MAKE) --no-print-directory example
	@scripts/client-python.sh "$(BINARY)"

hostile: prerequisites ## Upload bombs, and the crafted and truncated pictures of Pillow and libpng, to a server of its own, and have exiftool read what it makes of them (needs Debian's source packages).
	@cargo build --release --locked --bin masthead
	@scripts/hostile.sh "$(BINARY)"

fuzz: prerequisites ## Send requests that schemathesis makes up from the OpenAPI documents to a server of its own (needs python3).
	@cargo build --release --locked --bin masthead
	@scripts/fuzz.sh "$(BINARY)" $(ARGS)

lint: prerequisites ## Check the formatting, and run clippy with warnings as errors.
	@scripts/component.sh rustfmt clippy
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings

fmt: ## Format the code.
	@scripts/component.sh rustfmt
	cargo fmt

openapi: prerequisites ## Write openapi/read.json and openapi/admin.json from the routes.
	@scripts/openapi.sh

openapi-lint: ## Lint the OpenAPI documents with spectral and redocly (needs node).
	@scripts/openapi-lint.sh

schema: prerequisites ## Write src/schema.rs from a freshly migrated private database (needs the diesel program).
	@scripts/schema.sh

load: prerequisites ## Put a short, bounded load on a server of its own on the loopback address.
	@cargo build --release --locked --bin masthead
	@scripts/load.sh "$(BINARY)"

client: prerequisites ## Check the TypeScript client: its types, that it compiles, that it works with a server of its own (needs node).
	@cargo build --release --locked --bin masthead
	@scripts/client.sh "$(BINARY)"

example: prerequisites ## Build the example site from the sample and check every page in Chromium (needs node and chromium).
	@cargo build --release --locked --bin masthead
	@scripts/example.sh "$(BINARY)"

login-flood: prerequisites ## Measure what 200 wrong logins a second cost those who read, on a server of its own (needs python3, about 5 minutes).
	@cargo build --release --locked --bin masthead
	@scripts/login-flood.sh "$(BINARY)"

upload-flood: prerequisites ## Measure what 50 uploads of 10 MB at once cost those who read, on a server of its own (needs python3).
	@cargo build --release --locked --bin masthead
	@scripts/upload-flood.sh "$(BINARY)"

bench: prerequisites ## Measure what growth costs: fill a small and a large database, print the figures (about 10 minutes; ARGS="reads search" for those alone).
	@cargo bench --locked --bench growth -- $(ARGS)

bench-http: prerequisites ## Measure answers from memory side by side with nginx and a static file (needs nginx and wrk).
	@cargo build --release --locked --bin masthead
	@scripts/bench-http.sh "$(BINARY)"

bench-media: prerequisites ## Measure pictures side by side with sharp, in one run (needs node and npm).
	@scripts/bench-media.sh $(ARGS)

deny: ## Check advisories, licences and sources of the crates (needs cargo-deny and the advisory database).
	@command -v cargo-deny >/dev/null || { echo 'cargo-deny is missing; one command installs it: cargo install --locked cargo-deny' >&2; exit 1; }
	cargo deny --locked check

prerequisites:
	@scripts/prerequisites.sh
