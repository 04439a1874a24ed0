# One door for people and for CI.  Everything a fresh machine needs is installed here.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := $(VENV)/clients
export SIMTRADE_DATA ?= $(CURDIR)/var
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test check fmt bench clean lock browser

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "simtrade needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python cannot make a virtual environment: install your system's python3-venv package"; exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.created .ci/requirements/run.txt pyproject.toml
	@echo "Installing what simtrade runs on (hash-checked) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run .ci/requirements/dev.txt
	@echo "Installing what the tests run on (hash-checked) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/requirements/dev.txt
	@touch $@

# Brokers' clients as people have them, apart: they ask for older packages than ours.
$(VENV)/.clients: $(VENV)/.created .ci/requirements/clients.txt
	@echo "Installing the clients that the API is tested with (hash-checked) ..."
	@$(PYTHON) -m venv $(CLIENTS)
	@$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .ci/requirements/clients.txt
	@touch $@

browser: ## find a Chromium or install Debian's
	@sh docs/tools/browser.sh

run: $(VENV)/.run ## set up what is missing, then serve on http://127.0.0.1:8000
	@$(BIN)/simtrade serve

# Two runs: the browser driver keeps an event loop running in its process.
test: $(VENV)/.dev $(VENV)/.clients browser ## set up what is missing, then run every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser"
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m browser

check: $(VENV)/.dev ## lint, format, types, import levels
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(VENV)/.dev ## format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# The load generator and the peers live outside: BENCH_DIR=path/to/bench has matching/ and web/.
bench: $(VENV)/.run ## every benchmark; with BENCH_DIR=DIR also against DIR/matching and DIR/web
	@$(BIN)/simtrade bench replay
	@$(BIN)/simtrade bench durable
	@$(BIN)/simtrade bench crash
	@$(BIN)/simtrade bench matching $(if $(BENCH_DIR),--bench-dir $(BENCH_DIR)/matching)
	@$(if $(BENCH_DIR),$(BIN)/simtrade bench fanout --bench-dir $(BENCH_DIR)/web,echo "bench fanout needs BENCH_DIR=DIR, where DIR/web has wsload.c and c_epoll.c")

lock: $(VENV)/.created ## compile the hash-locked requirements anew
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile -q pyproject.toml --extra build --python-version 3.11 --universal \
		--generate-hashes --no-header --no-annotate -o .ci/requirements/run.txt
	@$(BIN)/uv pip compile -q pyproject.toml --extra build --extra dev --python-version 3.11 --universal \
		--generate-hashes --no-header --no-annotate -o .ci/requirements/dev.txt
	@$(BIN)/uv pip compile -q .ci/requirements/clients.in --override .ci/requirements/clients-overrides.txt \
		--python-version 3.11 --universal --generate-hashes --no-header --no-annotate -o .ci/requirements/clients.txt

clean: ## remove the environment and every cache; the data folder stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
