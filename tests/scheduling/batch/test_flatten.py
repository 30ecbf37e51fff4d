"""`flatten`: no day beyond the limit."""

from __future__ import annotations

from itertools import pairwise

from batch_decks import NOW, decks, reviewed, shown_by_day
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.scheduling import Scheduler
from repetita.scheduling.batch import Deck, flatten


@settings(max_examples=80, deadline=None)
@given(deck=decks(), limit=st.integers(1, 5))
def test_no_day_holds_more_than_the_limit(deck, limit):
    after = shown_by_day(deck, flatten(deck, limit).apply(deck.cards))
    today = after.pop(0)
    assert today <= max(limit, deck.answered_today)
    assert all(count <= limit for count in after.values())


def test_known_flattening():
    # overdue 0 and 1 (stabilities 9 and 5), today 2; in two days 3, 4, 5 (stabilities 7, 3, 8)
    cards = [
        reviewed(0, last=-20, due=-5, stability=9.0),
        reviewed(1, last=-20, due=-4, stability=5.0),
        reviewed(2, last=-20, due=0, stability=6.0),
        reviewed(3, last=-20, due=2, stability=7.0),
        reviewed(4, last=-20, due=2, stability=3.0),
        reviewed(5, last=-20, due=2, stability=8.0),
    ]
    plan = flatten(Deck(cards, Scheduler(), NOW), 2)
    # today keeps 2 and has room for the least stable of the overdue, 1; tomorrow takes 0 and, of day 2, 5
    assert {move.card_id: move.days_after for move in plan.moves} == {0: 1, 5: 1}
    assert dict(plan.due_after) == {-4: 1, 0: 1, 1: 2, 2: 2}
    assert plan.peak_before == (0, 3)
    assert plan.peak_after == (0, 2)


def test_cards_answered_today_take_room_and_cannot_come_again():
    cards = [
        *(reviewed(i, last=0, due=3) for i in range(3)),
        reviewed(9, last=-9, due=0),
    ]
    plan = flatten(Deck(cards, Scheduler(), NOW), 3)
    assert {move.card_id: move.days_after for move in plan.moves} == {9: 1}
    assert all(move.interval_after >= 1 for move in plan.moves)


def test_a_flat_deck_stays():
    cards = [reviewed(i, last=-9, due=i) for i in range(8)]
    assert not flatten(Deck(cards, Scheduler(), NOW), 1).moves


def test_a_large_backlog_is_spread_in_time_linear_in_it():
    cards = [reviewed(i, last=-20, due=-1, stability=1.0 + i % 50) for i in range(5000)]
    plan = flatten(Deck(cards, Scheduler(), NOW), 100)
    assert max(plan.due_after) == 49
    assert set(plan.due_after.values()) == {100}
    stabilities = {move.days_after: [] for move in plan.moves}
    for move in plan.moves:
        stabilities[move.days_after].append(move.before.stability)
    days = sorted(stabilities)
    assert all(max(stabilities[a]) <= min(stabilities[b]) for a, b in pairwise(days))
