"""The one number, against a scan of the range."""

from __future__ import annotations

import json

import pytest

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.retention_advice import optimal_retention
from repetita.retention_advice.classical import runs_of_fsrs_rs
from repetita.simulation import Cost

RUN = {"days": 90, "deck": 300, "new_limit": 6}


@pytest.fixture(scope="module")
def dear_lapses():
    """A person for whom a lapse costs so much that the minimum lies inside the range."""
    seconds = (90.0, 8.0, 6.0, 5.0)
    return Cost(learning=(20.0, 15.0, 10.0, 8.0), review=seconds, relearning=seconds)


def test_the_number_is_the_lowest_of_a_scan(dear_lapses):
    found = optimal_retention(cost=dear_lapses, tolerance=0.01, **RUN)
    scan = {}
    for percent in range(70, 96, 5):
        value = rp.evaluate_policy(cost=dear_lapses, desired_retention=percent / 100, **RUN)
        scan[percent / 100] = value.seconds.sum() / value.projected
    assert found.exact
    assert found.edge is None
    assert found.value <= min(scan.values()) * 1.005
    assert abs(float(found) - min(scan, key=scan.get)) <= 0.06
    assert (found.desired_retention, found.value) in found.evaluations


def test_defaults_end_at_the_lower_edge_as_elsewhere():
    found = optimal_retention(tolerance=0.03, **RUN)
    assert (found.desired_retention, found.edge) == (0.7, "lower")
    json.dumps(found.to_dict(), allow_nan=False)


def test_limits_that_bind_are_simulated_and_objectives_differ(dear_lapses):
    options = {"cost": dear_lapses, "minutes_limit": 4, "tolerance": 0.05, **RUN}
    found = {name: optimal_retention(objective=name, **options) for name in ("cost_per_memory", "cost")}
    assert not any(one.exact for one in found.values())
    assert found["cost"].value > 60 * found["cost_per_memory"].value
    assert found["cost"] == optimal_retention(objective="cost", **options)
    average = optimal_retention(objective="cost_per_average_memory", **options)
    assert average.value > found["cost_per_memory"].value


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 0.9, "high": 0.8}, "expected less than high"),
        ({"low": 0}, "low is 0"),
        ({"high": float("nan")}, "high is nan"),
        ({"tolerance": "fine"}, "tolerance is 'fine'"),
        ({"desired_retention": 0.9}, "desired_retention is given"),
        ({"days": 0}, "days is 0"),
        ({"seed": 1.5}, "seed is 1.5"),
    ],
)
def test_what_cannot_be_asked_is_explained(options, message):
    with pytest.raises(UsageError, match=message):
        optimal_retention(**options)


def test_an_unknown_objective_suggests_the_nearest():
    with pytest.raises(UnknownName, match="cost_per_memory"):
        optimal_retention(objective="cost_per_memry")
    with pytest.raises(UnknownName, match="fsrs-rs"):
        optimal_retention(search="fsrs")


@pytest.mark.golden
def test_the_official_number_is_where_its_search_ends_if_nothing_depends_on_it(records):
    """Cards of Anki's simulation have a desired retention of their own, which the search does not change.

    So it looks at the same cost wherever it goes, and ends where it would for any collection.
    """
    for record in records("optimal_retention"):
        options = record["input"]
        found = optimal_retention(
            search="fsrs-rs",
            scheduler="fixed@10",
            parameters=options["params"],
            days=options["days"],
            deck=options["deck_size"],
            new_limit=options["new_limit"],
        )
        assert len({value for _, value in found.evaluations}) == 1
        assert found.desired_retention == pytest.approx(record["expected"]["optimal_retention"], abs=1e-6)


def test_the_search_of_fsrs_rs_finds_what_ours_finds_inside(dear_lapses):
    ours = optimal_retention(cost=dear_lapses, **RUN)
    theirs = optimal_retention(cost=dear_lapses, search="fsrs-rs", **RUN)
    assert theirs.value == pytest.approx(ours.value, rel=0.01)
    assert optimal_retention(search="fsrs-rs", tolerance=0.03, **RUN).edge == "lower"
    assert [runs_of_fsrs_rs(days) for days in (1, 30, 31, 364, 365)] == [180, 180, 181, 16, 16]


def test_known_cards_count(dear_lapses):
    log = rp.simulate_log(cards=60, days=60, seed=9)
    found = optimal_retention(start=log, days=60, tolerance=0.1, cost=dear_lapses)
    assert not found.exact
    assert found.edge in (None, "lower", "upper")
