"""Many runs in one table: the same as one by one, whatever threads and batches; failures stay alone."""

from __future__ import annotations

import json
from math import nan
from pathlib import Path

import numpy as np
import pytest

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.reviews import ReviewLog
from repetita.simulation import Behavior, Cost, ShortTerm, User
from repetita.simulation.lanes.batches import workspace_bytes

OPTIONS = {
    "days": 60,
    "deck": 60,
    "fuzz": True,
    "short_term": ShortTerm(),
    "behavior": Behavior(review_limit=15, attendance=0.9),
}
SCHEDULERS = ["fsrs6", "anki_sm2", "memrise", "fixed@4", "fsrs3_default"]


def frames_of(lanes):
    return [lanes.events[number].to_frame() for number in range(len(lanes))]


@pytest.mark.parametrize("environment", ["fsrs6", "hlr"])
def test_each_lane_is_the_run_of_the_event_engine(environment):
    lanes = rp.simulate_many(
        3, schedulers=SCHEDULERS, environments=[environment], seeds=(1, 2), events=True, daily=True, **OPTIONS
    )
    assert len(lanes) == 3 * 5 * 2
    for number in range(len(lanes)):
        run = rp.simulate(
            environment=environment,
            scheduler=lanes.scheduler[number],
            seed=int(lanes.seed[number]),
            user=int(lanes.user[number]),
            **OPTIONS,
        )
        assert run.events.to_frame().equals(lanes.events[number].to_frame())
        assert lanes.total_reviews[number] == run.total_reviews
        assert lanes.minutes_per_day[number] == pytest.approx(run.minutes_per_day, rel=1e-12)
        assert lanes.memorized_average[number] == pytest.approx(run.memorized_average, rel=1e-7)
        np.testing.assert_allclose(lanes.series["memorized"][number], run.memorized, rtol=1e-7)
        np.testing.assert_array_equal(lanes.series["short_loops"][number], run.short_loops)


@pytest.mark.parametrize(
    "given", [{"threads": 1}, {"threads": 2}, {"max_lanes_per_batch": 1}, {"max_lanes_per_batch": 7}]
)
def test_threads_and_batches_change_nothing(given):
    chosen = {"schedulers": SCHEDULERS, "seeds": range(2), "events": True, **OPTIONS}
    one, other = rp.simulate_many(2, **chosen), rp.simulate_many(2, **chosen, **given)
    assert one.to_frame().equals(other.to_frame())
    assert all(a.equals(b) for a, b in zip(frames_of(one), frames_of(other), strict=True))


def test_totals_are_sums_of_series():
    totals = rp.simulate_many(
        2, schedulers=SCHEDULERS, environments=["fsrs6", "fsrs7", "hlr"], days=90, deck=80
    )
    daily = rp.simulate_many(
        2, schedulers=SCHEDULERS, environments=["fsrs6", "fsrs7", "hlr"], days=90, deck=80, daily=True
    )
    np.testing.assert_array_equal(totals.total_reviews, daily.total_reviews)
    np.testing.assert_allclose(totals.memorized_average, daily.memorized_average, rtol=1e-8)
    np.testing.assert_allclose(totals.projected, daily.projected, rtol=1e-12)
    np.testing.assert_allclose(daily.series["reviews"].sum(axis=1), daily.total_reviews)


def test_a_bad_user_fails_alone():
    users = [rp.model("fsrs6"), [nan] * 21, [1.0, 2.0], User(number=9, environment="fsrs6")]
    lanes = rp.simulate_many(users, schedulers=["fsrs6", "memrise"], days=30, deck=20)
    assert sorted(lanes.failures) == [2, 3, 4, 5]
    assert "number 0" in lanes.failures[2]
    assert "got 2" in lanes.failures[4]
    assert np.isnan(lanes.total_reviews[[2, 3, 4, 5]]).all()
    assert (lanes.total_reviews[[0, 1, 6, 7]] > 0).all()
    assert lanes.to_frame()["failure"].null_count() == 4
    assert lanes.user.tolist() == [0, 0, 1, 1, 2, 2, 9, 9]
    json.dumps(lanes.to_dict(), allow_nan=False)


def test_a_lane_that_breaks_down_says_where():
    """Parameters that pass their checks but leave the numbers behind."""
    weights = list(rp.model("fsrs6").parameters)
    weights[20] = -0.5
    broken = rp.MemoryModel("fsrs6", tuple(weights))
    lanes = rp.simulate_many([broken, "fsrs6"], schedulers=["fsrs6"], days=30, deck=20, daily=True)
    assert list(lanes.failures) == [0]
    assert "retrievability" in lanes.failures[0]
    assert "card 12, day 5" in lanes.failures[0]
    assert np.isnan(lanes.series["memorized"][0]).all()
    assert not np.isnan(lanes.series["memorized"][1]).any()


def test_users_bring_what_is_theirs():
    behavior, cost = Behavior(new_limit=3), Cost(review=(1.0, 1.0, 1.0, 1.0))
    weights = list(rp.model("fsrs5").parameters)
    weights[0] = 2.0
    user = User(number=4, environment="fsrs6", behavior=behavior, cost=cost, beliefs={"fsrs5": weights})
    lanes = rp.simulate_many([user], schedulers=["fsrs5"], days=50, deck=40, events=[0])
    run = rp.simulate(
        scheduler="fsrs5",
        scheduler_parameters=weights,
        behavior=behavior,
        cost=cost,
        user=4,
        days=50,
        deck=40,
    )
    assert run.events.to_frame().equals(lanes.events[0].to_frame())


def test_a_start_goes_on_in_lanes():
    log = ReviewLog.from_histories([[(0, 3), (2, 3), (9, 1)], [(4, 1)], [(1, 4), (5, 2)]] * 5)
    for scheduler in ("fsrs6", "anki_sm2", "hlr"):
        chosen = {"start": log, "deck": 20, "days": 40, "leech_lapses": 2}
        lanes = rp.simulate_many(1, schedulers=[scheduler], events=True, daily=True, seeds=3, **chosen)
        run = rp.simulate(scheduler=scheduler, seed=3, **chosen)
        assert run.events.to_frame().equals(lanes.events[0].to_frame())
        np.testing.assert_allclose(lanes.series["memorized"][0], run.memorized, rtol=1e-7)


def test_schedulers_with_settings():
    chosen = [
        {"scheduler": "fsrs6", "scheduler_priority": "high_retrievability", "desired_retention": 0.8},
        "fsrs6",
    ]
    lanes = rp.simulate_many(1, schedulers=chosen, desired_retention=[0.9, 0.95], days=40, deck=40)
    assert lanes.desired_retention.tolist() == [0.8, 0.9, 0.95]
    assert lanes.total_reviews[0] < lanes.total_reviews[1] < lanes.total_reviews[2]


def test_replicates_and_paired_differences():
    lanes = rp.simulate_many(
        1, schedulers=["fsrs6", "fsrs6_default", "fixed@2"], days=60, deck=60, seeds=range(8)
    )
    estimate = lanes.estimates("total_reviews")[0, "fsrs6", "fsrs6", 0.9]
    assert estimate.runs == 8
    assert estimate.low < estimate.mean < estimate.high
    same = lanes.compare("total_reviews", {"scheduler": "fsrs6"}, {"scheduler": "fsrs6_default"})
    assert same.difference.mean == 0.0
    assert same.within_noise
    more = lanes.compare("total_reviews", {"scheduler": "fsrs6"}, {"scheduler": "fixed@2"})
    assert more.difference.low > 0.0
    assert not more.within_noise
    assert more.difference.runs == 8


def test_several_users_are_compared_user_by_user():
    lanes = rp.simulate_many(5, schedulers=["fsrs6", "memrise"], days=60, deck=60, seeds=range(3))
    found = lanes.compare("memorized_average", {"scheduler": "fsrs6"}, {"scheduler": "memrise"})
    assert found.difference.runs == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"schedulers": ["fsrs66"]}, "fsrs6"),
        ({"device": "gpu"}, "cuda"),
        ({"days": 0}, "days"),
        ({"deck": 0}, "deck"),
        ({"users": 0}, "users"),
        ({"users": []}, "users is empty"),
        ({"users": "fsrs6"}, "list with one element"),
        ({"seeds": []}, "seeds is empty"),
        ({"seeds": [-1]}, "seeds"),
        ({"desired_retention": 1.5}, "desired_retention"),
        ({"desired_retention": []}, "desired_retention is empty"),
        ({"max_lanes_per_batch": 0}, "max_lanes_per_batch"),
        ({"events": [7]}, "events"),
        ({"environment": "hlr"}, "did you mean 'environments'"),
        ({"new_limt": 3}, "did you mean 'new_limit'"),
        ({"schedulers": [{"scheduler": "fsrs6", "speed": 3}]}, "known"),
        ({"compat": "srs-simulator"}, "event engine only"),
        ({"behavior": Behavior(priority=lambda card: (card.due,))}, "event engine only"),
    ],
)
def test_bad_calls_are_refused(options, words):
    users = options.pop("users", 1)
    with pytest.raises(UsageError) as caught:
        rp.simulate_many(users, **{"days": 5, "deck": 5, **options})
    error = caught.value
    assert words in f"{error} {getattr(error, 'hint', '')}"


def test_a_misspelt_name_is_no_failed_lane():
    with pytest.raises(UnknownName):
        rp.simulate_many(environments=["fsrs9"], days=5, deck=5)


def test_a_lane_needs_little_memory():
    """Totals of 10 000 cards of FSRS-6: work space of a thread, whatever the number of lanes."""
    assert workspace_bytes(1825, 10_000, 8, daily=False) < 1.5e6


def test_a_registered_model_is_world_and_belief_of_a_lane():
    example = Path(__file__).parents[3] / "examples" / "new_model.py"
    rp.register_model("power_of_lanes", example)
    chosen = {"days": 40, "deck": 30}
    lanes = rp.simulate_many(
        1, schedulers=["power_of_lanes", "memrise"], environments=["power_of_lanes"], events=True, **chosen
    )
    for number, scheduler in enumerate(lanes.scheduler):
        run = rp.simulate(environment="power_of_lanes", scheduler=scheduler, **chosen)
        assert run.events.to_frame().equals(lanes.events[number].to_frame())


def test_progress_is_told():
    seen = []
    rp.simulate_many(
        4, days=5, deck=5, max_lanes_per_batch=2, progress=lambda done, all_: seen.append((done, all_))
    )
    assert seen == [(2, 4), (4, 4)]
