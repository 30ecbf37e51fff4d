"""How many cards are due on each day while a plan is made, and which day a card should take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.scheduling.batch.dates import date_of, day_of, read_dates
from repetita.scheduling.batch.deck import Deck, Row, listed
from repetita.scheduling.load_balance import LONGEST_BALANCED, day_weights, weighted_place

__all__ = ["EasyDays", "Load", "pick_day"]

WEEK = 7


class Load:
    """Cards due by day. Today holds the backlog and the cards answered today, too.

    Args:
        deck: The cards.
        most_per_day: Most cards that a day may be filled to, or None.

    Raises:
        UsageError: Not a whole number above 0.
    """

    __slots__ = ("_counts", "_today", "cap")

    def __init__(self, deck: Deck, most_per_day: int | None = None) -> None:
        self.cap = None if most_per_day is None else whole_number(most_per_day, "most_per_day", low=1)
        self._today = deck.today
        self._counts: dict[int, int] = {deck.today: deck.answered_today}
        for row in deck.rows:
            self.add(row.due_day)

    def count(self, day: int) -> int:
        """Cards on a day."""
        return self._counts.get(max(day, self._today), 0)

    def add(self, day: int) -> None:
        """One card more."""
        day = max(day, self._today)
        self._counts[day] = self._counts.get(day, 0) + 1

    def remove(self, day: int) -> None:
        """One card less."""
        self._counts[max(day, self._today)] -= 1

    def has_room(self, day: int) -> bool:
        """Whether one more card keeps a day within the cap."""
        return self.cap is None or self.count(day) < self.cap

    def next_with_room(self, day: int, last: int) -> int | None:
        """The first day from one to another, both included, that has room."""
        return next((d for d in range(day, last + 1) if self.has_room(d)), None)


@dataclass(frozen=True, slots=True)
class EasyDays:
    """Days that should get fewer cards.

    Attributes:
        percentages: Shares from Monday to Sunday: 1 a normal day, 0 a day to keep free, between them a
            smaller share.
        dates: Days that should get none.
        closed: Their day numbers.
        monday: A day number that is a Monday.
        by_weekday: Whether shares were given.
    """

    percentages: tuple[float, ...]
    dates: tuple[date, ...]
    closed: frozenset[int]
    monday: int
    by_weekday: bool

    @classmethod
    def of(cls, deck: Deck, percentages: Any = (), dates: Any = ()) -> EasyDays:
        """The easy days of a deck, whose day rule says what is a Monday.

        Args:
            deck: The cards.
            percentages: Seven shares, Monday first; none: all normal.
            dates: Days that should get no cards.

        Raises:
            UsageError: Not seven shares from 0 to 1, all of them 0, or something that is no date.
        """
        given = listed(percentages, "percentages")
        try:
            shares = tuple(float(share) for share in given) or (1.0,) * WEEK
        except (TypeError, ValueError):
            shares = ()
        if len(shares) != WEEK or not all(0.0 <= share <= 1.0 for share in shares) or not any(shares):
            raise UsageError(
                f"easy days are {given!r}, expected seven shares from 0 to 1, not all of them 0",
                hint="Monday to Sunday: 1 normal, 0.5 half, 0 free",
                where="percentages",
            )
        closed = tuple(read_dates(dates))
        monday = deck.today - date_of(deck, deck.today).weekday()
        return cls(shares, closed, frozenset(day_of(deck, one) for one in closed), monday, bool(given))

    def told(self) -> dict[str, Any]:
        """What was asked for, for a plan; nothing where nothing was."""
        return {
            "percentages": list(self.percentages) if self.by_weekday else None,
            "dates": [one.isoformat() for one in self.dates] or None,
        }

    def open_days(self, days: Sequence[int], load: Load) -> list[int]:
        """Those of the days that may get one more card; all of them where none may.

        A day with a smaller share is open while it holds less, for its share, than the others for theirs.
        """
        if not self.closed and min(self.percentages) == 1.0:
            return list(days)
        free = [day for day in days if day not in self.closed]
        shares = [self.percentages[(day - self.monday) % WEEK] for day in free]
        counts = [load.count(day) for day in free]
        all_shares, all_counts = sum(shares), sum(counts)
        chosen = []
        for day, share, count in zip(free, shares, counts, strict=True):
            others = all_shares - share
            if share == 1.0 or (
                share > 0.0 and (others <= 0.0 or count / share < (all_counts - count) / others)
            ):
                chosen.append(day)
        return chosen or list(days)


def pick_day(
    row: Row, first: int, last: int, load: Load, *, fraction: float, easy: EasyDays, balance: bool
) -> int | None:
    """The day that a card gets, or None where the cap leaves none up to ``last``.

    Args:
        row: The card, which the load does not hold now.
        first: First day allowed.
        last: Last day allowed.
        load: Cards due by day.
        fraction: In [0, 1): picks among the days.
        easy: Days that should get fewer cards.
        balance: Whether fuller days should be less likely; without it all days are equally so.
    """
    days = [day for day in range(first, last + 1) if load.has_room(day)]
    if not days:
        return None
    if len(days) > 1:
        days = easy.open_days(days, load)
    if not balance or days[0] - row.last_day > LONGEST_BALANCED:
        return days[min(int(fraction * len(days)), len(days) - 1)]
    weights = day_weights([max(day - row.last_day, 1) for day in days], [load.count(day) for day in days])
    return days[weighted_place(weights, fraction)]
