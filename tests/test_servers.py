"""Contenders in processes of their own: experiments/servers.py."""
import os

import pytest

from experiments.servers import Server, spread, take_turns


def test_a_contender_has_the_callers_environment_and_its_own_threads(monkeypatch):
    monkeypatch.setenv("FROM_THE_CALLER", "yes")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with Server("tests.toy_contender", environment={"HUNDREDTHS": "1", "OMP_NUM_THREADS": "3"}) as server:
        assert server.ask("profile") == {"HUNDREDTHS": "1", "FROM_THE_CALLER": "yes", "PATH": os.environ["PATH"]}
        assert server.threads == 3
        assert server.ask("memory") > 2 ** 20


def test_taking_turns():
    servers = {name: Server("tests.toy_contender", environment={"HUNDREDTHS": name}) for name in "14"}
    table = take_turns(servers, ["feed and train"], rounds=3, steps=2)
    fast, slow = (table[name]["feed and train"] for name in "14")
    assert fast["n"] == slow["n"] == 6 and slow["least"] >= 0.04 and fast["least"] >= 0.01
    assert fast["median"] < slow["median"]
    assert all(row["peak_memory"] > 0 for row in table.values())
    assert all(server.process.returncode == 0 for server in servers.values()), "they end with the `with`"


def test_a_contender_that_fails_is_named():
    with pytest.raises(RuntimeError, match="-m tests.toy_contender nobody ended with status 1"), \
            Server("tests.toy_contender", "nobody") as server:
        server.ask("train")


def test_quartiles():
    of_seven = spread([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert of_seven == {"median": 4, "low": 2, "high": 6, "least": 1, "most": 7, "n": 7}
    assert spread([2.0])["median"] == 2
