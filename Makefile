# The same lines without make are in README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup run demo test lint format check bench messages screenshots clean

help:  ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(VENV)/.ready  ## Make the environment in .venv

$(VENV)/.ready: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: setup  ## Set up, make the demo shop if there is no data, serve on localhost:8501
	$(BIN)/python -m ecom demo --if-empty
	$(BIN)/python -m streamlit run app.py

demo: setup  ## Make the demo shop again
	$(BIN)/python -m ecom demo

test: $(VENV)/.dev  ## Set up and run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev  ## Style, types and walls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## Put the code into its house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test  ## Everything CI checks

bench: $(VENV)/.dev  ## Print the speed table (half an hour)
	$(BIN)/python -m bench

messages: $(VENV)/.dev  ## Collect new sentences into the translation catalogues
	$(BIN)/python -m tests.messages

screenshots: $(VENV)/.dev  ## Draw the pictures of README and docs
	$(BIN)/python -m docs.screenshots

clean:  ## Remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
