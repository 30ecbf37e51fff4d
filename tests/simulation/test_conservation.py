"""What must hold in every run: nothing is lost, limits hold, sums add up, seeds repeat."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.simulation import Behavior, Cost, ShortTerm
from repetita.simulation.running import plan
from repetita.simulation.switches import COMPATIBLE

ENVIRONMENTS = ("fsrs6", "fsrs3", "fsrs7", "hlr", "dash")
SCHEDULERS = ("fsrs6", "fsrs7", "fsrs3_default", "hlr", "anki_sm2", "memrise", "fixed@2.5")
LOOPS = st.one_of(st.none(), st.integers(0, 3))

behaviors = st.builds(
    Behavior,
    attendance=st.sampled_from([1.0, 0.7, 0.0]),
    lazy_good_bias=st.sampled_from([0.0, 0.3, 1.0]),
    new_limit=st.sampled_from([0, 2, 7, (1, 2, 3, 4, 5, 6, 0)]),
    review_limit=st.sampled_from([0, 3, 9999]),
    minutes_limit=st.sampled_from([0.0, 0.5, 3, 720]),
    priority=st.sampled_from(["new-first", "review-first"]),
    vacations=st.sampled_from([(), ((3, 9),)]),
)
short_terms = st.one_of(
    st.none(),
    st.builds(
        ShortTerm,
        learning_steps=st.sampled_from([(1.0, 10.0), (), (5.0,), (1.0, 600.0, 1000.0)]),
        relearning_steps=st.sampled_from([(10.0,), ()]),
        loops_limit=LOOPS,
    ),
)
settings_of_runs = st.fixed_dictionaries(
    {
        "environment": st.sampled_from(ENVIRONMENTS),
        "scheduler": st.sampled_from(SCHEDULERS),
        "scheduler_priority": st.sampled_from(
            ["low_retrievability", "high_difficulty", "shuffled", "late_due"]
        ),
        "behavior": behaviors,
        "short_term": short_terms,
        "fuzz": st.booleans(),
        "days": st.integers(1, 25),
        "deck": st.integers(1, 25),
        "compat": st.sampled_from([None, None, "srs-simulator"]),
        "leech_lapses": st.sampled_from([None, 2]),
    }
)


def per_day(log, days, chosen, weights=None):
    return np.bincount(log.day[chosen], None if weights is None else weights[chosen], minlength=days)


def check_cards(log, made):
    """Cards one by one: introduced once, never early, each press where the last one said or later."""
    for number in np.unique(log.card_id):
        rows = np.flatnonzero(log.card_id == number)
        assert log.phase[rows[0]] == 3
        assert (log.phase[rows[1:]] != 3).all()
        times = log.last_review[rows]
        assert (np.diff(times) > 0.0).all(), "reviewed twice at one instant"
        assert (times[1:] >= log.due[rows[:-1]]).all(), "reviewed before it was due"
        assert log.elapsed_days[rows[1:]] == pytest.approx(np.diff(times))
        assert (log.day[rows] == np.floor(times)).all()


def check_limits(log, run, made):
    """Limits of each day; the press that crosses the limit of time is the last one."""
    counted = made.switches.step_limits
    for day in range(made.days):
        new, reviews, seconds = made.behavior.limits(day)
        assert run.new[day] <= new
        assert (run.reviews[day] if counted else run.phase_reviews[day]) <= reviews
        costs = log.cost_seconds[log.day == day]
        assert costs[:-1].sum() < seconds or not len(costs)
        if made.behavior.on_vacation(day):
            assert not len(costs)


def check_loops(log, made):
    short = made.short_term
    if short is None or short.loops_limit is None or made.switches.loops_semantics != "sweep":
        return
    steps = (log.phase == 1) | (log.phase == 2)
    counts = Counter(zip(log.day[steps].tolist(), log.card_id[steps].tolist(), strict=True))
    assert max(counts.values(), default=0) <= short.loops_limit


def check_nothing_waits_for_new_cards(log, run, made):
    """Where reviews go first, all that was due when a day began is pressed on a day with a new card."""
    short = made.short_term
    if not made.switches.new_cards_wait or made.behavior.priority != "review-first":
        return
    if made.leech_lapses or (short is not None and short.loops_limit == 0):
        return  # a card that is away is not due
    for number in np.unique(log.card_id):
        rows = np.flatnonzero(log.card_id == number)
        days = set(log.day[rows].tolist())
        ends = [*log.day[rows[1:]].tolist(), made.days]
        for due, end in zip(log.due[rows].tolist(), ends, strict=True):
            waited = [day for day in range(ceil(due), end) if day not in days]
            assert not run.new[waited].any(), (number, waited)


@settings(max_examples=120, deadline=None)
@given(settings_of_runs, st.integers(0, 2**63 - 1))
def test_runs_conserve(options, seed):
    made = plan(**options)
    run = made.run(seed)
    log, days = run.events, made.days
    check_cards(log, made)
    check_limits(log, run, made)
    check_loops(log, made)
    check_nothing_waits_for_new_cards(log, run, made)
    fresh = log.phase == 3
    assert per_day(log, days, fresh).tolist() == run.new.tolist()
    assert per_day(log, days, ~fresh).tolist() == run.reviews.tolist()
    assert per_day(log, days, ~fresh & (log.rating == 1)).tolist() == run.lapses.tolist()
    assert per_day(log, days, log.phase == 0).tolist() == run.phase_reviews.tolist()
    assert per_day(log, days, log.day >= 0, log.cost_seconds) == pytest.approx(run.cost_seconds)
    introduced = np.concatenate([[0], np.cumsum(run.new)[:-1]])
    assert (run.memorized <= introduced + 1e-9).all()
    assert run.projected <= run.new.sum() + 1e-9
    assert np.isnan(log.retrievability[fresh]).all()
    assert ((log.retrievability[~fresh] >= 0) & (log.retrievability[~fresh] <= 1)).all()


@settings(max_examples=25, deadline=None)
@given(settings_of_runs, st.integers(0, 2**32))
def test_a_seed_gives_one_run_to_the_bit(options, seed):
    one, other = (plan(**options).run(seed) for _ in range(2))
    assert one.to_dict() == other.to_dict()
    assert one.events.to_frame().equals(other.events.to_frame())


@settings(max_examples=60, deadline=None)
@given(settings_of_runs, st.integers(0, 2**32))
def test_no_card_is_lost(options, seed):
    """After the run every introduced card is queued for a later day, waits, or is suspended."""
    engine = plan(**options).engine(seed)
    engine.run()
    queued = Counter(card.id for card in engine.waiting)
    for card in engine.cards[: engine.unseen]:
        # a suspended card keeps the due date it had, which may be after the run
        later = not card.suspended and floor(card.due) >= engine.days
        assert queued[card.id] + later + card.suspended == 1, card
    assert engine.unseen == sum(engine.series.new)


def test_deferred_cards_come_back_in_order():
    """One review a day: each due card is reviewed sooner or later, the earliest due first."""
    run = plan(days=60, deck=12, behavior=Behavior(review_limit=1, new_limit=12), scheduler="fixed@1").run(5)
    reviews = run.events.to_frame().filter(run.events.to_frame()["phase"] == "review")
    assert reviews["card_id"].n_unique() == 12
    assert run.reviews.tolist() == [0] + [1] * 59
    assert reviews["card_id"].to_list()[:12] == list(range(12))


class Everywhere:
    """A scheduler that answers as another one does, by another way."""

    def __init__(self, other):
        self.other = other

    def first(self, card, rating, now):
        return self.other.first(card, rating, now)

    def after(self, card, elapsed_days, rating, now):
        days, state = self.other.after(card, elapsed_days, rating, now)
        return days, tuple(state)

    def priority(self, card, now):
        return (self.other.priority(card, now),)


def test_equal_intervals_give_equal_runs():
    made = plan(days=90, deck=90, short_term=ShortTerm(), behavior=Behavior(review_limit=20))
    twin = replace(made, schedulers=[Everywhere(made.schedulers[0])] * 90)
    assert twin.run(3).events.to_frame().equals(made.run(3).events.to_frame())


def test_schedulers_share_luck():
    """The same presses of the same cards have the same numbers under two schedulers."""
    logs = [plan(days=30, deck=40, scheduler=name).run(9).events for name in ("fixed@3", "memrise")]
    firsts = [dict(zip(log.card_id[log.phase == 3], log.rating[log.phase == 3], strict=True)) for log in logs]
    assert firsts[0] == firsts[1]


def test_fixed_intervals_have_countable_reviews():
    days, deck, limit = 200, 300, 7
    behavior = Behavior(new_limit=limit, review_limit=1e9, minutes_limit=1e9)
    for k in (1, 7, 30):
        run = plan(days=days, deck=deck, scheduler=f"fixed@{k}", behavior=behavior).run(1, events=False)
        assert run.total_reviews == sum((days - 1 - card // limit) // k for card in range(deck))


@pytest.mark.parametrize("compat", [None, *COMPATIBLE])
def test_nobody_there_nothing_happens(compat):
    run = plan(days=20, deck=20, behavior=Behavior(attendance=0.0), compat=compat).run(1)
    assert (run.total_new, run.total_reviews, run.total_cost_seconds, run.memorized.sum()) == (0, 0, 0.0, 0.0)
    assert run.memorized_per_minute is None


def test_laziness_gives_again_and_good_only():
    log = plan(days=60, deck=80, behavior=Behavior(lazy_good_bias=1.0)).run(2).events
    assert set(log.rating[log.phase == 0].tolist()) == {1, 3}


def test_defaults_by_two_names():
    one, other = (plan(days=60, deck=60, scheduler=name).run(1) for name in ("fsrs6", "fsrs6_default"))
    assert one.events.to_frame().equals(other.events.to_frame())


def test_failures_are_as_frequent_as_the_log_says():
    """Failures of reviews against the recall that the log has: |z| < 4, p = 6.3e-5; seed fixed."""
    log = plan(days=365, deck=1000, scheduler="anki_sm2").run(4).events
    reviews = log.phase == 0
    recalled, failed = log.retrievability[reviews], log.rating[reviews] == 1
    z = (failed.sum() - (1 - recalled).sum()) / np.sqrt((recalled * (1 - recalled)).sum())
    assert abs(z) < 4.0
    shares = np.bincount(log.rating[reviews & (log.rating > 1)], minlength=5)[2:]
    expected = np.array(Behavior().success_ratings) * shares.sum()
    assert ((shares - expected) ** 2 / expected).sum() < 19.3  # chi-square, two degrees, p = 6.3e-5
    first = np.bincount(log.rating[log.phase == 3], minlength=5)[1:]
    expected = np.array(Behavior().first_ratings) * first.sum()
    assert ((first - expected) ** 2 / expected).sum() < 22.1  # three degrees


def test_end_of_day_sampling_counts_todays_cards():
    start, end = (
        plan(days=30, deck=40, switches={"memorized_sampling": when}).run(1) for when in ("start", "end")
    )
    assert start.memorized[0] == 0.0
    assert end.memorized[0] == end.new[0]
    assert (end.memorized >= start.memorized).all()
    assert start.projected == pytest.approx(end.projected)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_curve_is_the_sum_over_cards(environment):
    """Against the definition: for every day, recall of every introduced card since its last press."""
    made = plan(days=40, deck=30, environment=environment, short_term=ShortTerm())
    run, world = made.run(6), made.environments[0]
    log = run.events
    for day in range(0, 41, 8):
        total = 0.0
        for number in np.unique(log.card_id[log.day < day]):
            state, last = None, 0.0
            for row in np.flatnonzero((log.card_id == number) & (log.day < day)):
                time, rating = log.last_review[row], int(log.rating[row])
                days = (
                    time - last
                    if floor(time) == floor(last) or not world.calendar
                    else floor(time) - floor(last)
                )
                state = world.first(rating) if state is None else world.after(state, days, rating)
                last = time
            total += world.retrievability(state, day - (floor(last) if world.calendar else last))
        found = run.projected if day == 40 else run.memorized[day]
        assert found == pytest.approx(total, rel=1e-9)


def test_costs_are_those_of_the_phase():
    cost = Cost(learning=(1, 2, 3, 4), review=(10, 20, 30, 40), relearning=(100, 200, 300, 400))
    log = plan(days=40, deck=40, cost=cost, short_term=ShortTerm()).run(8).events
    scale = np.array([10, 1, 100, 1])[log.phase]
    assert (log.cost_seconds == scale * log.rating).all()
