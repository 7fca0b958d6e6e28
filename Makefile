# Thin: what is done stands in tools/ and in mnv2_tutor. README lists the same commands for Windows.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
STAMP := .venv/installed
# A file's tests share a kernel or fixtures, so they stay with one of the two workers.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

.PHONY: setup book pdf test test-all lab exercises notebooks made bench bench-grade bench-page lint lint-js test-js coverage coverage-quick mutants requirements clean

setup: $(STAMP)

$(STAMP): requirements.txt pyproject.toml tools/setup.py
	@$(PYTHON) tools/setup.py

book: setup
	@$(BIN)/python -m tools.book

pdf: setup
	@$(BIN)/python -m tools.book --quiet
	@$(BIN)/python -m tools.pdf

test: setup
	@$(BIN)/python -m tools.book --quiet
	$(PYTEST) --nbval

test-all: test
	$(PYTEST) --nbval -m long

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-js: setup
	@$(BIN)/python -m tools.javascript lint

test-js: setup
	@$(BIN)/python -m tools.javascript test

lab: setup
	$(BIN)/python -m tools.lab

exercises: setup
	$(BIN)/mnv2-tutor author exercises

notebooks: setup
	$(BIN)/mnv2-tutor author exercises
	$(BIN)/mnv2-tutor author notebooks

made: setup
	$(BIN)/mnv2-tutor author fingerprints
	$(BIN)/mnv2-tutor author transcripts
	$(BIN)/mnv2-tutor author mistakes

bench: setup
	$(BIN)/python -m benchmarks.promises

bench-grade: setup
	$(BIN)/python -m benchmarks.grading $(N)

bench-page: setup
	@$(BIN)/python -m tools.book --quiet
	$(BIN)/python -m benchmarks.pages

# Measured tests take twice as long: CI measures the quick ones, and all of these once a week.
TESTS ?= tests
QUICK := tests/unit
coverage: setup
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -m "not long and not browser" $(TESTS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

coverage-quick: TESTS = -n 0 -q $(QUICK)
coverage-quick: coverage

# Cosmic Ray is there for the run alone: nothing else needs it, and it brings much with it.
mutants: setup
	$(BIN)/uv run --no-project --with cosmic-ray==8.7.0 python -m tools.mutants $(N) --python $(BIN)/python

requirements: setup
	$(BIN)/python -m tools.requirements

clean:
	rm -rf _build
