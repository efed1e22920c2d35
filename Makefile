# Two commands are enough: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install build run run-distributed check test soak bench docs format clean

tools := services/libs/tools/src
portcullis := node_modules/.bin/portcullis
DATA ?= .data/demo

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

install:
	@$(tools)/install/node-modules.sh

build: install ## compiles everything
	@PATH="$$PWD/node_modules/.bin:$$PATH" tsc -b

run: build ## starts the embedded product with a demonstration configuration (data in .data/demo)
	@exec $(portcullis) demo --data $(DATA)

run-distributed: build ## starts real Kafka, Redis and PostgreSQL and two replicas of each service
	@$(tools)/install/test-stores.sh
	@exec node_modules/.bin/node services/e2e/dist/distributed/main.js

check: install ## format, lint, types, layering, dead code, contracts, unit tests
	@$(tools)/check.sh

test: install ## installs what the tests need and runs everything
	@$(tools)/install/test-stores.sh
	@$(tools)/test.sh

soak: build ## the fault tests, much longer (ROUNDS=50)
	@$(tools)/install/test-stores.sh
	@PATH="$$PWD/node_modules/.bin:$$PATH" FAULT_ROUNDS=$${ROUNDS:-50} vitest run --project alone faults

bench: build ## measures codec and logins beside FreeRADIUS, one table
	@$(tools)/install/test-stores.sh
	@exec node_modules/.bin/node services/e2e/dist/bench/main.js $(BENCH)

docs: build ## writes docs/reference anew
	@node_modules/.bin/node $(tools)/generate-docs.mjs

format: install ## formats everything
	@node_modules/.bin/biome check --write --colors=off .

clean: ## removes build output, never data
	@rm -rf services/*/dist services/libs/*/dist proto/dist node_modules/.cache
