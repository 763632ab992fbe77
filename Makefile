# `make` prints what there is to make.

TIPPLE_TARGET := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help demo postgres test test-long lint openapi bench clean-data

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build Tipple and run all of it here, with sample data
	@scripts/setup rust postgres
	cargo build --profile demo -p tipple
	@exec $(TIPPLE_TARGET)/demo/tipple demo

postgres: ## keep a throw-away PostgreSQL for tests until Ctrl-C, and print its address
	@scripts/setup rust postgres
	cargo build -p tipple
	@$(TIPPLE_TARGET)/debug/tipple postgres -- sh -c 'echo "export TIPPLE_TEST_DATABASE_URL=$$TIPPLE_TEST_DATABASE_URL"; sleep 1000000'

test: ## run every test, beside a throw-away PostgreSQL server
	@scripts/setup rust postgres python node chromium
	cargo build --workspace --bins --tests
	cargo test --workspace --doc --quiet
	@scripts/test $(TIPPLE_TARGET)/debug/tipple

test-long: ## run the long forms of those tests that have one
	@scripts/setup rust postgres
	cargo build -p tipple --bins --tests
	@scripts/test-long $(TIPPLE_TARGET)/debug/tipple

lint: ## check the formatting and run clippy
	@scripts/setup rust
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

openapi: ## write the services' OpenAPI documents to openapi/
	@scripts/setup rust
	cargo build -p tipple
	$(TIPPLE_TARGET)/debug/tipple openapi --write openapi

bench: ## measure, as bench/ describes
	bench/run

clean-data: ## stop the demo's database and delete ./data
	@scripts/clean-data
