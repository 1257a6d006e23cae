# Everything a developer or an operator runs. `make help` lists it; `make demo` needs Python 3.11+, make and git, nothing else.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The first interpreter our locked dependencies support, a tried one (up to 3.13) before a newer; or `make PYTHON=...`.
PYTHON ?= $(shell for newest in 13 14; do for candidate in python3 python3.13 python3.12 python3.11; do \
	"$$candidate" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $$newest))" 2>/dev/null \
	&& echo "$$candidate" && exit; done; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(BIN)/uv

# A scheduler's or container's account may have no home folder.
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/.frontdoor/user-home
endif
export UV_PYTHON := $(BIN)/python
export UV_NO_PROGRESS := 1
# An inspecting proxy's certificate is in the system's store, and a mirror is named in pip's configuration: uv asks neither.
export UV_SYSTEM_CERTS ?= 1
MIRROR = index="$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true)}"; \
	test -z "$$index" || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}";
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Personal data passes through what these commands write.
PRIVATE := umask 0077;

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: setup
setup: $(READY) ## Install the locked dependencies into .venv

$(READY): requirements/bootstrap.txt requirements/develop.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.14 is needed; none was found on PATH" >&2; exit 1; }
	@echo "Installing the locked dependencies into $(VENV) (once, a few minutes) ..."
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/bootstrap.txt
	@$(MIRROR) $(UV) pip sync --quiet --require-hashes --compile-bytecode requirements/develop.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: $(READY) ## A synthetic council's week, from files to alerts, on a throw-away home
	@$(PRIVATE) $(BIN)/frontdoor demo

.PHONY: test
test: $(READY) ## Run all the tests
	@$(PRIVATE) $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

.PHONY: up
up: $(READY) ## Start the real Airflow and PostgreSQL and leave them running
	@$(PRIVATE) $(BIN)/frontdoor up

.PHONY: down
down: $(READY) ## End everything `make up` started
	@$(PRIVATE) $(BIN)/frontdoor down

.PHONY: check
check: $(READY) ## Style, types, layers, SQL and generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests
	$(BIN)/frontdoor contracts generate --check
	$(BIN)/frontdoor seeds --check

.PHONY: fix
fix: $(READY) ## Mend what ruff and sqlfluff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --processes 2 dbt_project/models dbt_project/tests

.PHONY: bench
bench: $(READY) ## Measure; print ratios of one run
	@$(PRIVATE) $(BIN)/python -m tests.bench

BENCH := $(VENV)/bench

$(BENCH)/.ready: $(READY) requirements/bench.txt
	@echo "Installing what only the linkage benchmark needs into $(BENCH) ..."
	@test -x $(BENCH)/bin/python || $(BIN)/python -m venv --without-pip $(BENCH)
	@$(MIRROR) $(UV) pip sync --quiet --python $(BENCH)/bin/python --require-hashes requirements/bench.txt
	@touch $@

.PHONY: bench-linkage
bench-linkage: $(BENCH)/.ready ## Measure the linking beside Splink, on records with known answers
	@$(PRIVATE) $(BIN)/python -m tests.bench.linkage

.PHONY: generate
generate: $(READY) ## Write again everything that follows from contracts, checks and models
	$(BIN)/frontdoor contracts generate
	$(BIN)/frontdoor seeds

.PHONY: docs
docs: generate ## Write the generated pages of docs/

.PHONY: lock
lock: $(READY) ## Resolve requirements/*.in again into hash-locked files without index addresses
	@$(MIRROR) cd requirements && for name in bootstrap runtime develop bench; do \
		../$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			--quiet --output-file "$$name.txt" "$$name.in"; done

.PHONY: clean
clean: ## Delete caches and the demo's home; keeps .venv and .frontdoor's data
	@if test -x $(BIN)/frontdoor; then $(BIN)/frontdoor demo --remove; fi
	@rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis dbt_project/target dbt_project/logs
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
