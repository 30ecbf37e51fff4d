"""The order of cards in a lane: a calendar of linked lists, binary heaps, and the best of many.

Text that a compiler links, see `repetita.simulation.lanes.linking`: plain loops over flat arrays. A heap is
three arrays: what is compared first, second, and the numbers of the cards, compared last; the first two may
be one array.
"""

from __future__ import annotations

from typing import Any

from repetita.simulation.rules import before


def put(head: Any, link: Any, day: int, card: int) -> None:
    """Puts a card on a day of the calendar."""
    link[card] = head[day]
    head[day] = card


def take(head: Any, link: Any, day: int, waiting: Any, count: int) -> int:
    """Moves the cards of a day to those that wait; how many wait then."""
    card = head[day]
    while card >= 0:
        waiting[count] = card
        count += 1
        card = link[card]
    return count


def sink(keys: Any, dues: Any, cards: Any, hole: int, count: int, key: float, due: float, card: int) -> None:
    """Lets an entry sink from a place to where it belongs."""
    child = 2 * hole + 1
    while child < count:
        other = child + 1
        if other < count and before(
            keys[other], dues[other], cards[other], keys[child], dues[child], cards[child]
        ):
            child = other
        if not before(keys[child], dues[child], cards[child], key, due, card):
            break
        keys[hole] = keys[child]
        dues[hole] = dues[child]
        cards[hole] = cards[child]
        hole = child
        child = 2 * hole + 1
    keys[hole] = key
    dues[hole] = due
    cards[hole] = card


def rise(keys: Any, dues: Any, cards: Any, hole: int, key: float, due: float, card: int) -> None:
    """Lets an entry rise from a place to where it belongs."""
    while hole > 0:
        parent = (hole - 1) // 2
        if not before(key, due, card, keys[parent], dues[parent], cards[parent]):
            break
        keys[hole] = keys[parent]
        dues[hole] = dues[parent]
        cards[hole] = cards[parent]
        hole = parent
    keys[hole] = key
    dues[hole] = due
    cards[hole] = card


def make_heap(keys: Any, dues: Any, cards: Any, count: int) -> None:
    """Orders entries as a heap."""
    for place in range(count // 2 - 1, -1, -1):
        sink(keys, dues, cards, place, count, keys[place], dues[place], cards[place])


def drop_first(keys: Any, dues: Any, cards: Any, count: int) -> None:
    """Takes the first entry from a heap of so many."""
    last = count - 1
    sink(keys, dues, cards, 0, last, keys[last], dues[last], cards[last])


def sink_worst(
    keys: Any, dues: Any, cards: Any, hole: int, count: int, key: float, due: float, card: int
) -> None:
    """As `sink` in a heap whose first entry is the one that comes last."""
    child = 2 * hole + 1
    while child < count:
        other = child + 1
        if other < count and before(
            keys[child], dues[child], cards[child], keys[other], dues[other], cards[other]
        ):
            child = other
        if not before(key, due, card, keys[child], dues[child], cards[child]):
            break
        keys[hole] = keys[child]
        dues[hole] = dues[child]
        cards[hole] = cards[child]
        hole = child
        child = 2 * hole + 1
    keys[hole] = key
    dues[hole] = due
    cards[hole] = card


def bring_best(keys: Any, dues: Any, cards: Any, count: int, best: int) -> None:
    """Moves the ``best`` entries that come first, of ``count``, to the front, in any order."""
    for place in range(best // 2 - 1, -1, -1):
        sink_worst(keys, dues, cards, place, best, keys[place], dues[place], cards[place])
    for i in range(best, count):
        key = keys[i]
        due = dues[i]
        card = cards[i]
        if before(key, due, card, keys[0], dues[0], cards[0]):
            keys[i] = keys[0]
            dues[i] = dues[0]
            cards[i] = cards[0]
            sink_worst(keys, dues, cards, 0, best, key, due, card)
