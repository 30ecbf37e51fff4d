"""Figures over users with users of other numbers of seeds: intervals are of the figure that is shown."""

from __future__ import annotations

from statistics import fmean, median

import numpy as np
import pytest

from repetita.confidence import bootstrap_interval
from repetita.sweeps.candidates import SUMMED, candidate_of
from repetita.sweeps.matchup import FIGURES
from repetita.sweeps.spread import bootstrap_draws

REPLICATES, SEED = 200, 3
NAMES = ("fsrs6", "fsrs7", "fsrs6")


def mean_of(rows, name):
    known = [row[name] for row in rows if row[name] == row[name]]
    return fmean(known) if known else float("nan")


def ratio_of(users, above, below):
    both = [(mean_of(rows, above), mean_of(rows, below)) for rows in users]
    good = [(a, b) for a, b in both if a == a and b == b]
    return sum(a for a, _ in good) / sum(b for _, b in good)


def known_of(users, name):
    return [value for rows in users if (value := mean_of(rows, name)) == value]


SLOW = {
    "relative_hypervolume_mean": lambda users: fmean(known_of(users, "relative_hypervolume")),
    "relative_hypervolume_median": lambda users: median(known_of(users, "relative_hypervolume")),
    "relative_hypervolume_pooled": lambda users: ratio_of(users, "hypervolume_delta", "baseline_hypervolume"),
    "minutes_saved": lambda users: fmean(known_of(users, "minutes_saved")),
    "minutes_saved_percent_pooled": lambda users: (
        100.0 * ratio_of(users, "minutes_saved", "minutes_saved_baseline")
    ),
}


@pytest.mark.parametrize("seeds", [[3, 1, 2, 2, 1, 3], [2, 2, 2, 2, 2], [1, 1, 1, 1]])
def test_figures_and_intervals_are_of_users(seeds):
    random = np.random.default_rng(len(seeds))
    units = []
    for count in seeds:
        own = random.normal(1.0, 1.0, len(FIGURES))
        units.append(
            [
                dict(zip(FIGURES, own + random.normal(2.0, 0.5, len(FIGURES)), strict=True))
                for _ in range(count)
            ]
        )
    if max(seeds) > 1:
        units[0][1]["minutes_saved"] = float("nan")  # one seed without a memory in common
    found = candidate_of(units, names=NAMES, dropped_users=0, margins={}, replicates=REPLICATES, seed=SEED)
    most = max(seeds)
    draws = [
        [[units[place // most][place % most] for place in user if place >= 0] for user in draw]
        for draw in bootstrap_draws(seeds, replicates=REPLICATES, seed=SEED)
    ]
    assert set(SLOW) < set(SUMMED)
    for name, slow in SLOW.items():
        figure, value = found.figures[name], slow(units)
        assert figure.value == pytest.approx(value), name
        ends = bootstrap_interval(value, [slow(draw) for draw in draws], figure.users)
        assert (figure.low, figure.high) == pytest.approx(ends), name


@pytest.mark.parametrize("seeds", [2, 5])
def test_the_scatter_of_seeds_counts_once(seeds):
    """Users without a difference: as many intervals of the mean of their seeds miss 0 as is stated."""
    random, users, samples, missed = np.random.default_rng(seeds), 24, 400, 0
    for number in range(samples):
        values = random.normal(size=(users, seeds))
        draws = bootstrap_draws([seeds] * users, replicates=400, seed=number)
        drawn = values.reshape(-1)[draws].mean(axis=(1, 2))
        low, high = bootstrap_interval(float(values.mean()), drawn, users)
        missed += not low <= 0.0 <= high
    # 20 are expected at 5 %; fewer than 6 or more than 31 come by chance in one run of a hundred
    assert 6 <= missed <= 31


def test_a_single_users_seeds_are_drawn():
    draws = bootstrap_draws([3], replicates=500, seed=1)
    assert draws.shape == (500, 1, 3)
    assert set(np.unique(draws)) == {0, 1, 2}
    assert len({tuple(draw[0]) for draw in draws.tolist()}) > 20
