# Two commands do everything on a fresh machine with Python ≥ 3.11 and make: `make demo` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types contracts check lock bench serve generated clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

help:  ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## the environment, from requirements.lock (exact versions with hashes)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python 3.11 or newer is needed, this is {v.major}.{v.minor}: make PYTHON=python3.12 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## five tenders on embedded defaults, live; Ctrl-C stops, data stays in .bidding
	@$(BIN)/bidding demo

serve: setup  ## the platform alone, on embedded defaults
	@$(BIN)/bidding serve

test: check  ## lint, types, import contracts and all tests
	$(BIN)/python -m pytest -q

check: lint types contracts

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

bench: setup  ## ratios against named peers, measured in one run (minutes; nginx and gcc wanted)
	$(BIN)/python -m benchmarks

generated: setup  ## rewrite what is generated and committed: openapi.json, docs/rules.md
	$(BIN)/python -m bidding.api.openapi
	$(BIN)/python -m bidding.application.rulebook

lock: setup  ## recompile requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock

clean:  ## remove the environment and what was built (never .bidding)
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
