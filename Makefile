# Two commands: `make demo` shows what Yueji does, `make test` proves it. Nothing but Python 3.11+, venv and pip is assumed.
PYTHON ?= python3
BIN := .venv/bin
AS_OF := 2022-09-13T01:30
DEMO_MONTH := 2022-08

.PHONY: demo test quick check bench lock clean

.venv/runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# The sample districts' returns of 20 months are dropped into inbound/, and one night runs over them. The night ends
# with 1 because some returns are sent back, as they should be: that is part of what it shows.
demo: .venv/runtime
	@if [ ! -e var/planted.json ] && { [ -e var/journal.db ] || [ -n "$$(find inbound -mindepth 2 -type f)" ]; }; then \
	  echo "inbound/ or var/ holds data that are not the demo's: run the demo in another checkout." >&2; exit 2; fi
	rm -rf inbound/*/ outbound/*/ var
	$(BIN)/python -m samples --inbound inbound --districts jb,bn --faults samples/faults.yaml --truth var/planted.json
	PREFECT_HOME=$(CURDIR)/var/prefect PREFECT_LOGGING_LEVEL=WARNING $(BIN)/yueji nightly --as-of $(AS_OF) || test $$? -eq 1

test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

# What is fast and needs neither Prefect nor LibreOffice.
quick: .venv/dev
	$(BIN)/python -m pytest -m "not prefect and not office and not slow" -n 2 tests/catalogue tests/journal tests/transforms tests/workbooks tests/test_architecture.py

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev
	$(BIN)/python -m benchmarks

# Needs uv (https://pypi.org/project/uv/); the locks hold for Python 3.11 to 3.13 on every platform.
lock:
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --group bench --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.lock

clean:
	rm -rf .venv var inbound/*/ outbound/*/ .mypy_cache .ruff_cache .pytest_cache .hypothesis
