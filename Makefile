# The only command list. `make help` explains.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test endurance check gen bench

# Where none is installed, PostgreSQL comes from an npm package (see .ci/require).
ifneq ($(wildcard .tools/postgres/native/bin/postgres),)
export PG_BIN_DIR ?= $(CURDIR)/.tools/postgres/native/bin
endif
# Everything that needs a server of its own starts it through this.
WITH_POSTGRES := cargo run --quiet --package tenantatlas-tests --bin with-postgres --

help: ## Explain the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-9s %s\n", $$1, $$2 }'

run: ## Build what is needed and start the whole product with demo data
	@.ci/require rust libpq $(if $(DATABASE_URL),,postgres)
	@$(MAKE) --no-print-directory --silent serve

.PHONY: serve
serve:
	cargo build --release --locked --package tenantatlas
	exec target/release/tenantatlas serve --demo

test: ## Run all tests
	@.ci/require rust libpq postgres
	@$(MAKE) --no-print-directory --silent tests

.PHONY: tests
tests:
	cargo build --locked --workspace
	$(WITH_POSTGRES) cargo test --locked --workspace

endurance: ## Fault tests in their long form: hundreds of kills, restarts, broken connections
	@.ci/require rust libpq postgres
	@$(MAKE) --no-print-directory --silent faults

# ENDURANCE_KILLS=1000, ENDURANCE_RESTARTS=20, … say how long; FAULTS=killed:: runs one family.
.PHONY: faults
faults:
	cargo build --release --locked --workspace
	ENDURANCE=1 $(WITH_POSTGRES) cargo test --release --locked --package tenantatlas-tests --test faults -- \
		--nocapture --test-threads=1 $(FAULTS)

check: ## Format, lints, docs, generated files
	@.ci/require rust libpq node
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps --document-private-items --quiet
	cargo run --quiet --locked --package tenantatlas -- openapi | diff -u openapi/openapi.json - \
		|| { echo 'openapi/openapi.json is not current: make gen'; exit 1; }
	npm ci --prefix openapi --silent --no-audit --no-fund
	npm run --prefix openapi --silent lint

gen: ## Write generated files: API document, schema.rs
	@.ci/require rust libpq postgres
	@$(MAKE) --no-print-directory --silent generate

.PHONY: generate
generate: .tools/bin/diesel
	cargo run --quiet --package tenantatlas -- openapi > openapi/openapi.json
	$(WITH_POSTGRES) tests/tools/print-schema > api/src/db/schema.rs.new
	mv api/src/db/schema.rs.new api/src/db/schema.rs
	cargo fmt

.tools/bin/diesel:
	cargo install diesel_cli --version '=2.3.14' --locked --no-default-features --features postgres --root .tools

bench: ## Measure, and write tests/perf/RESULTS.md; BENCH="backfill small" measures only those
	@.ci/require rust libpq postgres node
	cargo build --release --locked --workspace
	target/release/perf $(BENCH)
