"""`make bench-gpu`: what it says without a card, and what it makes of speeds."""
import importlib.util
import subprocess
import sys
from pathlib import Path

from resnet_gluon import devices

import mxnet as mx
import pytest

SCRIPT = Path(__file__).parent.parent / "tools" / "bench_gpu.py"
spec = importlib.util.spec_from_file_location("bench_gpu", SCRIPT)
bench_gpu = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench_gpu)


@pytest.mark.slow
@pytest.mark.skipif(devices()[0].device_type == "gpu", reason="there is a GPU here")
def test_without_a_card_it_says_so_and_ends_with_2():
    told = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, cwd=SCRIPT.parents[1])
    assert told.returncode == 2 and told.stdout == ""
    assert told.stderr.startswith("bench-gpu: there is no GPU here that MXNet can use. make setup GPU=1 installs")


def test_numbers_of_cards():
    assert bench_gpu.counts(1) == [1] and bench_gpu.counts(3) == [1, 2, 3] and bench_gpu.counts(8) == [1, 2, 4, 8]


def test_the_table_has_speed_scaling_and_the_share_of_the_peak():
    lines = bench_gpu.table({1: 384.0, 8: 2556.0}, "Tesla V100-SXM2-16GB", 4.09e9).splitlines()
    assert lines[2].split() == ["1", "384", "1.00", "60%", "384"]  # 3 · 4.09 G · 384 / s of 7.85 T
    assert lines[3].split() == ["8", "2,556", "6.66", "50%", "2556"]
    assert "unknown" in bench_gpu.table({1: 10.0}, "Card 1", 4e9)


@pytest.mark.slow
def test_speed_is_measured_on_any_devices():
    assert bench_gpu.speed([mx.cpu(0), mx.cpu(1)], images=1, pixels=32, steps=1) > 0
