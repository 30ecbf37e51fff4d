"""The cards there are beside those to come: against the event engine, and against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import repetita as rp
from repetita.errors import UsageError
from repetita.retention_advice import advise_retention
from repetita.retention_advice.curves import KNOWN_USERS, Setting, known_untouched, simulated
from repetita.retention_advice.parts import part_of
from repetita.simulation.behavior import Behavior
from repetita.simulation.short_term import ShortTerm
from repetita.simulation.start import Start, start_of

QUICK = {"runs": 10, "worlds": (), "days": 90, "retention_range": (0.86, 0.9), "new_per_day": 2}


@pytest.fixture(scope="module")
def log():
    return rp.simulate_log(cards=150, days=150, seed=8)


@pytest.fixture(scope="module")
def advice(log):
    return advise_retention(log, minutes_per_day=1000.0, **QUICK)


def as_the_engine_has_it(log, advice, retention):
    """Minutes and known cards of the cards there are, on the luck that the advice had."""
    model, habits = advice.fit.model, advice.habits
    runs = [
        rp.simulate(
            environment=model,
            scheduler=model,
            desired_retention=retention,
            days=advice.days,
            deck=0,
            start=log,
            seed=advice.seed,
            user=KNOWN_USERS + number,
            behavior=Behavior(
                first_ratings=habits.first_ratings,
                success_ratings=habits.success_ratings,
                review_limit=1e9,
                minutes_limit=1e9,
            ),
            cost=habits.cost,
            short_term=habits.short_term,
            events=False,
        )
        for number in range(max(round(3000 / log.cards), 2))
    ]
    return np.mean([run.minutes_per_day for run in runs]), np.mean([run.projected for run in runs])


def test_the_cards_there_are_take_what_the_engine_says(log, advice):
    """A log of 150 cards is simulated with 20 runs, of which 16 are the most: the first 16 here."""
    assert advice.cards == log.cards
    model, habits = advice.fit.model, advice.habits
    setting = Setting(
        scheduler=model,
        days=90,
        deck=0,
        behavior=Behavior(
            first_ratings=habits.first_ratings,
            success_ratings=habits.success_ratings,
            new_limit=2,
            review_limit=1e9,
            minutes_limit=1e9,
        ),
        options={"cost": habits.cost, "short_term": habits.short_term},
        start=start_of(log),
    )
    (minutes, known, _, introduced) = simulated(
        setting, [model] * 16, np.array([0.88]), advice.seed, range(16), cards=log.cards
    ).mean(axis=(1, 2))
    place = int(np.flatnonzero(advice.having.desired_retention == 0.88)[0])
    assert introduced == 0.0
    assert advice.having.minutes_per_day[place] == pytest.approx(minutes, rel=1e-12)
    assert advice.having.known[place] == pytest.approx(known, rel=1e-12)


@pytest.mark.realdata
def test_a_real_log_goes_on_as_the_event_engine_says(shared):
    log = rp.read_reviews(shared / "reviews" / "josh.parquet")
    advice = advise_retention(log, **QUICK | {"days": 60})
    place = int(np.flatnonzero(advice.having.desired_retention == 0.88)[0])
    minutes, known = as_the_engine_has_it(log, advice, 0.88)
    assert advice.having.minutes_per_day[place] == pytest.approx(minutes, rel=1e-9)
    assert advice.having.known[place] == pytest.approx(known, rel=1e-6)


def test_new_cards_take_what_they_take_without_the_others(log, advice):
    only = advise_retention(log, minutes_per_day=1000.0, new_cards_only=True, **QUICK)
    assert (only.cards, only.having, only.untouched) == (0, None, 0.0)
    np.testing.assert_allclose(advice.curve.figures, only.curve.figures + advice.having.figures, rtol=1e-12)
    assert "without the cards that you have already" in only.summary()
    assert f"The {log.cards} cards that you have take" in advice.summary()
    assert advice.untouched < advice.having.known.min()


def test_bands_hold_the_curve_with_all_cards(advice):
    """Between their ends and on neither: there they would have been widened to reach it."""
    low, high = advice.bands.known
    assert ((low < advice.curve.known) & (advice.curve.known < high)).mean() > 0.6


def test_time_that_does_not_suffice_for_the_cards_there_are(log):
    advice = advise_retention(log, minutes_per_day=0.01, **QUICK)
    assert not advice.choice.met
    assert advice.curve.introduced.max() == 0.0
    assert advice.minutes_per_day == pytest.approx(advice.having.minutes_per_day.min())
    assert "which leaves no time for new ones" in advice.summary()


def test_without_a_goal_it_is_the_time_that_is_spent_now(log):
    advice = advise_retention(log, **QUICK)
    assert (advice.goal.kind, advice.goal.usual) == ("minutes", True)
    span = np.ptp(log.review_times_ms[log.review_times_ms > log.review_times_ms.max() - 90 * 86_400_000])
    assert span > 0
    assert advice.goal.amount == pytest.approx(advice.habits.minutes_per_day, abs=0.1)
    assert "that you spend now" in advice.summary()


def test_what_is_known_without_reviews_is_what_the_curve_says(log):
    model, start = rp.model("fsrs6"), start_of(log)
    setting = Setting(
        scheduler=model, days=200, deck=0, behavior=Behavior(new_limit=1), options={}, start=start
    )
    last = np.floor(start.times[start.offsets[1:] - 1])
    states = model.replay(log).after
    ends = log.offsets[1:] - 1
    state = tuple(states[name][ends] for name in model.state_names)
    expected = model.retrievability(state, 200.0 - last).sum()
    assert known_untouched(setting, [model]) == pytest.approx([expected], rel=1e-3)


def test_a_part_of_the_cards_has_the_luck_of_all():
    """Runs with a third of the cards, whose luck is scaled, spread as runs with all of them do."""
    model = rp.model("fsrs6")
    setting = Setting(
        scheduler=model,
        days=120,
        deck=360,
        behavior=Behavior(new_limit=6),
        options={"short_term": ShortTerm()},
    )
    part = part_of(setting, np.array([0.8, 0.9]), seed=3)
    ours = np.log(part.elsewhere([model] * 12, lucky=True)[0]).std(axis=0)
    whole = simulated(setting, [model] * 60, np.array([0.8, 0.9]), 3, range(60), cards=360)
    np.testing.assert_allclose(ours, np.log(whole[0]).std(axis=0), rtol=0.6)
    np.testing.assert_allclose(
        part.elsewhere([model] * 4, lucky=False)[:2, 0], part.home.figures[:2], rtol=1e-12
    )


def test_due_dates_and_unseen_cards_of_another_source(log):
    known = start_of(log)
    late = replace(known, due=np.full(len(known), 80.0), intervals=np.full(len(known), 30.0), new_cards=7)
    advice = advise_retention(log, start=late, minutes_per_day=1000.0, **QUICK)
    soon = advise_retention(log, minutes_per_day=1000.0, **QUICK)
    assert advice.deck == 7
    assert (advice.having.minutes_per_day < soon.having.minutes_per_day).all()
    half = late.of_cards(np.arange(len(late)) % 2 == 0)
    assert advise_retention(log, start=half, **QUICK).cards == len(half)
    strange = Start(
        card_ids=known.card_ids + 10**6,
        offsets=known.offsets,
        ratings=known.ratings,
        times=known.times,
        due=known.due,
        intervals=known.intervals,
        new_cards=0,
        source="elsewhere",
    )
    with pytest.raises(UsageError, match="start has no card"):
        advise_retention(log, start=strange, **QUICK)
    with pytest.raises(UsageError, match="start is 5"):
        advise_retention(log, start=5, **QUICK)
