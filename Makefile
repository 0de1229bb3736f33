# The whole of it needs Python 3.11 or newer and make; everything else is installed into .venv from the package index.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore
# `up` ends with make, even where make is killed (Linux).
WITH_MAKE := $(shell command -v setpriv >/dev/null 2>&1 && echo setpriv --pdeathsig TERM)
BROWSER := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2>/dev/null)))

.PHONY: run test check messages screenshots bench clean

run: .venv/run.stamp
	@exec $(WITH_MAKE) $(BIN)/cyberwehr up --demo

test: .venv/test.stamp browser-note
	@$(BIN)/python -m pytest -n 2 -q tests

check: .venv/test.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q $(wildcard tests/test_translations.py tests/test_architecture.py)

# After a change of texts: the template and both catalogues; what is new then waits for its translation.
messages: .venv/test.stamp
	@$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k texts -k plural:1,2 --no-wrap --no-location --sort-output --omit-header -o translations/messages.pot .
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date \
		-i translations/messages.pot -d translations

# The pictures of the documents, taken from a running exercise; look at them before they are committed.
screenshots: .venv/test.stamp
	@$(BIN)/python -m tests.e2e.screenshots docs/images

bench: .venv/test.stamp
	@$(BIN)/python -m bench

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

.PHONY: browser-note
browser-note:
ifeq ($(BROWSER),)
	@echo "!!! NO CHROMIUM FOUND: the browser tests will be SKIPPED. Install it (on Debian: apt install chromium). !!!"
endif

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 run")'
	@$(PYTHON) -m venv .venv

# The code is run where it lies; only new requirements need a new installation.
.venv/run.stamp: setup.cfg pyproject.toml | .venv/bin/python
	@echo "Installing what is needed into .venv (once; a minute or two) …"
	@$(PIP) -e '.[pdf]'
	@touch $@

.venv/test.stamp: setup.cfg pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need into .venv (once; a minute or two) …"
	@$(PIP) -e '.[test]'
	@touch $@ .venv/run.stamp
