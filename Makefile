# Generating Faces. Needs python3 (3.11 to 3.13) and GNU make; everything else is installed into .venv from requirements.lock.
# Another Python: `make book PYTHON=python3.12`.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed-from-the-lock
CHAPTER ?=
RUN ?=

# TensorFlow keeps its notes to its own developers to itself.
export TF_CPP_MIN_LOG_LEVEL := 3

TWO_FILES_AT_ONCE = -n 2 --dist loadfile
NOTEBOOKS = $(wildcard chapters/*.ipynb chapters/exercises/*.ipynb)
# Chapters are tested as a reader without archives and without earlier runs sees them.
IN_THE_BOOK = env -u FACEGEN_DATA FACEGEN_PROFILE=quick FACEGEN_RUNS=$$(mktemp -d)

.PHONY: help book test lab pair bench zoo lock clean chromium

help:  ## print this
	@echo "Generating Faces: an executable book."
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

book: $(INSTALLED)  ## install, execute every chapter in the quick profile, say how to open the book
	@$(BIN)/python -m facegen_lib.pairs run

test: $(INSTALLED) chromium  ## the whole test suite: style, unit and browser tests, every chapter and workbook
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest $(TWO_FILES_AT_ONCE) -m "not browser" tests
	$(BIN)/python -m pytest tests/browser
ifeq ($(NOTEBOOKS),)
	@echo "No chapter has a notebook yet: \`make pair\` writes them."
else
	$(IN_THE_BOOK) $(BIN)/python -m pytest $(TWO_FILES_AT_ONCE) -p tests.kernel_sockets --nbval-lax --nbval-current-env --nbval-cell-timeout=300 -x $(NOTEBOOKS)
endif

lab: $(INSTALLED)  ## open JupyterLab on the first chapter
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) $(firstword $(wildcard chapters/00_*.ipynb) chapters)

pair: $(INSTALLED)  ## execute what changed and write its notebooks; CHAPTER=06 for one chapter, CHAPTER=all for every one
	@$(BIN)/python -m facegen_lib.pairs write $(CHAPTER)

bench: $(INSTALLED)  ## measure the speed of training (not part of the tests)
	$(BIN)/python -m pytest tests/bench

# Left to itself, glibc gives a compiled step's memory back and fetches it anew: a fifth to two thirds more time.
zoo: export MALLOC_MMAP_MAX_ := 0
zoo: export MALLOC_TRIM_THRESHOLD_ := 20000000000
zoo: $(INSTALLED)  ## train again every generator that ships (an hour on a GPU, days on two cores; needs FACEGEN_DATA); RUN=dcgan-mnist for one
	$(BIN)/facegen zoo train $(RUN)

lock: $(INSTALLED)  ## resolve pyproject.toml anew into requirements.lock
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 pyproject.toml --extra dev \
	  --no-annotate --no-header --output-file requirements.lock

clean:  ## remove what was made here, but neither .venv nor your runs
	rm -rf build dist .pytest_cache .ruff_cache .hypothesis .benchmarks
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -not -path './.venv/*' -prune -exec rm -rf {} +

# Browser tests drive Chromium. Debian's is installed where that needs no asking; elsewhere the tests say what is missing.
chromium: $(INSTALLED)
	@command -v chromium > /dev/null || command -v google-chrome > /dev/null || test -n "$$FACEGEN_CHROMIUM" || \
	{ test "$$(id -u)" = 0 && test -f /etc/debian_version && echo "Installing Chromium for the browser tests." && \
	apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium > /dev/null; } || \
	echo "No Chromium here: install one, or name one in FACEGEN_CHROMIUM, to run the browser tests."

# The lock is installed once; the file below stands in .venv, so that removing .venv removes it too.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "The book needs Python 3.11, 3.12 or 3.13 as \`$(PYTHON)\`, which here is: $$($(PYTHON) --version 2>&1)."; \
	  echo "Install one of them, or name it: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "\`$(PYTHON) -m venv\` failed. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing what requirements.lock names into .venv: a few minutes, once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
