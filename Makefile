# Two commands do everything: `make demo` and `make test`. Both set up .venv when it is missing or out of date.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= out
LOG ?=
WORKERS ?= 2

.PHONY: help demo test oracle lint type bench docs derive conformance reproduce clean

help:
	@echo "make demo [LOG=path]  fit FSRS-6 to a simulated log (or to yours) and write $(OUT)/report.html"
	@echo "make test             run all tests, in WORKERS=$(WORKERS) processes"
	@echo "make oracle           compare with the reference implementations, live (installs them)"
	@echo "make lint type        ruff; mypy --strict"
	@echo "make bench            the measured claims, each beside its peer"
	@echo "make docs             build the documentation site"
	@echo "make derive           regenerate derivatives and formula pages from the equations"
	@echo "make conformance      regenerate the conformance pack from the equations, and check it"
	@echo "make reproduce        write docs/reproduction.md: published figures beside ours (minutes)"

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "repetita needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $(READY)

demo: $(READY)
	$(BIN)/repetita demo $(if $(LOG),"$(LOG)") --output $(OUT) --force

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

oracle: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench,oracle]"
	$(BIN)/python -m pytest tests/oracle

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type: $(READY)
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python bench/kernel.py
	$(BIN)/python bench/models.py
	$(BIN)/python bench/fit.py
	$(BIN)/python bench/recipes.py
	$(BIN)/python bench/evaluate.py
	$(BIN)/python bench/held_out.py
	$(BIN)/python bench/benchmark.py
	$(BIN)/python bench/prior_curve.py
	$(BIN)/python bench/neural.py
	$(BIN)/python bench/simulate.py
	$(BIN)/python bench/compiling.py
	$(BIN)/python bench/event_engine.py
	$(BIN)/python bench/sweep.py
	$(BIN)/python bench/next.py

docs: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs]"
	$(BIN)/python tools/command_line_page.py
	$(BIN)/zensical build --clean

derive: $(READY)
	$(BIN)/python tools/derive.py

conformance: $(READY)
	$(BIN)/python tools/conformance_pack.py
	$(BIN)/repetita conformance --run "$(BIN)/repetita next" --pack conformance --double

reproduce: $(READY)
	$(BIN)/python tools/reproduction_page.py

clean:
	rm -rf $(VENV) $(OUT) site build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
