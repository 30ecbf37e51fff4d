"""`easy_days` and `reschedule`: which days cards may go to, and how often they do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from batch_decks import NOW, decks, reviewed
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.scheduling import DayGrid, DayRule, Scheduler
from repetita.scheduling.batch import Deck, easy_days, reschedule
from repetita.scheduling.batch.dates import date_of
from repetita.scheduling.batch.load import EasyDays, Load
from repetita.scheduling.batch.ranges import allowed_days, tool_bounds

WEEK_OFF = (1, 1, 1, 1, 1, 0, 0)


def fortnight(count: int = 300, stability: float = 20.0) -> Deck:
    """Cards of an interval of 20 days, due evenly over the next two weeks."""
    cards = [reviewed(i, last=i % 14 - 20, due=i % 14, stability=stability, note_id=i) for i in range(count)]
    return Deck(cards, Scheduler(), NOW)


def test_free_weekdays_empty():
    deck = fortnight()
    plan = easy_days(deck, WEEK_OFF)
    weekend = {day for day in range(40) if (NOW.date() + timedelta(days=day)).weekday() >= 5}
    assert sum(plan.due_before.get(day, 0) for day in weekend) > 80
    # today, a Saturday, may hold cards whose whole range is over
    assert sum(plan.due_after.get(day, 0) for day in weekend) == 0
    assert abs(plan.recall_after - plan.recall_before) < 0.01


def test_reduced_weekdays_hold_about_their_share():
    deck = fortnight(3000)
    plan = easy_days(deck, (1, 1, 0.5, 1, 1, 1, 1))
    by_weekday = Counter()
    for day, count in plan.due_after.items():
        if 2 <= day < 16:
            by_weekday[(NOW.date() + timedelta(days=day)).weekday()] += count
    others = sum(by_weekday[day] for day in range(7) if day != 2) / 6
    assert 0.35 * others < by_weekday[2] < 0.65 * others


def test_dates_alone_move_only_their_cards():
    deck = fortnight()
    plan = easy_days(deck, dates=[date(2026, 12, 3), "2026-12-05"])
    assert {move.days_before for move in plan.moves} == {5, 7}
    assert not {5, 7} & set(plan.due_after)
    assert plan.options["dates"] == ["2026-12-03", "2026-12-05"]


def test_a_card_without_another_day_stays_and_is_told():
    deck = Deck([reviewed(1, last=-1, due=1, stability=2.0)], Scheduler(), NOW)
    plan = easy_days(deck, dates=["2026-11-29"])
    assert not plan.moves
    assert "On a closed date still" in plan.notes[0]


@settings(max_examples=60, deadline=None)
@given(deck=decks())
def test_cards_stay_within_the_days_allowed(deck):
    for plan in (easy_days(deck, WEEK_OFF, horizon_days=20), easy_days(deck, dates=["2026-11-30"])):
        rows = {row.card.card_id: row for row in deck.rows}
        for move in plan.moves:
            first, last = allowed_days(deck, rows[move.card_id])
            assert first <= move.days_after + deck.today <= last


def test_what_is_beyond_the_horizon_stays():
    cards = [reviewed(i, last=-40, due=i, stability=60.0) for i in range(60)]
    plan = easy_days(Deck(cards, Scheduler(), NOW), WEEK_OFF, horizon_days=10)
    assert max(move.days_before for move in plan.moves) <= 10


@pytest.mark.parametrize(
    "rule",
    [
        DayRule("UTC", 0),
        DayRule("Pacific/Auckland", 4),
        DayRule("America/Los_Angeles", 0),
        DayGrid(int(datetime(2026, 11, 29, 3, tzinfo=UTC).timestamp())),
    ],
    ids=str,
)
def test_weekdays_and_dates_are_those_of_the_day_rule(rule):
    deck = Deck([], Scheduler(day_rule=rule), NOW)
    assert date_of(deck, deck.today) == date(2026, 11, 28)
    assert date_of(deck, deck.today + 33) == date(2026, 12, 31)
    closed = EasyDays.of(deck, (0, 1, 1, 1, 1, 1, 1))
    week = range(deck.today, deck.today + 7)
    assert set(week) - set(closed.open_days(week, Load(deck))) == {deck.today + 2}


def test_open_days_by_hand():
    deck = Deck([reviewed(i, last=-9, due=day) for i, day in enumerate((2, 2, 3, 4, 4))], Scheduler(), NOW)
    days = [deck.today + day for day in (2, 3, 4)]  # Monday 2 cards, Tuesday 1, Wednesday 2
    load = Load(deck)

    def opened(shares, dates=()):
        return [day - deck.today for day in EasyDays.of(deck, shares, dates).open_days(days, load)]

    assert opened((1, 1, 1, 1, 1, 1, 1)) == [2, 3, 4]
    # Tuesday holds 1 / 0.5 = 2 for its share, the others (2 + 2) / 2 = 2: not less, so closed
    assert opened((1, 0.5, 1, 1, 1, 1, 1)) == [2, 4]
    assert opened((1, 0.6, 1, 1, 1, 1, 1)) == [2, 3, 4]
    assert opened((0, 1, 0, 1, 1, 1, 1)) == [3]
    assert opened((0, 0, 0, 1, 1, 1, 1)) == [2, 3, 4]
    assert opened((1, 1, 1, 1, 1, 1, 1), ["2026-11-30", date(2026, 12, 1)]) == [4]
    assert opened((1, 1, 1, 1, 1, 1, 1), ["2026-11-30", "2026-12-01", "2026-12-02"]) == [2, 3, 4]


@settings(max_examples=60, deadline=None)
@given(deck=decks(), retention=st.sampled_from((0.75, 0.9, 0.97)))
def test_new_intervals_lie_in_the_fuzz_of_what_memory_asks_for(deck, retention):
    from dataclasses import replace

    other = Deck(deck.cards, replace(deck.scheduler, desired_retention=retention), NOW)
    for row, move in by_card(other, reschedule(other)):
        low, high = tool_bounds(float(other.rounded(row.wish)), None, other.longest)
        if row.last_day + high < other.today:
            assert move.days_after == 0
            assert move.days_before > 0
        else:
            assert max(low, other.today - row.last_day) <= move.interval_after <= high


def by_card(deck, plan):
    rows = {row.card.card_id: row for row in deck.rows}
    return [(rows[move.card_id], move) for move in plan.moves]


def test_a_lower_retention_makes_no_avalanche_under_a_cap():
    cards = [reviewed(i, last=-(i % 30), due=30 - i % 30, stability=30.0) for i in range(600)]
    deck = Deck(cards, Scheduler(desired_retention=0.95), NOW)
    free, capped = reschedule(deck), reschedule(deck, most_per_day=60)
    assert free.peak_after[1] > 200
    assert capped.peak_after[1] <= 60
    assert capped.recall_after < free.recall_after


def test_cards_near_their_retention_are_left_alone():
    # at 0.9 the interval is the stability; odds 9, with 20 % of it from 7.2 to 10.8, so 0.878 to 0.915
    cards = [reviewed(i, last=0, due=due, stability=100.0) for i, due in enumerate((75, 100, 150, 60, 200))]
    plan = reschedule(Deck(cards, Scheduler(), NOW), keep_within=0.2)
    factor, decay = 0.9 ** (-1 / 0.1542) - 1, -0.1542
    lowest, highest = (
        round(100.0 * ((o / (1 + o)) ** (1 / decay) - 1) / factor) for o in (9.0 * 1.2, 9.0 * 0.8)
    )
    expected = {i for i, due in enumerate((75, 100, 150, 60, 200)) if not lowest <= due <= highest}
    assert 1 not in expected
    assert {move.card_id for move in plan.moves} == expected
    assert reschedule(Deck(cards, Scheduler(), NOW), keep_within=0.2, only=[1, 3]).moves[0].card_id == 3


def test_recent_cards_only():
    cards = [reviewed(i, last=-i, due=100, stability=20.0) for i in range(10)]
    plan = reschedule(Deck(cards, Scheduler(), NOW), answered_within=3)
    assert {move.card_id for move in plan.moves} == {0, 1, 2}


def test_emptier_days_are_preferred():
    crowd = [reviewed(1000 + i, last=-1, due=19, stability=1e4) for i in range(200)]
    cards = [reviewed(i, last=0, due=60, stability=20.0) for i in range(200)]
    deck = Deck([*crowd, *cards], Scheduler(), NOW)
    ids = range(200)
    balanced = Counter(move.days_after for move in reschedule(deck, only=ids).moves)
    even = Counter(move.days_after for move in reschedule(deck, only=ids, balance=False).moves)
    assert set(even) == set(range(17, 24))
    assert balanced[19] < 0.2 * even[19]


def test_an_interval_that_grows_grows_by_a_day():
    cards = [reviewed(i, last=0, due=60, stability=20.0) for i in range(50)]
    plan = reschedule(Deck(cards, Scheduler(), NOW, dict.fromkeys(range(50), 19)))
    assert {move.interval_after for move in plan.moves} == {20, 21, 22, 23}


def test_what_is_overdue_either_way_stays():
    cards = [reviewed(i, last=-60, due=-20, stability=10.0) for i in range(3)]
    plan = reschedule(Deck(cards, Scheduler(), NOW))
    assert not plan.moves
    assert plan.overdue_after == 3
    assert plan.notes[0] == "Due by the new intervals, too, and left as they are: 3 cards."


@pytest.mark.parametrize(
    ("interval", "last", "maximum", "bounds"),
    [
        (1.0, None, 36500, (1, 1)),
        (2.4, None, 36500, (2, 2)),
        (2.5, None, 36500, (2, 4)),
        (7.0, None, 36500, (5, 9)),
        (17.0, None, 36500, (14, 20)),
        (100.0, None, 36500, (93, 107)),
        (100.0, 95, 36500, (96, 107)),
        (100.0, 100, 36500, (93, 107)),
        (100.0, 106, 36500, (93, 107)),
        (100.0, None, 98, (93, 98)),
        (100.0, None, 50, (50, 50)),
        (1e12, None, 36500, (36500, 36500)),
    ],
)
def test_ranges_by_hand(interval, last, maximum, bounds):
    assert tool_bounds(interval, last, maximum) == bounds


def test_a_card_moved_far_on_purpose_keeps_a_range_around_its_day():
    deck = Deck(
        [reviewed(1, last=0, due=60, stability=20.0), reviewed(2, last=0, due=25, stability=20.0)],
        Scheduler(),
        NOW,
    )
    far, near = (allowed_days(deck, row) for row in deck.rows)
    assert [day - deck.today for day in far] == [55, 65]
    assert [day - deck.today for day in near] == [17, 23]
