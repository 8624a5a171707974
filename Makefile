# Two commands matter: `make run` starts the app, `make test` checks everything.
SHELL := /bin/bash
PYTHON ?= python3
TORCH_INDEX_URL ?=
export PYTHON TORCH_INDEX_URL

BIN := .venv/bin/python -m
# the tools of package.json, run by the Node that requirements-dev.txt brings
NODE := PATH="$(CURDIR)/.venv/bin:$$PATH"

.PHONY: help run test soak install install-dev checks lint types types-python types-js tests-js tests format clean
.DEFAULT_GOAL := help

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: install  ## make .venv if there is none, install, start the app (PORT=8600 for another port)
	$(BIN) streamlit run app.py $(if $(PORT),--server.port=$(PORT))

# the checks beside each other: most take one processor; then pytest, which takes all there are
test: install-dev  ## install what the tests need, then check style and types and run every test
	@$(MAKE) --no-print-directory -j 2 checks
	@$(MAKE) --no-print-directory tests

checks: types-python lint types-js tests-js

# -n 2: each training has a thread of its own
soak: install-dev  ## run what the tests leave out, before a release: real trainings, kills, and browser tests' variants, some 5 minutes on two cores
	$(BIN) pytest -m soak -n 2 --durations=0

install:
	@scripts/venv.sh requirements.txt

# apt fetches Chromium while Python's packages are fetched; what it could not install, the last line does
install-dev:
	@scripts/chromium.sh apt & scripts/venv.sh requirements-dev.txt && scripts/npm.sh; status=$$?; wait; exit $$status
	@scripts/chromium.sh

lint: install-dev
	$(BIN) ruff check .
	$(BIN) ruff format --check .
	$(NODE) node_modules/.bin/biome check --error-on-warnings

types: types-python types-js

types-python: install-dev
	$(BIN) mypy

types-js: install-dev
	$(NODE) node_modules/.bin/tsc

tests-js: install-dev
	$(NODE) node --test "tests/frontend/**/*.test.mjs"

# three workers for two cores, as tests of servers and pages also wait; a file's tests stay with one worker, so that their
# shared fixtures are made once; browser tests run last, the longest files first (tests/conftest.py)
tests: install-dev
	$(BIN) pytest -n 3 --dist loadfile --no-loadscope-reorder

format: install-dev  ## let ruff and Biome put style and format right
	$(BIN) ruff check --fix .
	$(BIN) ruff format .
	$(NODE) node_modules/.bin/biome check --write

clean:  ## remove .venv and the caches; runs are kept
	rm -rf .venv node_modules .pytest_cache .mypy_cache .ruff_cache build dist ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
