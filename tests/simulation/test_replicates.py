"""Several seeds: intervals that hold what they promise, pairs on shared luck."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from scipy import stats

from repetita.errors import UsageError
from repetita.simulation import simulate
from repetita.simulation.replicates import METRICS, estimated

SMALL = {"days": 60, "deck": 80, "events": False}


def test_intervals_are_of_the_mean():
    values = [3.0, 4.0, 4.5, 7.0, 2.0, 3.3]
    found, expected = estimated(values), stats.t.interval(0.95, 5, np.mean(values), stats.sem(values))
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-9)
    assert isnan(estimated([1.0]).low)


def test_runs_are_those_of_their_seeds():
    several = simulate(**SMALL, seeds=[5, 2])
    assert [run.config["seed"] for run in several.runs] == [5, 2]
    assert several.values("total_reviews")[1] == simulate(**SMALL, seed=2).total_reviews
    assert set(several.to_dict()["estimates"]) == set(METRICS)
    assert several.to_frame()["seed"].to_list() == [5, 2]


def test_shared_luck_shrinks_the_noise_of_a_comparison():
    """Paired differences of two close schedulers spread less than the difference of separate runs would."""
    options = {**SMALL, "days": 120, "seeds": range(12)}
    one, other = simulate(**options), simulate(**options, desired_retention=0.89)
    paired = one.compare(other)["minutes_per_day"].difference.std_error
    apart = np.hypot(*(r.estimate("minutes_per_day").std_error for r in (one, other)))
    assert paired < 0.8 * apart
    same = one.compare(simulate(**options))["minutes_per_day"]
    assert (same.difference.mean, same.within_noise) == (0.0, True)


def test_what_cannot_be_paired_or_named_is_refused():
    one, other = simulate(**SMALL, seeds=[1, 2]), simulate(**SMALL, seeds=[2, 3])
    with pytest.raises(UsageError, match="other seeds"):
        one.compare(other)
    with pytest.raises(UsageError, match="total_reviews"):
        one.values("reviews")
    with pytest.raises(UsageError, match="seeds is empty"):
        simulate(**SMALL, seeds=[])
