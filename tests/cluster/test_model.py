"""The cost model: what it says follows from links, and it finds the numbers that made its data."""
from dataclasses import replace

from resnet_gluon.cluster.model import Cost, Setting, fitted

import numpy as np
import pytest

HERE = Setting(workers=2, servers=1, images=32, arrays=60, parameter_bytes=4e7)
COST = Cost(fixed=0.05, per_image=0.002, per_array=3e-4, bandwidth=2e9)


def test_a_step_is_what_its_parts_are():
    assert COST.computing(HERE) == pytest.approx(0.05 + 0.064)
    assert HERE.busiest_link == 2 * 4e7 * 2  # both workers' gradients come in at the server, and both get the sums
    assert COST.exchanging(HERE) == pytest.approx(60 * 3e-4 + 16e7 / 2e9)
    assert COST.seconds(HERE) == COST.computing(HERE) + COST.exchanging(HERE)
    assert COST.seconds(HERE, overlap=1) == pytest.approx(max(COST.computing(HERE), COST.exchanging(HERE)))


def test_with_a_server_for_each_worker_links_do_not_get_busier_and_with_one_they_saturate():
    links = [replace(HERE, workers=n, servers=n).busiest_link for n in (1, 2, 64)]
    assert links[0] == links[1] == links[2]
    shares = [COST.speed_up(replace(HERE, workers=n)) for n in (1, 2, 8, 64, 1024, 10 ** 6)]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(COST.bound(HERE), rel=1e-3)
    assert shares[3] > 0.5 * COST.bound(HERE) and COST.speed_up(replace(HERE, workers=64, servers=64)) > 2 * shares[3]


def test_compression_helps_on_the_way_out_alone():
    assert replace(HERE, out=1 / 16).busiest_link == pytest.approx(HERE.busiest_link * (1 + 1 / 16) / 2)


def test_the_numbers_that_made_the_data_are_found_again():
    settings = [replace(HERE, workers=n, images=images, arrays=arrays, parameter_bytes=size) for n in (1, 2)
                for images in (8, 64) for arrays, size in ((60, 4e7), (65, 1e6))]
    exact = [COST.seconds(setting) for setting in settings]
    found = fitted(settings, exact)
    for name in ("fixed", "per_image", "per_array", "bandwidth"):
        assert getattr(found, name) == pytest.approx(getattr(COST, name), rel=1e-3)
    noisy = fitted(settings, np.array(exact) * np.random.default_rng(0).normal(1, 0.03, len(exact)))
    new = replace(HERE, workers=2, images=32, arrays=40, parameter_bytes=1e7)
    assert noisy.seconds(new) == pytest.approx(COST.seconds(new), rel=0.1)


@pytest.mark.parametrize("settings", ([HERE] * 3, [HERE] * 8))
def test_too_little_data_is_refused(settings):
    with pytest.raises(ValueError, match="measurements do not tell the model's four numbers apart"):
        fitted(settings, [1.0] * len(settings))


@pytest.mark.parametrize("change", ({"workers": 0}, {"images": 1.5}, {"parameter_bytes": -1}, {"out": float("nan")}))
def test_bad_settings_are_named(change):
    with pytest.raises(ValueError, match=f"{next(iter(change))} must be"):
        replace(HERE, **change)
