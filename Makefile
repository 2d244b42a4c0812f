# Needs Python 3.11 or newer, make, and a package index; everything else is made here.

PYTHON ?= python3
VENV ?= .venv
CORPORA ?= ../shared/corpora
JOBS ?= 2

BIN := $(VENV)/bin
SOURCES := pyproject.toml README.md LICENSE $(shell find src -type f ! -name '*.pyc')

.DEFAULT_GOAL := help
.PHONY: help demo test check format model-small clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## show an article with its boilerplate marked
	@$(BIN)/boilerstrip show examples/ferry-bell.txt

test: $(VENV)/installed $(VENV)/tools ## run all tests on the installed package
	$(BIN)/pytest --cov

check: $(VENV)/installed $(VENV)/tools ## check format, style and types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: $(VENV)/tools ## format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

model-small: $(VENV)/installed ## train a model on training_data/ alone: build/model-small.npz
	mkdir -p build
	$(BIN)/boilerstrip train training_data -o build/model-small.npz --jobs $(JOBS)

clean: ## remove the environment and all that was built
	rm -rf $(VENV) build dist

# --- the environment: each file says that its step is done ------------------------------------

$(VENV)/made:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/installed: $(VENV)/made $(SOURCES)
	$(BIN)/python -m pip install --quiet .
	touch $@

$(VENV)/tools: $(VENV)/made pyproject.toml
	$(BIN)/python -m pip install --quiet --group dev
	touch $@
