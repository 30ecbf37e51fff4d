"""Which rows of Anki's review log become reviews: every rule a named step of the funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.reviews.anki.choosing import EARLIEST_MS, LATEST_MS
from repetita.reviews.anki.contents import AnkiRevlog
from repetita.reviews.anki.histories import CardRows, card_rows, history_starts
from repetita.reviews.funnel import FunnelBuilder

__all__ = ["CardFilter", "KeptRows", "keep_reviews"]

KINDS = ("learning", "review", "relearning", "filtered", "manual", "rescheduled")

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CardFilter:
    """A rule that leaves out all rows of some cards.

    Attributes:
        name: Name of the funnel step.
        reason: Why they are left out.
        card_ids: Cards that it leaves out, or, where ``inverted``, the only ones that it lets pass.
        inverted: See there.
    """

    name: str
    reason: str
    card_ids: Integers = field(repr=False)
    inverted: bool = False

    def drops(self, card_ids: Integers) -> Flags:
        """Which rows it drops, by their card."""
        return np.isin(card_ids, self.card_ids, invert=self.inverted)


@dataclass(frozen=True, slots=True, eq=False)
class KeptRows:
    """The reviews, in order of card, then time.

    Attributes:
        rows: Shape (n,), row numbers of the log.
        first: Shape (n,), the learning start of its card.
    """

    rows: Integers
    first: Flags


def keep_reviews(
    revlog: AnkiRevlog,
    funnel: FunnelBuilder,
    *,
    latest_ms: int,
    filters: tuple[CardFilter, ...] = (),
    cut_ms: Mapping[int, int] | int = 0,
) -> KeptRows:
    """The rows from which Anki would train, with a funnel step for each rule.

    Args:
        revlog: The log.
        funnel: Takes the steps.
        latest_ms: Rows after this instant are left out.
        filters: Rules about whole cards.
        cut_ms: Cards whose history begins before this instant are left out: one for all, or by card id.
    """
    funnel_of_rows = _RowFunnel(revlog, funnel)
    drop = funnel_of_rows.drop
    drop("impossible time", "before 1980 or after 2199", ~_possible(revlog.id))
    drop("after now", "later than the moment the collection is looked at", revlog.id > latest_ms)
    drop("no such button", "the button is not 0 to 4", (revlog.ease < 0) | (revlog.ease > 4))
    for rule in filters:
        drop(rule.name, rule.reason, rule.drops(revlog.card_id))
    cards = card_rows(revlog, funnel_of_rows.alive)
    for name, reason, places in _history_rules(cards, revlog, cut_ms):
        mask = np.zeros(len(revlog), dtype=np.bool_)
        mask[cards.rows[places]] = True
        drop(name, reason, mask)
    kept = funnel_of_rows.alive[cards.rows]
    card = cards.spread(np.arange(len(cards.card_ids)))[kept]
    return KeptRows(cards.rows[kept], np.diff(card, prepend=-1) > 0)


class _RowFunnel:
    """Drops rows rule by rule; a row goes by the first rule that fits it."""

    def __init__(self, revlog: AnkiRevlog, funnel: FunnelBuilder) -> None:
        self._revlog = revlog
        self._funnel = funnel
        self.alive = np.ones(len(revlog), dtype=np.bool_)

    def drop(self, name: str, reason: str, mask: Flags) -> None:
        rows = np.flatnonzero(mask & self.alive)
        self.alive[rows] = False
        example = _example(self._revlog, int(rows[0])) if len(rows) else None
        self._funnel.drop(name, reason, self._revlog.id[rows], example)


def _history_rules(
    cards: CardRows, revlog: AnkiRevlog, cut_ms: Mapping[int, int] | int
) -> list[tuple[str, str, Flags]]:
    cuts = _cuts(cards.card_ids, cut_ms)
    starts = history_starts(cards, cuts)
    place = np.arange(len(cards.rows))
    start = cards.spread(starts.learning)
    started = start >= 0
    begins_ms = np.append(cards.times_ms, 0)[starts.learning]  # place -1 reads the zero
    too_old = cards.spread((starts.learning >= 0) & (begins_ms < cuts))
    kind = revlog.type[cards.rows]
    return [
        ("cramming", "in a filtered deck that does not reschedule", cards.cramming),
        ("manual change", "reset or due date set by hand, no answer", ~cards.graded & (kind == 4)),
        ("rescheduled", "moved by a change of options, no answer", ~cards.graded & (kind == 5)),
        ("no answer", "no button was pressed", ~cards.graded),
        ("forgotten", "before the card was last reset", place < cards.spread(starts.reset)),
        ("no learning start", "the log does not show how the card was first learned", ~started),
        ("before the learning start", "before the card was last learned anew", started & (place < start)),
        ("before the ignore date", "the card was learned before the date to ignore", too_old),
    ]


def _cuts(card_ids: Integers, cut_ms: Mapping[int, int] | int) -> Integers:
    if isinstance(cut_ms, int):
        return np.full(len(card_ids), cut_ms, dtype=np.int64)
    return np.array([cut_ms.get(card, 0) for card in card_ids.tolist()], dtype=np.int64)


def _possible(times_ms: Integers) -> Flags:
    return (times_ms >= EARLIEST_MS) & (times_ms < LATEST_MS)


def _example(revlog: AnkiRevlog, row: int) -> dict[str, Any]:
    kind = int(revlog.type[row])
    return {
        "id": int(revlog.id[row]),
        "card": int(revlog.card_id[row]),
        "button": int(revlog.ease[row]),
        "kind": KINDS[kind] if 0 <= kind < len(KINDS) else kind,
        "interval": int(revlog.interval[row]),
    }
