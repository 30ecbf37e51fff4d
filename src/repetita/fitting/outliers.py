"""The outlier filters of the reference trainers: rare or very long first intervals, dropped with their cards.

Both look at the first review that is at least a day after the one before, count cards by (first rating, first
interval), and drop whole cells. They differ in small print, and both are kept as they are. Our own recipe
uses neither: on held-out reviews of real logs they cost a little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.errors import unknown_name

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

Rule = Literal["fsrs-rs", "fsrs-optimizer"]
RULES: tuple[Rule, ...] = ("fsrs-rs", "fsrs-optimizer")

SHARE_DROPPED = 0.05
LEAST_DROPPED = 20
FEWEST_CARDS = 6
LONGEST_DAYS = {1: 100, 2: 100, 3: 100, 4: 365}


def outlier_intervals(counts: Mapping[int, int], first_rating: int, rule: Rule = "fsrs-rs") -> set[int]:
    """First intervals that a reference trainer drops for one first rating.

    Cells are visited from the rarest to the commonest and dropped while the budget lasts (5 % of the cards,
    at least 20); afterwards only those with fewer than 6 cards or longer than 100 days (365 after Easy).

    Args:
        counts: Number of cards by first interval in whole days.
        first_rating: 1 to 4.
        rule: "fsrs-rs": the budget is in whole cards, among equally rare cells the shortest goes first, and
            what is dropped when the budget ran out does not count (as fsrs-rs-python 0.9.3 does it);
            "fsrs-optimizer": the budget may be a fraction, the longest goes first, everything counts.

    Raises:
        UnknownName: Another rule.

    Example:
        >>> sorted(outlier_intervals({1: 90, 2: 60, 3: 15, 5: 7, 9: 2, 150: 8}, first_rating=3))
        [5, 9, 150]
    """
    if rule not in RULES:
        raise unknown_name("outlier rule", rule, RULES)
    exact = rule == "fsrs-optimizer"
    total = sum(counts.values())
    share = total * SHARE_DROPPED if exact else total // round(1 / SHARE_DROPPED)
    budget = max(share, LEAST_DROPPED)
    spent, dropped = 0, set()
    for days, count in sorted(counts.items(), key=lambda cell: (cell[1], -cell[0] if exact else cell[0])):
        if spent + count < budget:
            spent += count
        elif count >= FEWEST_CARDS and days <= LONGEST_DAYS[first_rating]:
            continue
        elif exact:
            spent += count
        dropped.add(days)
    return dropped


def outlier_cards(log: ReviewLog, rule: Rule = "fsrs-rs") -> NDArray[np.bool_]:
    """Cards that a reference trainer would not train on: shape (cards,).

    With fsrs-optimizer's rule a card is cut at the gap that the dropped review leaves; that review being its
    first scored one, nothing scored remains, so both rules come to whole cards.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> usual = [[(0, 3), (1, 3)]] * 30
        >>> log = ReviewLog.from_histories([*usual, [(0, 3), (500, 3), (2, 3)]])
        >>> outlier_cards(log).nonzero()[0].tolist()
        [30]
    """
    dropped = np.zeros(log.cards, dtype=bool)
    rating, days, _ = first_intervals(log)
    for first_rating in LONGEST_DAYS:
        mine = (rating == first_rating) & (days > 0)
        values, counts = np.unique(days[mine], return_counts=True)
        cells = dict(zip(values.tolist(), counts.tolist(), strict=True))
        dropped |= mine & np.isin(days, list(outlier_intervals(cells, first_rating, rule)))
    return dropped


def kept_cards(log: ReviewLog, outliers: Literal[False, "peer"] | Rule) -> NDArray[np.bool_] | None:
    """Cards that a filter leaves, shape (cards,), or None without a filter; "peer" is fsrs-rs's."""
    if outliers is False:
        return None
    return ~outlier_cards(log, "fsrs-rs" if outliers == "peer" else outliers)


def first_intervals(
    log: ReviewLog,
) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.int8]]:
    """First rating, first interval of at least a day, and the rating it led to, of every card.

    Returns:
        Three arrays of shape (cards,); interval and rating are 0 for a card that was never seen on a later
        day.
    """
    days = np.zeros(log.cards, dtype=np.int32)
    answer = np.zeros(log.cards, dtype=np.int8)
    later = np.flatnonzero(log.later_day)
    card = log.card_index[later]
    leading = np.flatnonzero(np.diff(card, prepend=-1))  # rows are sorted by card
    days[card[leading]] = log.elapsed_days[later[leading]]
    answer[card[leading]] = log.ratings[later[leading]]
    return log.ratings[log.offsets[:-1]], days, answer


def continuous_prefix(places: Sequence[int]) -> list[int]:
    """The leading places of a card's reviews up to the first gap, as fsrs-optimizer cuts a card.

    Example:
        >>> continuous_prefix([1, 2, 2, 3, 5, 6])
        [1, 2, 2, 3]
    """
    kept = list(places[:1])
    for before, place in pairwise(places):
        if place - before > 1:
            break
        kept.append(place)
    return kept
