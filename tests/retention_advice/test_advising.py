"""`advise_retention`: the answer, against simulations of the very setting, and on logs that say little."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

import repetita as rp
from repetita.errors import NoReviews, RepetitaError, UnknownName, UsageError
from repetita.retention_advice import advise_retention
from repetita.reviews import ReviewLog, simulate_log

QUICK = {"runs": 10, "worlds": (), "days": 120, "retention_range": (0.84, 0.9)}


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=250, days=200, seed=3)


@pytest.fixture(scope="module")
def two_buttons():
    histories = [
        [(0, 1 if card % 3 == 0 else 3), (2, 3), (6, 1 if card % 5 == 0 else 3), (9, 3)] for card in range(90)
    ]
    return ReviewLog.from_histories(histories)


@pytest.fixture(scope="module")
def exact(two_buttons):
    return advise_retention(
        two_buttons,
        new_per_day=4,
        runs=20,
        worlds=("fsrs5",),
        days=120,
        deck=300,
        retention_range=(0.8, 0.92),
    )


def test_a_log_without_repeats_gets_expectations_that_simulations_confirm(exact):
    assert exact.curve.exact.all()
    place = int(np.flatnonzero(exact.curve.desired_retention == 0.9)[0])
    lanes = rp.simulate_many(
        [exact.fit.model] * 16,
        schedulers=[exact.fit.model],
        desired_retention=0.9,
        days=120,
        deck=300,
        new_limit=None,
        behavior=rp.simulation.Behavior(
            first_ratings=exact.habits.first_ratings,
            success_ratings=exact.habits.success_ratings,
            new_limit=4,
        ),
        cost=exact.habits.cost,
    )
    assert exact.curve.minutes_per_day[place] == pytest.approx(lanes.minutes_per_day.mean(), rel=0.02)
    assert exact.curve.known[place] == pytest.approx(lanes.projected.mean(), rel=0.01)


def test_bands_hold_the_curve_and_two_buttons_stay_two(exact):
    curve, bands = exact.curve, exact.bands
    assert exact.habits.first_ratings[1] == exact.habits.first_ratings[3] == 0.0
    low, high = bands.minutes_per_day
    assert (low < high).all()
    # between the ends and on neither: there a band would have been widened to reach the curve
    inside = (low < curve.minutes_per_day) & (curve.minutes_per_day < high)
    assert inside.mean() > 0.8
    assert bands.best[0] <= bands.best[1]
    assert any("usual times are taken" in note for note in exact.notes)


def test_another_world_has_figures_of_its_own(exact):
    (world,) = exact.worlds
    assert world.model == "fsrs5"
    assert not np.allclose(world.curve.known, exact.curve.known)
    np.testing.assert_allclose(world.curve.known, exact.curve.known, rtol=0.2)
    assert "If memory works as FSRS-5 says" in exact.summary()


def test_minutes_that_do_not_suffice_agree_with_days_that_are_broken_off(two_buttons):
    minutes = 2.0
    advice = advise_retention(two_buttons, minutes_per_day=minutes, new_per_day=20, **QUICK)
    place = int(np.flatnonzero(advice.curve.desired_retention == 0.85)[0])
    assert advice.curve.minutes_per_day[place] == pytest.approx(minutes)
    lanes = rp.simulate_many(
        [advice.fit.model] * 8,
        schedulers=[advice.fit.model],
        desired_retention=0.85,
        days=120,
        deck=2400,
        behavior=rp.simulation.Behavior(
            first_ratings=advice.habits.first_ratings,
            success_ratings=advice.habits.success_ratings,
            new_limit=20,
            minutes_limit=minutes,
            priority="review-first",
        ),
        cost=advice.habits.cost,
    )
    # fewer cards from the first day on, or breaking off day after day: nearly the same
    assert advice.curve.known[place] == pytest.approx(lanes.projected.mean(), rel=0.15)
    assert "The time suffices for about" in advice.summary()


def test_more_time_never_leaves_less_known(two_buttons):
    known = [
        advise_retention(two_buttons, minutes_per_day=minutes, new_per_day=5, **QUICK).known
        for minutes in (1.0, 3.0, 1000.0)
    ]
    assert known == sorted(known)


def test_an_answer_at_the_edge_warns(two_buttons):
    top = advise_retention(two_buttons, minutes_per_day=1000, new_per_day=5, **QUICK)
    assert (top.edge, top.desired_retention) == ("highest", 0.9)
    assert "minutes are not used up" in top.warning
    low = advise_retention(two_buttons, known_cards=1, new_per_day=5, **QUICK)
    assert (low.edge, low.desired_retention) == ("lowest", 0.84)
    assert "Warning:" in low.summary()
    far = advise_retention(two_buttons, known_cards=5000, new_per_day=5, **QUICK)
    assert not far.choice.met
    assert "out of reach" in far.summary()


def test_a_date_is_counted_from_today(two_buttons):
    options = {"known_cards": 200, "new_per_day": 3, **QUICK}
    options.pop("days")
    advice = advise_retention(two_buttons, by="2027-04-11", today=date(2027, 1, 1), **options)
    assert (advice.days, advice.by) == (100, "2027-04-11")
    assert advice.known >= 200
    assert "200 cards by 2027-04-11" in advice.summary()
    with pytest.raises(UsageError, match="from tomorrow on"):
        advise_retention(two_buttons, by="2026-12-31", today=date(2027, 1, 1), **options)


def test_repeats_within_a_day_are_simulated(log):
    options = {**QUICK, "new_per_day": 3}
    advice = advise_retention(log, **options)
    assert not advice.curve.exact.any()
    assert any("are simulated" in note for note in advice.notes)
    plain = advise_retention(log, repeats=False, new_cards_only=True, **options)
    assert plain.curve.exact.all()


def test_one_seed_one_answer_and_a_document(two_buttons):
    one, two = (advise_retention(two_buttons, **QUICK, seed=4).to_dict() for _ in range(2))
    for document in (one, two):
        document["fit"].pop("seconds")
    assert json.dumps(one, allow_nan=False) == json.dumps(two, allow_nan=False)
    other = advise_retention(two_buttons, **QUICK, seed=5)
    assert other.to_dict()["bands"] != one["bands"]
    assert other.to_frame().height == len(other.curve) == 7


def test_a_log_that_says_nothing_gets_the_usual_memory_with_wide_bands():
    advice = advise_retention(ReviewLog.from_histories([[(0, 3)]]), deck=200, **QUICK)
    assert "Nothing in the log says how you forget" in advice.summary()
    low, high = advice.bands.minutes_per_day
    assert (high / low > 1.3).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"minutes_per_day": 10, "deck": 100}, "minutes_per_day and deck are given"),
        ({"minutes_per_day": float("nan")}, "minutes_per_day is nan"),
        ({"minutes_per_day": -1}, "minutes_per_day is -1"),
        ({"minutes_per_day": True}, "minutes_per_day is True"),
        ({"minutes_per_day": "20"}, "minutes_per_day is '20'"),
        ({"known_cards": 0}, "known_cards is 0"),
        ({"deck": 10**9}, "deck is 1000000000"),
        ({"days": 0}, "days is 0"),
        ({"days": 10**6}, "days is 1000000"),
        ({"by": "2027-01-01"}, "by is given without known_cards"),
        ({"known_cards": 5, "by": "soon"}, "by is 'soon'"),
        ({"known_cards": 5, "by": 3}, "by is 3"),
        ({"known_cards": 5, "by": "2027-01-01", "days": 5}, "days and by are given"),
        ({"new_per_day": 0}, "new_per_day is 0"),
        ({"known_cards": 5, "new_per_day": 9999, "days": 3650}, "expected at most 100,000"),
        ({"retention_range": (0.9, 0.8)}, "retention_range is"),
        ({"retention_range": (0.9, 0.9001)}, "at least 0.01 apart"),
        ({"retention_range": 0.9}, "retention_range is 0.9"),
        ({"retention_range": (0.5, 1.0)}, "retention_range is"),
        ({"runs": 1}, "runs is 1"),
        ({"seed": -1}, "seed is -1"),
        ({"worlds": ("fsrs6",)}, "is the scheduler's own model"),
        ({"worlds": ("lstm",)}, "no parameters that are fitted"),
        ({"worlds": ("sm2",)}, "no parameters that are fitted"),
        ({"model": "dash"}, "keeps no state"),
        ({"model": rp.model("fsrs6")}, "expected a name"),
    ],
)
def test_what_cannot_be_asked_is_explained(two_buttons, options, message):
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        advise_retention(two_buttons, **options)


def test_wrong_names_and_logs(two_buttons):
    with pytest.raises(UnknownName, match="fsrs6"):
        advise_retention(two_buttons, model="fsrs66")
    with pytest.raises(UnknownName, match="fsrs7"):
        advise_retention(two_buttons, worlds=["fsrs77"])
    with pytest.raises(UnknownName, match="prior"):
        advise_retention(two_buttons, prio=None)
    with pytest.raises(NoReviews, match="no reviews"):
        advise_retention(ReviewLog.from_histories([]))
    with pytest.raises(RepetitaError):
        advise_retention("log.csv")


@pytest.mark.realdata
def test_a_real_log_is_answered(shared):
    log = rp.read_reviews(shared / "reviews" / "josh.parquet")
    options = {
        "minutes_per_day": 15,
        "new_per_day": 6,
        "worlds": (),
        "runs": 10,
        "retention_range": (0.8, 0.94),
    }
    advice = advise_retention(log, new_cards_only=True, **options)
    assert 0.82 <= advice.desired_retention <= 0.92
    assert advice.edge is None
    assert advice.minutes_per_day <= 15.0 + 1e-9
    assert advice.habits.success_ratings[2] == 0.0
    # the cards there are take time from the new ones, and bring knowledge
    whole = advise_retention(log, **options)
    assert whole.cards == log.cards
    assert whole.minutes_per_day <= 15.0 + 1e-9
    assert whole.desired_retention <= advice.desired_retention
    assert whole.known > advice.known + whole.untouched
