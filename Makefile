# make demo   the whole line on a sample newsroom, with Airflow; ends by itself
# make up     the same, live and lasting, with your watchlist (WATCHLIST=…)
# make test   every check and every test
# make check  format, lint, types, import contracts
# make bench  the commands that print performance figures
# make elasticsearch  a real Elasticsearch on loopback, empty, until Ctrl-C (VERSION=9.4, PORT=9200)
# make lock   resolve the requirements anew

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WATCHLIST ?=
VERSION ?= 8.19
PORT ?= 9200
RUN := .venv/.run-installed
DEV := .venv/.dev-installed
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo up test check bench servers elasticsearch lock clean

demo: $(RUN)
	@$(BIN)/newsdesk demo

up: $(RUN)
	@$(BIN)/newsdesk up $(if $(WATCHLIST),--watchlist $(WATCHLIST))

test: check servers
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV)
	$(BIN)/python -m bench.tagging
	$(BIN)/python -m bench.search
	$(BIN)/python -m bench.extraction --newspaper3k
	$(BIN)/python -m bench.replay
	$(BIN)/python -m bench.poll
	$(BIN)/python -m bench.watched_feeds
	$(BIN)/python -m bench.schedule_simulation
	$(BIN)/python -m bench.feed_silence
	$(BIN)/python -m bench.parsing

servers:
	@bin/test-servers "$(PYTHON)"

elasticsearch: servers
	@$(PYTHON) -m tests.elasticsearch $(VERSION) $(PORT)

lock: $(DEV)
	$(BIN)/uv pip compile -q --generate-hashes --upgrade requirements/pip.in -o requirements/pip.txt
	$(BIN)/uv pip compile -q --generate-hashes --upgrade --extra airflow --extra build --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --generate-hashes --extra airflow --extra build -c requirements/dev.txt pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --generate-hashes -c requirements/dev.txt requirements/newspaper3k.in -o requirements/newspaper3k.txt

$(RUN): requirements/pip.txt requirements/run.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Newsdesk needs Python 3.11, and there is no python3 here" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Newsdesk is locked for Python 3.11, this is %d.%d: make PYTHON=/path/to/python3.11 …" % sys.version_info[:2])'
	@echo "Installing Newsdesk into .venv (a minute or two, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/pip.txt
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q -j 0 .venv/lib newsdesk extractors || true
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	@echo "Installing the tools of the tests"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf .venv demo-output .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
