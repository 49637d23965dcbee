# The only command list. `make help` explains.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run dev test databases contract attack e2e screenshots endurance check gen examples release bench

# Where none is installed, PostgreSQL comes from an npm package (see .ci/require).
ifneq ($(wildcard .tools/postgres/native/bin/postgres),)
export PG_BIN_DIR ?= $(CURDIR)/.tools/postgres/native/bin
endif
# And a newer Node.js where the one installed is too old.
ifneq ($(wildcard .tools/node/node_modules/node/bin/node),)
export PATH := $(CURDIR)/.tools/node/node_modules/node/bin:$(PATH)
endif
# Always of the whole workspace: a build of one package has other features, and compiles most of the libraries again.
BUILD := cargo build --locked --workspace
# Versions of what cargo installs. Each is in the name of the stamp that its installation leaves, so another one here is installed.
OAS3_GEN := 0.29.0
DIESEL := 2.3.14
# Everything that needs a server of its own starts it through this, once it is built.
WITH_POSTGRES := target/debug/with-postgres

# Tests wait for PostgreSQL and for the product half of the time.
export RUST_TEST_THREADS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2)

help: ## Explain the targets
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-11s %s\n", $$1, $$2 }'

run: ## Build what is needed and start the whole product with demo data
	@.ci/require rust libpq node $(if $(DATABASE_URL),,postgres)
	@$(MAKE) --no-print-directory --silent serve

.PHONY: serve
serve: web/dist/.built
	cargo build --release --locked --package tenantatlas
	exec target/release/tenantatlas serve --demo

# The web page: dependencies as the lock file has them, then the build that the binary serves.
web/node_modules/.package-lock.json: web/package-lock.json
	npm ci --prefix web --silent --no-audit --no-fund
	@touch $@

# Folders too, so that a file which goes makes the page new. The stamp comes last: a build that failed half-way is done again.
PAGE_SOURCES := web/index.html web/package.json web/postcss.config.cjs web/precompress.ts web/tsconfig.json web/vite.config.ts \
	$(shell find web/src web/public)

web/dist/.built: web/node_modules/.package-lock.json $(PAGE_SOURCES)
	npm run --prefix web --silent bundle
	@touch $@

dev: web/node_modules/.package-lock.json ## Serve the web page with hot reload, over a running `make run`
	npm run --prefix web dev

test: ## Run all tests
	@.ci/require rust libpq postgres node chromium nginx
	@$(MAKE) --no-print-directory --silent tests

.PHONY: tests
tests: web/dist/.built tests/e2e/node_modules/.package-lock.json
	$(BUILD)
	$(WITH_POSTGRES) cargo test --locked --workspace
	npm test --prefix web
	$(WITH_POSTGRES) npm test --prefix tests/e2e

databases: ## Run the product over every database that it supports: versions 15 to 18, encryption, locales, rights
	@.ci/require rust libpq postgres node databases
	@$(MAKE) --no-print-directory --silent supported-databases

# DATABASES=tls:: runs one family. What costs little is part of `make test`, too.
.PHONY: supported-databases
supported-databases:
	$(BUILD)
	cargo test --locked --workspace --test databases -- --include-ignored --nocapture --test-threads=2 $(DATABASES)

contract: ## Clients made from the API document go their way, and generated requests attack every operation
	@.ci/require rust libpq postgres node python curl jq
	@$(MAKE) --no-print-directory --silent clients short-attack

.PHONY: clients
clients: .tools/python/.installed .tools/bin/.oas3-gen-$(OAS3_GEN) tests/contract/typescript/node_modules/.package-lock.json
	$(BUILD)
	tests/contract/generate
	tests/contract/with-product tests/contract/clients
	tests/contract/with-product tests/contract/guide
	tests/contract/with-product tests/contract/readme

.PHONY: short-attack
short-attack: .tools/python/.installed
	$(BUILD)
	tests/contract/with-product tests/contract/attack

attack: ## The same attack for longer; ATTACK_EXAMPLES=200 requests an operation, ATTACK_SEED=1
	@.ci/require rust libpq postgres python curl jq
	@ATTACK_EXAMPLES=$${ATTACK_EXAMPLES:-200} $(MAKE) --no-print-directory --silent short-attack

# Python and its packages, as the hashes of the lock file have them.
.tools/python/.installed: tests/contract/requirements.txt
	rm -rf .tools/python
	python3 -m venv .tools/python
	.tools/python/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement tests/contract/requirements.txt
	@touch $@

.tools/bin/.oas3-gen-$(OAS3_GEN):
	cargo install oas3-gen --version '=$(OAS3_GEN)' --locked --debug --force --root .tools
	@rm -f .tools/bin/.oas3-gen-*
	@touch $@

tests/contract/typescript/node_modules/.package-lock.json: tests/contract/typescript/package-lock.json
	npm ci --prefix tests/contract/typescript --silent --no-audit --no-fund
	@touch $@

tests/e2e/node_modules/.package-lock.json: tests/e2e/package-lock.json
	npm ci --prefix tests/e2e --silent --no-audit --no-fund
	@touch $@

e2e: ## Run the browser tests; E2E="sign-in --headed" are arguments for Playwright
	@.ci/require rust libpq postgres node chromium nginx
	@$(MAKE) --no-print-directory --silent browser-tests

.PHONY: browser-tests
browser-tests: web/dist/.built tests/e2e/node_modules/.package-lock.json
	$(BUILD)
	$(WITH_POSTGRES) npm test --prefix tests/e2e -- $(E2E)

screenshots: ## Look at every page: light, dark, phone, into tests/e2e/screenshots
	@SCREENSHOTS=1 $(MAKE) --no-print-directory e2e

endurance: ## Fault tests in their long form: hundreds of kills, restarts, broken connections
	@.ci/require rust libpq postgres
	@$(MAKE) --no-print-directory --silent faults

# ENDURANCE_KILLS=1000, ENDURANCE_RESTARTS=20, … say how long; FAULTS=killed:: runs one family.
.PHONY: faults
faults:
	cargo build --release --locked --workspace
	ENDURANCE=1 target/release/with-postgres cargo test --release --locked --package tenantatlas-tests --test faults -- \
		--nocapture --test-threads=1 $(FAULTS)

check: ## Format, lints, docs, generated files
	@.ci/require rust libpq node
	cargo fmt --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps --document-private-items --quiet
	$(BUILD)
	target/debug/tenantatlas openapi | diff -u openapi/openapi.json - \
		|| { echo 'openapi/openapi.json is not current: make gen'; exit 1; }
	npm ci --prefix openapi --silent --no-audit --no-fund
	npm run --prefix openapi --silent lint
	npm run --prefix openapi --silent breaks
	npm run --prefix openapi --silent test
	@$(MAKE) --no-print-directory --silent web/node_modules/.package-lock.json tests/e2e/node_modules/.package-lock.json
	npm run --prefix web --silent check
	npm run --prefix web --silent types -- --check
	npm run --prefix tests/e2e --silent check

gen: ## Write generated files: API document, schema.rs, TypeScript types
	@.ci/require rust libpq postgres node
	@$(MAKE) --no-print-directory --silent generate

.PHONY: generate
generate: .tools/bin/.diesel-$(DIESEL) web/node_modules/.package-lock.json
	$(BUILD)
	target/debug/tenantatlas openapi > openapi/openapi.json
	npm run --prefix web --silent types
	$(WITH_POSTGRES) tests/tools/print-schema > api/src/db/schema.rs.new
	mv api/src/db/schema.rs.new api/src/db/schema.rs
	cargo fmt

examples: ## Record the examples of the API document from answers of the product, then write generated files
	@.ci/require rust libpq postgres node
	$(BUILD)
	$(WITH_POSTGRES) cargo test --locked --workspace --test api -- --ignored guards::examples::record
	@$(MAKE) --no-print-directory --silent generate

.tools/bin/.diesel-$(DIESEL):
	cargo install diesel_cli --version '=$(DIESEL)' --locked --no-default-features --features postgres --force --root .tools
	@rm -f .tools/bin/.diesel-*
	@touch $@

release: ## Make the present API document the released one, which later ones are compared with
	cp openapi/openapi.json openapi/released.json
	sed -i.old '/^#/!d' openapi/intended-breaks.txt && rm openapi/intended-breaks.txt.old

bench: ## Measure, and write tests/perf/RESULTS.md; BENCH="backfill small" measures only those
	@.ci/require rust libpq postgres node chromium
	@$(MAKE) --no-print-directory --silent web/dist/.built
	cargo build --release --locked --workspace
	target/release/perf $(BENCH)
