.DEFAULT_GOAL := help
.PHONY: help setup run quick lint test test-long check-notebooks lab notebooks studies figures bench bench-short \
	bench-gpu bench-input fuzz house pins grading-setup assignment collect grade
PY := .venv/bin/python
NOTEBOOKS := notebooks
UNTRAINED := $(wildcard $(NOTEBOOKS)/02_*.ipynb $(NOTEBOOKS)/03_*.ipynb)
COURSE := grading
GRADING = "$(PY)" -m grading --course "$(COURSE)"
A := 02-residual-block
NBVAL := $(PY) -m pytest -q -p no:cacheprovider --nbval-current-env --nbval-cell-timeout=300

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup:  ## make .venv ready (the other targets do this first)
	@sh tools/setup.sh

run: setup  ## train ResNet-18 on Fashion-MNIST in notebook 04; results under runs/
	@$(PY) -m resnet_gluon run

quick: setup lint  ## lint, types and the fast tests, in about a minute
	OMP_NUM_THREADS=1 $(PY) -m pytest -q tests -m "not slow and not long" --ignore=tests/grading --ignore=tests/notebooks \
		--ignore=tests/exercises/test_bank.py

lint: setup  ## style, types, the direction of imports, and what the README is made of: all that is wrong, at once
	@status=0; \
	$(PY) -m ruff check . || status=1; \
	$(PY) -m mypy || status=1; \
	$(PY) -c "from importlinter.cli import lint_imports_command as main; main()" --no-cache || status=1; \
	$(PY) tools/house.py --check || status=1; \
	$(PY) -m experiments.figures --check || status=1; \
	$(PY) -m experiments.claims --check || status=1; \
	exit $$status

test: grading-setup lint  ## what CI runs: lint, unit tests, every notebook
	$(PY) -m pytest -q tests -m "not long" --ignore=tests/exercises --ignore=tests/notebooks
	OMP_NUM_THREADS=1 $(PY) -m pytest -q tests/exercises -m "not long" -k "not resnet18"  # small nets: one thread
	OMP_NUM_THREADS=1 $(PY) -m pytest -q tests/exercises/test_bank.py tests/exercises/apart -m "not long" -k resnet18  # large: a process of its own
	$(MAKE) --no-print-directory check-notebooks

test-long: test  ## all tests, those that take minutes too (a weekly workflow)
	$(PY) -m pytest -q tests -m long

check-notebooks: setup  ## the notebooks of NOTEBOOKS (a folder): committed outputs, then nbval, lax and strict
	$(PY) -m pytest -q tests/notebooks --notebooks $(NOTEBOOKS)
	$(NBVAL) --nbval-lax $(NOTEBOOKS)
	$(if $(UNTRAINED),$(NBVAL) --nbval $(UNTRAINED))

lab: setup  ## open JupyterLab at the course
	@JUPYTER_PREFER_ENV_PATH=1 $(PY) -m jupyterlab --notebook-dir=notebooks

notebooks: setup  ## execute the notebooks in place, as their outputs are committed
	@$(PY) -m resnet_gluon execute $(NOTEBOOKS)/*.ipynb

studies: setup  ## run what is missing or stale in experiments/results, at low priority; stop and go on at any time
	@$(PY) -m experiments --run

figures: setup  ## write the README's table of figures, and CLAIMS.md, from experiments/results
	@$(PY) -m experiments.figures --write
	@$(PY) -m experiments.claims --write

fuzz: setup  ## 100,000 mutated files for each reader of files (about ten minutes)
	@$(PY) tools/fuzz.py

house: setup  ## draw the package's imports into the README
	@$(PY) tools/house.py --write

bench: setup  ## how fast training is here, beside d2l, the model zoo and PyTorch (a quarter of an hour; into runs/bench)
	@$(PY) -m experiments.bench --results runs/bench

bench-short: setup  ## the same in a few minutes: training steps at 28 pixels alone
	@$(PY) -m experiments.bench --results runs/bench --arms "28 pixels" "28 pixels, with loaders"

bench-gpu: setup  ## how fast training is on NVIDIA's cards, how it scales, and the share of their peak
	@$(PY) tools/bench_gpu.py

bench-input: setup  ## how fast batches are made, beside d2l's loader
	@$(PY) -m experiments.input_speed --results runs/bench

grading-setup: setup  ## put nbgrader into .venv (the next three do this first)
	@sh tools/setup.sh grading

assignment: grading-setup  ## the students' notebooks, from grading/source to grading/release
	@$(GRADING) assignment

collect: grading-setup  ## take in what is in grading/downloaded/A/archive, for instance A=02-residual-block
	@$(GRADING) collect "$(A)"

grade: grading-setup  ## mark what was collected for A; feedback and grades.csv under grading/ (runs students' code)
	@$(GRADING) grade "$(A)" $(LIMITS)

RESOLVE := uv pip compile - --quiet --universal --python-version 3.8 --fork-strategy fewest --no-annotate
pins:  ## make requirements.txt and requirements-grading.txt from pyproject.toml (needs uv)
	printf -- '-e .[test]\n' | $(RESOLVE) --custom-compile-command "make pins" --output-file requirements.txt
	(echo '# made by: make pins'; echo '-r requirements.txt'; printf -- '-r requirements.txt\n-e .[grading]\n' \
		| $(RESOLVE) --no-header | grep -vxFf requirements.txt) > requirements-grading.txt
