.DEFAULT_GOAL := help
.PHONY: help setup run test check-notebooks lab notebooks bench bench-short bench-input pins
PY := .venv/bin/python
NOTEBOOKS := notebooks
UNTRAINED := $(wildcard $(NOTEBOOKS)/02_*.ipynb $(NOTEBOOKS)/03_*.ipynb)
NBVAL := $(PY) -m pytest -q -p no:cacheprovider --nbval-current-env --nbval-cell-timeout=300

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup:  ## make .venv ready (the other targets do this first)
	@sh tools/setup.sh

run: setup  ## train ResNet-18 on Fashion-MNIST in notebook 04; results under runs/
	@$(PY) -m resnet_gluon run

test: setup  ## what CI runs: lint, unit tests, every notebook
	$(PY) -m ruff check .
	$(PY) -m pytest -q tests
	$(MAKE) --no-print-directory check-notebooks

check-notebooks: setup  ## the notebooks of NOTEBOOKS (a folder): committed outputs, then nbval, lax and strict
	$(PY) -m pytest -q tests/notebooks --notebooks $(NOTEBOOKS)
	$(NBVAL) --nbval-lax $(NOTEBOOKS)
	$(if $(UNTRAINED),$(NBVAL) --nbval $(UNTRAINED))

lab: setup  ## open JupyterLab at the course
	@JUPYTER_PREFER_ENV_PATH=1 $(PY) -m jupyterlab --notebook-dir=notebooks

notebooks: setup  ## execute the notebooks in place, as their outputs are committed
	@$(PY) -m resnet_gluon execute $(NOTEBOOKS)/*.ipynb

bench: setup  ## how fast training is, beside d2l, the model zoo and PyTorch (about ten minutes)
	@$(PY) experiments/bench.py

bench-short: setup  ## the same in under two minutes, without the training to an accuracy
	@$(PY) experiments/bench.py --short

bench-input: setup  ## how fast batches are made, beside d2l's loader
	@$(PY) experiments/input_speed.py

pins:  ## make requirements.txt from pyproject.toml (needs uv)
	printf -- '-e .[test]\n' | uv pip compile - --quiet --universal --python-version 3.8 --fork-strategy fewest \
		--no-annotate --custom-compile-command "make pins" --output-file requirements.txt
