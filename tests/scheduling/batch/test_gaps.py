"""Dispersal of siblings: the smallest gap is the largest there is, against all placements."""

from __future__ import annotations

from itertools import pairwise, product

from batch_decks import NOW, decks, reviewed
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.scheduling import Scheduler
from repetita.scheduling.batch import Deck, disperse_siblings
from repetita.scheduling.batch.gaps import EXACT_UP_TO, widest_gap
from repetita.scheduling.batch.ranges import allowed_days

choices = st.lists(
    st.sets(st.integers(0, 12), min_size=1, max_size=7).map(lambda days: sorted(days)), min_size=2, max_size=4
)


def smallest_gap(days, after):
    ordered = sorted(days)
    return min([ordered[0] - after, *(b - a for a, b in pairwise(ordered))])


@settings(max_examples=300, deadline=None)
@given(choices, st.integers(0, 5))
def test_no_placement_has_a_larger_gap(days, before):
    after = -before
    found = widest_gap(days, after=after)
    assert all(day in allowed for day, allowed in zip(found, days, strict=True))
    best = max(smallest_gap(placed, after) for placed in product(*days))
    assert smallest_gap(found, after) == best


@settings(max_examples=100, deadline=None)
@given(choices)
def test_no_card_alone_can_come_later_with_the_same_gap(days):
    found = widest_gap(days, after=-3)
    gap = smallest_gap(found, -3)
    order = sorted(range(len(found)), key=lambda i: found[i])
    last = order[-1]
    for day in days[last]:
        if day > found[last] and gap > 0:  # a gap of 0 cannot fall
            assert smallest_gap([*found[:last], day, *found[last + 1 :]], -3) < gap


def test_nested_ranges_need_more_than_the_order_of_their_ends():
    # by right end the card of day 5 comes first and leaves [0..9] no place 5 away from both
    assert widest_gap([range(5, 6), range(0, 10), range(0, 11)], after=-5) == (5, 0, 10)


def test_many_siblings_go_by_their_last_days():
    count = EXACT_UP_TO + 11
    found = widest_gap([range(10, 10 + 3 * count)] * count, after=0)
    assert sorted(found) == list(found)
    assert min(b - a for a, b in pairwise(found)) == 3


@settings(max_examples=60, deadline=None)
@given(deck=decks())
def test_siblings_end_within_their_ranges_and_as_far_apart_as_can_be(deck):
    plan = disperse_siblings(deck)
    after = {card.card_id: card for card in plan.apply(deck.cards)}
    notes = {}
    for row in deck.rows:
        if row.card.note_id is not None:
            notes.setdefault(row.card.note_id, []).append(row)
    for rows in notes.values():
        if len(rows) < 2:
            assert not {move.card_id for move in plan.moves} & {row.card.card_id for row in rows}
            continue
        days = [max(deck.day(after[row.card.card_id].due), deck.today) for row in rows]
        ranges = [range(*(lambda first, last: (first, last + 1))(*allowed_days(deck, row))) for row in rows]
        assert all(day in allowed for day, allowed in zip(days, ranges, strict=True))
        if len(rows) <= 4 and all(len(allowed) < 12 for allowed in ranges):
            newest = max(row.last_day for row in rows)
            best = max(smallest_gap(placed, newest) for placed in product(*ranges))
            assert smallest_gap(days, newest) == best


def test_one_note_only():
    cards = [reviewed(i, last=-5, due=5, note_id=i // 2) for i in range(4)]
    deck = Deck(cards, Scheduler(), NOW)
    assert {move.card_id for move in disperse_siblings(deck, notes=[1]).moves} == {2, 3}
    assert not disperse_siblings(deck, notes=[]).moves


def test_full_days_are_passed_over():
    # both siblings could take days 3 to 7 from now; 3 is full
    cards = [
        *(reviewed(i, last=-5, due=5, note_id=1) for i in range(2)),
        *(reviewed(10 + i, last=-5, due=3) for i in range(4)),
    ]
    free = disperse_siblings(Deck(cards, Scheduler(), NOW))
    assert {move.days_after for move in free.moves} == {3, 7}
    capped = disperse_siblings(Deck(cards, Scheduler(), NOW), most_per_day=4)
    assert {move.days_after for move in capped.moves} == {4, 7}


def test_siblings_that_must_meet_are_told():
    cards = [reviewed(i, last=-60, due=-20, stability=10.0, note_id=1) for i in range(2)]
    plan = disperse_siblings(Deck(cards, Scheduler(), NOW))
    assert plan.notes[0] == "Two cards on one day still, their ranges leave no other: 1 note."
