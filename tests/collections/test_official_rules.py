"""The rules of the buttons on made-up cards: order, bounds, steps, leeches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.collections.day_picking import BalancedDays, FuzzedDays, NearestDays
from repetita.collections.official_rules import ButtonContext, Outcome, after_buttons
from repetita.collections.official_states import OfficialState
from repetita.collections.official_steps import OfficialSteps, days_to_wait
from repetita.scheduling.fuzz import least_passed_interval
from repetita.scheduling.single_precision import single

DAY = 86_400
REVIEW = OfficialState("review", interval_days=10, lapses=2, ease=2.5, stability=10.0, difficulty=5.0)
intervals = st.floats(0.001, 40_000.0).map(single)
limits = st.integers(1, 36_500)
pickers = st.one_of(
    st.just(NearestDays()),
    st.builds(FuzzedDays, st.integers(0, 2**64 - 1)),
    st.builds(
        BalancedDays,
        st.builds(FuzzedDays, st.integers(0, 2**64 - 1)),
        st.lists(st.integers(0, 30), min_size=99, max_size=99),
        st.just(None),
        st.sets(st.integers(0, 98), max_size=3).map(tuple),
    ),
)


def context(current: OfficialState = REVIEW, *, raw: tuple[float, ...] = (1, 12, 20, 30), **changes):
    base = ButtonContext(
        current=current,
        outcomes={rating: Outcome(float(r), 5.0, float(r)) for rating, r in enumerate(raw, 1)},
        learn_steps=OfficialSteps.of_minutes([1.0, 10.0]),
        relearn_steps=OfficialSteps.of_minutes([10.0]),
        initial_ease=2.5,
        maximum=36_500,
        leech_threshold=8,
        short_term=True,
        short_term_with_steps=False,
        seconds_to_rollover=20_000,
        days=NearestDays(),
    )
    return replace(base, **changes)


@given(st.lists(intervals, min_size=4, max_size=4), limits, st.integers(0, 5000), pickers)
def test_passing_buttons_keep_their_order_and_the_maximum(raw, maximum, previous, days):
    card = replace(REVIEW, interval_days=previous)
    after = after_buttons(context(card, raw=tuple(raw), maximum=maximum, days=days))
    hard, good, easy = (after[rating].interval_days for rating in (2, 3, 4))
    assert 1 <= hard <= maximum
    assert good >= min(hard + 1, maximum)
    assert easy >= min(good + 1, maximum)
    assert max(hard, good, easy) <= maximum


@given(intervals, st.integers(0, 5000), pickers)
def test_an_interval_wished_longer_gets_longer(raw, previous, days):
    card = replace(REVIEW, interval_days=previous)
    after = after_buttons(context(card, raw=(1.0, raw, raw, raw), days=days))
    if raw >= previous + 1:
        assert after[2].interval_days > previous


@pytest.mark.parametrize(
    ("seconds_left", "delay", "days"),
    [(20_000, 600, None), (600, 600, 1), (100, 600, 1), (100, DAY + 100, 2)],
)
def test_a_delay_over_the_rollover_waits_for_the_day(seconds_left, delay, days):
    assert days_to_wait(delay, seconds_left) == days
    steps = OfficialSteps((delay,))
    after = after_buttons(context(relearn_steps=steps, seconds_to_rollover=seconds_left))
    assert (after[1].kind, after[1].scheduled_seconds, after[1].delay_days) == ("relearning", delay, days)


@pytest.mark.parametrize(
    ("minutes", "hard"),
    [([], None), ([10.0], 900), ([1.0, 10.0], 330), ([1440.0], 2 * DAY), ([5000.0], 4 * DAY)],
)
def test_hard_on_the_first_step(minutes, hard):
    assert OfficialSteps.of_minutes(minutes).hard(len(minutes)) == hard


@pytest.mark.parametrize("hostile", [float("nan"), float("inf"), -3.0, 1e300])
def test_impossible_steps_are_no_crash(hostile):
    steps = OfficialSteps.of_minutes([hostile, 1.0])
    assert 0 <= steps.again < 2**32
    assert steps.good(2) == 60


def test_steps_left_over_from_longer_lists_are_the_first():
    steps = OfficialSteps.of_minutes([1.0, 10.0])
    assert steps.current(7) == 60
    assert steps.current(2002) == 60
    assert steps.current(0) == 600
    assert OfficialSteps(()).current(1) == 0


@pytest.mark.parametrize("count", range(20))
def test_leeches_come_at_the_threshold_and_every_half_of_it(count):
    card = replace(REVIEW, lapses=count)
    leech = after_buttons(context(card, leech_threshold=5))[1].leech
    assert leech == (count + 1 in (5, 8, 11, 14, 17, 20))
    assert not after_buttons(context(card, leech_threshold=0))[1].leech


def test_without_steps_fsrs_sets_short_delays():
    new, raw = OfficialState("new"), (0.2, 0.4, 0.6, 3.0)
    none = OfficialSteps(())
    after = after_buttons(context(new, raw=raw, learn_steps=none))
    assert [s.kind for s in after.values()] == ["learning", "learning", "review", "review"]
    assert [after[r].scheduled_seconds for r in (1, 2)] == [17_280, 34_560]
    never = after_buttons(context(new, raw=raw, learn_steps=none, short_term=False))
    assert [s.kind for s in never.values()] == ["review"] * 4
    with_steps = after_buttons(context(new, raw=raw))
    assert [s.scheduled_seconds for s in with_steps.values()] == [60, 330, 600, None]


def test_every_button_gives_a_reason():
    for card in (REVIEW, OfficialState("new"), replace(REVIEW, kind="relearning", remaining_steps=1)):
        assert all(state.reason for state in after_buttons(context(card)).values())


@pytest.mark.parametrize(("raw", "least"), [(12.0, 11), (9.0, 10), (6.0, 1), (10.4, 10)])
def test_intervals_shrink_only_beyond_the_reach_of_fuzz(raw, least):
    assert least_passed_interval(raw, 10, 36_500, rounded=single) == least
