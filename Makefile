# `make` prints what there is to make.

TIPPLE_TARGET := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help demo cluster web postgres test test-long shots lint openapi bench clean-data

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build Tipple and run all of it here, with sample data
	@scripts/setup rust postgres node
	@scripts/web
	cargo build --profile demo -p tipple
	@exec $(TIPPLE_TARGET)/demo/tipple demo

cluster: ## run two of each service, two gateways and all they need here, as processes, until Ctrl-C
	@scripts/setup rust postgres rabbitmq redis node
	@scripts/web
	cargo build --profile demo -p tipple
	@exec $(TIPPLE_TARGET)/demo/tipple cluster

web: ## build the web app, which the program carries
	@scripts/setup node
	@scripts/web

postgres: ## keep a throw-away PostgreSQL for tests until Ctrl-C, and print its address
	@scripts/setup rust postgres
	cargo build -p tipple
	@$(TIPPLE_TARGET)/debug/tipple postgres -- sh -c 'echo "export TIPPLE_TEST_DATABASE_URL=$$TIPPLE_TEST_DATABASE_URL"; sleep 1000000'

test: ## run every test, beside a throw-away PostgreSQL server, RabbitMQ broker and Redis
	@scripts/setup rust postgres rabbitmq redis python node openid chromium
	@scripts/web --test
	cargo build --workspace --bins --tests
	@scripts/test $(TIPPLE_TARGET)/debug/tipple

test-long: ## run the long forms of those tests that have one
	@scripts/setup rust postgres rabbitmq redis python
	cargo build --profile demo -p tipple --bins --test kill_points --test cluster --test degraded --test overload --test fuzz
	cargo build --profile demo -p payments --test main
	@scripts/test-long $(TIPPLE_TARGET)/demo/tipple

shots: ## take pictures of the web app's pages, narrow and wide, light and dark, into e2e/shots
	@scripts/setup rust postgres node chromium
	@scripts/web
	SHOTS=shots cargo test -p tipple --test demo -- a_newcomer

lint: ## check the formatting, run clippy and Biome, check the types of the web app
	@scripts/setup rust node
	@scripts/web --check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

openapi: ## write the services' OpenAPI documents to openapi/, and the web app's types from them
	@scripts/setup rust node
	cargo build -p tipple
	$(TIPPLE_TARGET)/debug/tipple openapi --write openapi
	npm run --silent api

bench: ## measure, as bench/ describes
	bench/run
	bench/door
	bench/writers

clean-data: ## stop the demo's database and delete ./data
	@scripts/clean-data
