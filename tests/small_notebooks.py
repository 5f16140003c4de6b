"""Notebooks of a few cells."""
import nbformat

BAR = """import time, sys
from tqdm import tqdm
for _ in tqdm(range(3), leave=False, file=sys.stdout): time.sleep(0.2)
print("a line")"""
PICTURE = """%matplotlib inline
import matplotlib.pyplot as plt
figure = plt.figure(figsize=(1, 1))"""


def write(path, *cells):
    cells = [nbformat.v4.new_code_cell(source) for source in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path
