"""A little fuzzing of each loader; `make fuzz` does more of it. See tools/fuzz.py."""
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SECONDS = 3  # for each loader


@pytest.mark.slow
def test_mutated_files_are_read_or_refused_and_nothing_else(tmp_path):
    done = subprocess.run([sys.executable, HERE / "fuzzing.py", "short", tmp_path, str(SECONDS)], text=True,
                          capture_output=True, timeout=240)
    rows = [line.split() for line in done.stdout.splitlines()]
    failing = [path.read_bytes()[:200] for path in sorted(tmp_path.glob("*/current"))][-1:]
    assert done.returncode == 0, (rows[-1:], failing, done.stderr[-2000:])
    assert {row[0] for row in rows} == {path.name for path in (HERE / "corpus").iterdir()}
    for loader, inputs, read, slowest, memory in rows:
        assert int(inputs) >= 50 and int(read) > 0, loader
        assert float(slowest) < 10 and int(memory) < 200 << 10, loader


def test_the_corpus_is_small():
    assert sum(path.stat().st_size for path in (HERE / "corpus").rglob("*")) < 200_000
