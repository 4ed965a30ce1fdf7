# make run: the dashboard. make test: every test. make setup: what both need. make bench: figures.
# faults: what must hold when things go wrong, at full size (FAULTS_ARGS="--share 0.1 kills").

PYTHON ?= python3
PORT ?= 8501
export LEADS_DB ?= data/leads.duckdb
VENV := .venv/bin
READY := .venv/ready

.PHONY: run setup test packages bench faults screenshots

run: $(READY)
	@$(VENV)/python -m core prepare
	@$(VENV)/streamlit run app.py --server.port $(PORT)

setup: $(READY) .venv/tests-ready .venv/bench-ready packages

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say PYTHON=..."; exit 1; }
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/tests-ready: $(READY) tests/requirements.txt
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

.venv/bench-ready: $(READY) tests/bench/requirements.txt
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check -r tests/bench/requirements.txt
	@touch $@

# System packages of the tests, by apt where we may; otherwise one sentence that names what is missing.
packages:
	@missing=; for name in $$(grep -v '^#' tests/packages.txt); do \
		dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "Missing for the tests:$$missing. Install them (Debian: apt-get install$$missing)."; exit 1; fi

test: setup
	@$(VENV)/ruff check .
	@$(VENV)/python -m pytest --numprocesses 2 --dist worksteal

bench: setup
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check splink==5.0.0
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --no-deps -r tests/bench/heavy.txt
	@$(VENV)/python -m tests.bench $(BENCH_ARGS)

faults: setup
	@$(VENV)/python -m tests.faults $(FAULTS_ARGS)

OUT ?= .pictures
screenshots: setup
	@$(VENV)/python -m tests.browser.screenshots $(OUT)
