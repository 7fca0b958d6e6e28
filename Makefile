# Thin: what is done stands in tools/ and in mnv2_tutor. README lists the same commands for Windows.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
STAMP := .venv/installed

.PHONY: setup book pdf test test-all lab exercises notebooks made bench bench-grade bench-page lint requirements clean

setup: $(STAMP)

$(STAMP): requirements.txt pyproject.toml tools/setup.py
	@$(PYTHON) tools/setup.py

book: setup
	@$(BIN)/python tools/book.py

pdf: setup
	@$(BIN)/python tools/book.py --quiet
	@$(BIN)/python tools/pdf.py

test: setup
	@$(BIN)/python tools/book.py --quiet
	$(BIN)/python -m pytest --nbval

test-all: test
	$(BIN)/python -m pytest --nbval -m long

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: setup
	$(BIN)/python tools/lab.py

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
	$(BIN)/python tools/bench.py

bench-grade: setup
	$(BIN)/python tools/bench_grade.py $(N)

bench-page: setup
	@$(BIN)/python tools/book.py --quiet
	$(BIN)/python tools/bench_page.py

requirements: setup
	$(BIN)/python tools/requirements.py

clean:
	rm -rf _build
