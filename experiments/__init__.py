"""Studies: grids of runs over seeds. `python -m experiments` lists them; study.py says what one is."""
