# Needs Python 3.11 or newer, make, and a package index; everything else is made here.

PYTHON ?= python3
VENV ?= .venv
ENGINES_VENV ?= $(VENV)-engines
CORPORA ?= ../shared/corpora
JOBS ?= 2

BIN := $(VENV)/bin
SOURCES := pyproject.toml README.md LICENSE $(shell find src -type f ! -name '*.pyc')
ENGINES := datatrove,spark,ray,datasets,polars,pandas

.DEFAULT_GOAL := help
.PHONY: help demo test test-engines check format model model-small evaluate bench clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## show an article with its boilerplate marked
	@$(BIN)/boilerstrip show examples/ferry-bell.txt

test: $(VENV)/tools ## run all tests but those of the engines, on the installed package
	$(BIN)/pytest --cov

test-engines: $(ENGINES_VENV)/tools ## test the adapters on the engines themselves (Spark needs Java 17)
	$(ENGINES_VENV)/bin/pytest tests/engines

check: $(VENV)/tools ## check format, style and types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: $(VENV)/tools ## format the code, and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

model: $(VENV)/installed ## train the model that is shipped; CORPORA=folder of the public corpora
	$(BIN)/python -m evaluation.build_model --corpora $(CORPORA) --jobs $(JOBS) \
		-o src/boilerstrip/default_model.npz

model-small: $(VENV)/installed ## train a model on training_data/ alone
	mkdir -p build
	$(BIN)/boilerstrip train training_data --jobs $(JOBS) -o build/model-small.npz

evaluate: $(VENV)/evaluation ## measure the quality; CORPORA=folder of the public corpora
	$(BIN)/python -m evaluation.run --corpora $(CORPORA) --jobs $(JOBS)

bench: $(VENV)/evaluation ## measure the speed against what people would use instead
	$(BIN)/python -m benchmarks.speed --corpora $(CORPORA)
	$(BIN)/python -m benchmarks.corpus --corpora $(CORPORA)

clean: ## remove the environments and all that was built
	rm -rf $(VENV) $(ENGINES_VENV) build dist

# --- environments: each file says that its step is done ----------------------------------------

%/made:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/installed: $(VENV)/made $(SOURCES)
	$(BIN)/python -m pip install --quiet .
	touch $@

$(VENV)/tools: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --group test --group check
	touch $@

$(VENV)/evaluation: $(VENV)/installed
	$(BIN)/python -m pip install --quiet '.[fast,zstd,parquet]' --group evaluation
	touch $@

$(ENGINES_VENV)/tools: $(ENGINES_VENV)/made $(SOURCES)
	$(ENGINES_VENV)/bin/python -m pip install --quiet '.[$(ENGINES)]' --group test
	touch $@
