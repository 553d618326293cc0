# Two commands set everything up: `make demo` shows a class graded, `make test` proves that all is well.
# Both make .venv with the pinned set of constraints.txt first; the second time that takes no time.

# Another Python than the newest that is found: make demo PYTHON=3.12, or PYTHON=/path/to/python
PYTHON ?=
# Another build of PyTorch on Linux than that for the CPU: make demo TORCH=cuda
TORCH ?=
BIN := .venv/bin
READY := .venv/.ready
# What `make chroot` builds.
DEBIAN ?= bookworm trixie
# One worker a core for the tests.
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit sandbox notebooks grading postgresql attacks kit browser site bench course picture release constraints smoke elsewhere newest clean venv chroot

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(READY) ## grade a made-up class and say where to look
	$(BIN)/gd demo

venv: $(READY) ## set everything up in .venv, and no more

test: lint unit sandbox notebooks grading postgresql kit browser ## run every check

lint: $(READY) ## style, types, import contracts, and whether generated files are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/gd release --check
	$(BIN)/python tools/constraints.py --check

unit: $(READY) ## tests of the package's parts
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/unit tests/attacks/test_corpus.py --doctest-modules gdhelpers/autograder gdhelpers/wire gdhelpers/hidden_tests gdhelpers/checks gdhelpers/figures gdhelpers/experiments gdhelpers/reference gdhelpers/commands gdhelpers/cell.py gdhelpers/quiet.py gdhelpers/data.py

sandbox: $(READY) ## tests that try to break out of the sandbox
	$(BIN)/python -m pytest -n $(WORKERS) tests/sandbox

notebooks: $(READY) ## tests that run the notebooks
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --nbval course
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/notebooks tests/kernels

grading: $(READY) ## tests that grade, with gd and with nbgrader's own commands
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/grading

postgresql: $(READY) ## tests with a gradebook in PostgreSQL; they start a server of their own
	$(BIN)/python -m pytest tests/postgresql

attacks: $(READY) ## grade all hostile submissions and print the table; `make grading` grades the quick ones
	$(BIN)/python -m tests.attacks.table --sandboxed

kit: $(READY) ## tests that install the students' kit into an empty environment; they need the package index
	$(BIN)/python -m pytest tests/kit

browser: $(READY) ## tests in which a student and an instructor use JupyterLab, and of the website; they need Chromium
	$(BIN)/python -m pytest tests/browser
	$(BIN)/python -m pytest tests/site

site: $(READY) ## build the course as a website, in build/site, from the outputs that the notebooks hold
	$(BIN)/python -m sphinx -W --keep-going --fresh-env --quiet -c docs -d build/doctrees . build/site
	@echo 'Open build/site/index.html; it needs no network.'

bench: $(READY) ## measure how fast grading is, against stock nbgrader and a bare fork; takes about an hour
	mkdir -p build
	$(BIN)/python -m benchmarks --json build/benchmarks.json

course: $(READY) ## run the notebooks of course/ and keep what they print and draw
	$(BIN)/python tools/course.py

release: $(READY) ## make release/ from source/
	$(BIN)/gd release

picture: $(READY) ## draw the picture in the README anew
	$(BIN)/python tools/picture.py

chroot: $(READY) ## run the steps of Containerfile without a container engine, and grade there; needs root and mmdebstrap
	$(BIN)/python -m tools.chroot $(DEBIAN)

constraints: $(READY) ## pin the newest versions that work together
	$(BIN)/python tools/constraints.py --upgrade

smoke: $(READY) ## a short look at whether everything works: a class of 8, the wire, the sandbox, the judging, a notebook of each kind
	$(BIN)/gd demo --students 8
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/sandbox tests/kernels $(addprefix tests/unit/test_,$(SMOKE))
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --nbval $(addprefix course/,$(NOTEBOOKS))
SMOKE := wire.py comparator.py autograd.py linear_regression.py logistic_regression.py exceptions.py
NOTEBOOKS := slopes.ipynb torch_regression.ipynb gradient_tape.ipynb bug_hunts_training.ipynb

elsewhere: ## that with another Python and the default build of PyTorch: make elsewhere PYTHON=python3.13
	rm -rf build/elsewhere
	git clone --quiet . build/elsewhere
	$(MAKE) -C build/elsewhere smoke TORCH=$(or $(TORCH),cuda)

newest: $(READY) ## run every check against the newest releases of everything, in a copy: what breaks next is found here
	rm -rf build/newest
	git clone --quiet . build/newest
	sed -E -i.old 's/"torch==[0-9.]+"/"torch"/' build/newest/pyproject.toml
	$(BIN)/python build/newest/tools/constraints.py --upgrade
	$(MAKE) -C build/newest test TORCH=$(or $(TORCH),cpu)

clean: ## remove the environment and what the demonstration made
	rm -rf .venv demo

# Any Python can run the script, which looks for one that fits.
STARTER = $(shell command -v $(or $(PYTHON),python3) || command -v python3 || command -v python || echo python3)
INSTALL = $(STARTER) gdhelpers/kit/install.py $(if $(PYTHON),--python $(PYTHON)) $(if $(TORCH),--torch $(TORCH))

$(READY): pyproject.toml constraints.txt | $(if $(PYTHON)$(TORCH),as-asked-for)
	@command -v $(STARTER) >/dev/null || { echo 'There is no $(STARTER). On Debian and Ubuntu: sudo apt install python3 python3-venv'; exit 1; }
	@$(INSTALL)

.PHONY: as-asked-for
as-asked-for:
	@[ ! -e $(READY) ] || $(INSTALL) --check
