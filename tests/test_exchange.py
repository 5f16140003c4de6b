"""The studies of scaling: bytes counted from ps-lite's log, and a model that is tested on what it was not fitted on."""
import pytest

from experiments import exchange, scaling
from experiments.scaling import ARMS, TESTED, V100, on_paper, setting
from experiments.traffic import STUDY

LOG = """[worker 0] [02:14] van.cc:394: ? => 8. Meta: request=1, push=1, Body: data_size=8 data_size=144 data_size=4
[server 0] [02:14] van.cc:419: 9 => 8. Meta: request=1, push=1, Body: data_size=8 data_size=144 data_size=4
[server 0] [02:14] van.cc:394: ? => 9. Meta: request=0, push=1, Body: data_size=8 data_size=144 data_size=4
[worker 0] [02:14] van.cc:419: 8 => 9. Meta: request=0, push=1, Body: data_size=8 data_size=144 data_size=4
[worker 1] [02:14] van.cc:394: ? => 8. Meta: request=1, push=1, Body: data_size=8 data_size=10
[worker 1] [02:14] van.cc:394: ? => 1. Meta: request=1, timestamp=3, control={ cmd=BARRIER, barrier_group=7 }
[worker 0] exchange {"seconds": [1]}"""


def test_each_message_is_counted_once_where_a_worker_sends_or_gets_it():
    assert exchange.moved(LOG.splitlines()) == (156 + 18, 156)


@pytest.mark.long
def test_a_worker_sends_each_gradient_once_and_gets_its_sum_once():
    found = exchange.traffic(STUDY.arms["ResNet-20, 2 workers"])
    for way in ("from_workers", "from_servers"):
        assert found[way] == pytest.approx(2 * found["parameter_bytes"], rel=0.01)  # some bytes are keys


def test_the_model_is_tested_on_arms_that_it_was_not_fitted_on():
    sizes = {"ResNet-20": (59, 1.1e6), "ResNet-18": (62, 44.7e6), "WRN-14-2": (41, 2.8e6)}
    rows = []
    for arm, configuration in ARMS.items():
        arrays, size = sizes[arm.partition(",")[0]]
        values = {"arrays": arrays, "parameter_bytes": size}
        rows.append({"arm": arm, "configuration": configuration,
                     "values": {**values, "step": V100.seconds(setting(configuration, values))}})
    cost, shares = scaling.model(rows)
    assert set(shares) == set(TESTED) and all(share == pytest.approx(1, rel=1e-3) for share in shares.values())
    assert cost.bandwidth == pytest.approx(V100.bandwidth, rel=1e-2)
    fitted_alone = scaling.model([row for row in rows if row["arm"] not in TESTED])
    assert fitted_alone == (cost, {})
    with pytest.raises(ValueError, match="do not tell the model's four numbers apart"):
        scaling.model(rows[:2])


def test_on_paper_published_scaling_lies_between_no_overlap_and_a_full_one():
    lines = {int(line.split()[0]): line.split() for line in on_paper().splitlines()[2:]}
    assert list(lines) == [8, 16, 32, 64, 128, 256, 512, 1024]
    low, high, published = (float(lines[32][place]) for place in (1, 3, -1))
    assert low < published < high
    four = [float(row[6]) for row in lines.values()]  # with full overlap
    assert four == sorted(four) and four[-1] < 2 * four[3]  # saturated: 16 times the cards
