# alloycell: people and CI run exactly these. `make` alone lists them.
# Another interpreter: make PYTHON=python3.12 test

PYTHON ?= python3
WORKERS ?= 2
PAIRS ?= 9
DESIGNS ?= 10000
SEED ?=

BIN := .venv/bin
RUN := $(BIN)/python -m
PIP := $(RUN) pip --disable-pip-version-check --quiet
STAMP := .venv/.stamp
PEER := .venv/.peer

# Files that, once there, make the package one with a compiled kernel.
KERNEL := $(strip $(wildcard CMakeLists.txt) $(shell test -d kernel && find kernel -type f))

# An environment that make made, but that no longer works, or lies in another folder, or has another interpreter than
# the one asked for, is made anew. One that somebody else made is filled as it is.
HERE := $(shell pwd -P)
MADE := $(shell test -x $(BIN)/python && $(BIN)/python -c 'import pip' 2>/dev/null && cat .venv/.made 2>/dev/null)
ifeq ($(origin PYTHON),file)
ASKED := $(word 1,$(MADE)) $(HERE)
else
ASKED := $(shell $(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null) $(HERE)
endif
ifneq ($(strip $(MADE)),$(strip $(ASKED)))
AGAIN := again
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo check test verify soak bench clean again

help: ## list what make can do
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1#\2/p' Makefile | awk -F'#' '{ printf "%-10s%s\n", $$1, $$2 }'

demo: $(STAMP) ## study a shipped particle and a shipped cell: verdicts, and reports in out/demo
	@$(BIN)/alloycell particle examples/titanium-silicon.toml --out out/demo
	@echo
	@$(BIN)/alloycell study examples/layered-silicon.toml --out out/demo

check: $(STAMP) ## format, lint, types and the rules of the house, about 15 s
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) pytest tests/house

test: $(STAMP) ## every test but the slow ones of verify, under 5 min
	@$(RUN) pytest tests -n $(WORKERS) -m "not slow"

verify: $(STAMP) $(PEER) ## exact solutions, every material, PyBaMM beside us; writes docs/evidence.md; about 10 min
	@$(RUN) pytest tests/verification tests/crosscheck tests/soak -n $(WORKERS) --evidence docs/evidence.md

soak: $(STAMP) ## 10 000 generated designs through five steps; SEED= and DESIGNS= choose others, about half an hour
	@nice $(BIN)/python tests/soak/ten_thousand.py --designs $(DESIGNS) --workers $(WORKERS) $(if $(SEED),--seed $(SEED))

bench: $(STAMP) $(PEER) ## measure speed on this machine, beside PyBaMM in PAIRS=9 alternating pairs, about 10 min
	@$(RUN) benchmarks --pairs $(PAIRS)

clean: ## remove the environment, the caches and out/demo
	@rm -rf .venv build dist out/demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. First comes a look at what the machine must bring; what is missing is named with the line that
# installs it. Then pinned versions, build backend first, so that the build itself is pinned, too.
$(STAMP): pyproject.toml constraints.txt $(KERNEL) $(AGAIN)
	@PYTHON='$(PYTHON)' KERNEL='$(KERNEL)' sh .ci/requirements
	@if test -n '$(AGAIN)' && test -e .venv/.made; then rm -rf .venv; fi
	@$(RUN) pip --version >/dev/null 2>&1 || \
		{ echo "Setting up .venv (once, about a minute) ..." && '$(PYTHON)' -m venv --clear .venv; }
	@$(PIP) install -c constraints.txt scikit-build-core nanobind ninja
	@$(PIP) install -c constraints.txt --no-build-isolation -e '.[dev]'
	@$(BIN)/python -c 'import platform, os; print(platform.python_version(), os.getcwd())' > .venv/.made
	@touch $(STAMP)

# PyBaMM, which verify and bench compare with. Where it cannot be fetched a line says so, the comparison is left out,
# and the next verify or bench asks again.
$(PEER): $(STAMP)
	@if $(PIP) install --retries 1 -c constraints.txt pybamm; then touch $(PEER); \
		elif ! $(BIN)/python -c 'import pybamm' 2>/dev/null; then \
		echo "PyBaMM is not here and could not be fetched: the comparison with it is left out. With a network," \
		"or from a folder of wheels: $(BIN)/pip install --find-links FOLDER pybamm"; fi

again:
