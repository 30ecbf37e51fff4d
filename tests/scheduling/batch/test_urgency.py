"""`postpone` and `advance`: which cards go first, and where to."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import pytest
from batch_decks import NOW, decks, reviewed
from hypothesis import given, settings

from repetita.scheduling import Card, Scheduler
from repetita.scheduling.batch import Deck, advance, postpone

DECAY = -0.1542  # of the default parameters
FACTOR = 0.9 ** (1.0 / DECAY) - 1.0


def curve(elapsed, stability):
    return (1.0 + FACTOR * elapsed / stability) ** DECAY


def odds_of_time(recall):
    """How far down the curve a recall is: (R ** (1 / decay) - 1), which grows with time."""
    return recall ** (1.0 / DECAY) - 1.0


@settings(max_examples=60, deadline=None)
@given(deck=decks())
def test_postponed_are_the_cards_with_the_smallest_keys(deck):
    def key(row):
        retention = deck.scheduler.desired_retention
        elapsed = deck.today - row.last_day + 0.075 * row.interval
        return odds_of_time(curve(elapsed, row.order)) / odds_of_time(retention) - 1.0

    due = [row for row in deck.rows if row.due_day <= deck.today]
    room_to_grow = [row for row in due if deck.today + 1 - row.last_day <= deck.longest]
    plan = postpone(deck, 4)
    moved = {move.card_id for move in plan.moves}
    expected = sorted(due, key=lambda row: (round(key(row), 9), -row.order, row.place))[:4]
    assert moved == {row.card.card_id for row in expected if row in room_to_grow}
    assert plan.safe == sum(key(row) < 0.15 for row in due)
    assert len(postpone(deck)) <= plan.safe
    for move in plan.moves:
        late = -move.days_before
        least = ceil(1.05 * move.interval_before) + late
        most = ceil(1.10 * move.interval_before) + late
        longest = deck.scheduler.maximum_interval
        assert min(least, longest) <= move.interval_after <= min(most, longest)


@settings(max_examples=60, deadline=None)
@given(deck=decks())
def test_advanced_are_the_cards_with_the_smallest_keys(deck):
    def key(row):
        retention = deck.scheduler.desired_retention
        elapsed = deck.today - row.last_day
        return 1.0 - odds_of_time(curve(elapsed, row.order)) / odds_of_time(retention)

    ahead = [row for row in deck.rows if row.due_day > deck.today > row.last_day]
    plan = advance(deck, 4)
    expected = sorted(ahead, key=lambda row: (round(key(row), 9), -row.order, row.place))[:4]
    assert {move.card_id for move in plan.moves} == {row.card.card_id for row in expected}
    assert plan.safe == sum(key(row) < 0.13 for row in ahead)
    assert all(move.days_after == 0 for move in plan.moves)
    for move in plan.moves:
        assert move.interval_after == deck.today - deck.day(move.before.last_review)


def test_known_postponement():
    # at 0.9 the interval is the stability: keys (20 + 1.5) / S - 1
    cards = [reviewed(i, last=-20, due=0, stability=s) for i, s in enumerate((15.0, 40.0, 19.0, 21.5))]
    plan = postpone(Deck(cards, Scheduler(), NOW))
    assert plan.safe == 3  # 0.433, -0.46, 0.13, 0.0
    assert [move.card_id for move in plan.moves] == [1, 2, 3]
    assert {move.interval_after for move in plan.moves} <= {21, 22}
    assert plan.recall_after < plan.recall_before
    assert [move.card_id for move in postpone(Deck(cards, Scheduler(), NOW), 1).moves] == [1]


def test_late_days_are_added_to_a_longer_interval():
    cards = [reviewed(1, last=-30, due=-10, stability=100.0)]
    (move,) = postpone(Deck(cards, Scheduler(), NOW), 1).moves
    assert move.interval_after in (31, 32)
    assert move.days_after in (1, 2)


def test_seeds_change_the_lengthening_only():
    cards = [reviewed(i, last=-60, due=0, stability=60.0 + i) for i in range(30)]
    deck = Deck(cards, Scheduler(), NOW)
    one, two = postpone(deck, 20), postpone(deck, 20, seed=1)
    assert [move.card_id for move in one.moves] == [move.card_id for move in two.moves]
    assert [move.days_after for move in one.moves] != [move.days_after for move in two.moves]


def test_a_cap_sends_cards_on_to_the_next_days():
    cards = [reviewed(i, last=-20, due=0, stability=30.0) for i in range(9)]
    plan = postpone(Deck(cards, Scheduler(), NOW), 9, most_per_day=2)
    assert max(plan.due_after.values()) == 2
    assert sum(plan.due_after.values()) == 9


def test_what_reached_the_longest_interval_stays_and_is_told():
    scheduler = Scheduler(maximum_interval=20)
    cards = [reviewed(i, last=-20, due=0, stability=30.0, scheduler=scheduler) for i in range(2)]
    plan = postpone(Deck(cards, scheduler, NOW), 2)
    assert not plan.moves
    assert "Not moved, no later day has room within the longest interval: 2 cards." in plan.notes
    assert plan.summary().startswith("postpone: nothing to move.")


def test_cards_of_today_cannot_be_advanced():
    deck = Deck([reviewed(1, last=0, due=5), reviewed(2, last=-4, due=1)], Scheduler(), NOW)
    assert [move.card_id for move in advance(deck, 5).moves] == [2]


def test_today_has_room_for_so_many():
    cards = [reviewed(0, last=-5, due=0), *(reviewed(i, last=-9, due=1) for i in range(1, 6))]
    plan = advance(Deck(cards, Scheduler(), NOW), 5, most_per_day=3)
    assert len(plan) == 2
    assert plan.notes[0] == "Not moved, today has no more room: 3 cards."


@pytest.mark.parametrize("name", ["fsrs5", "fsrs7", "hlr", "sm2"])
def test_models_of_every_kind_can_be_planned_with(name):
    scheduler = Scheduler(name, learning_steps=())
    cards = []
    for i in range(8):
        card, _ = scheduler.review(Card(card_id=i), 3, NOW - timedelta(days=i + 1))
        cards.append(card)
    deck = Deck(cards, scheduler, NOW)
    for plan in (postpone(deck, 3), advance(deck, 3)):
        assert len(plan.apply(cards)) == 8
    assert len(postpone(deck, 3)) == 3
