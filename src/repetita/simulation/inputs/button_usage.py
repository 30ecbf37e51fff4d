"""Button usage of one person: shares of ratings and seconds of presses, as measured from a real log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeGuard

from repetita.errors import CorruptInput
from repetita.simulation.behavior import Behavior
from repetita.simulation.cost import Cost
from repetita.simulation.inputs.json_lines import JsonLines

__all__ = ["ButtonUsage", "button_usage"]

PROBABILITIES = {"first_rating_prob": 4, "review_rating_prob": 3}
COSTS = {"learn_costs": 4, "review_costs": 4}
SESSIONS = {"first_rating_offset": 4, "first_session_len": 4}
LAPSES = ("forget_rating_offset", "forget_session_len")
OFF = 0.01  # by how much shares may miss a sum of 1 without a word


@dataclass(frozen=True, kw_only=True)
class ButtonUsage:
    """How one person presses buttons.

    Attributes:
        user: Number of the user.
        first_ratings: Shares of Again, Hard, Good, Easy for new cards.
        success_ratings: Shares of Hard, Good, Easy in review.
        learning_success_ratings: The same in learning; None: as in review.
        relearning_success_ratings: The same in relearning; None: as in review.
        markov: Counts of ratings in review by the previous one, or None.
        learn_costs: Seconds of a day's session with a new card, by its first rating.
        review_costs: Seconds of a day's session with a card in review.
        state_rating_costs: Seconds of one press in learning, review and relearning.
        notes: What was put right, in words.
        row: Everything else that the file says.
    """

    user: int
    first_ratings: tuple[float, ...]
    success_ratings: tuple[float, ...]
    learning_success_ratings: tuple[float, ...] | None
    relearning_success_ratings: tuple[float, ...] | None
    markov: tuple[tuple[float, ...], ...] | None
    learn_costs: tuple[float, ...]
    review_costs: tuple[float, ...]
    state_rating_costs: tuple[tuple[float, ...], ...]
    notes: tuple[str, ...] = ()
    row: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def behavior(self, *, markov: bool = False, **others: Any) -> Behavior:
        """The person with these shares.

        Args:
            markov: Whether ratings in review depend on the previous one, where the file says how.
            others: Further attributes of `Behavior`.
        """
        return Behavior(
            first_ratings=self.first_ratings,
            success_ratings=self.success_ratings,
            learning_success_ratings=self.learning_success_ratings,
            relearning_success_ratings=self.relearning_success_ratings,
            markov=self.markov if markov else None,
            **others,
        )

    def cost(self, *, short_term: bool = False) -> Cost:
        """What presses cost: whole sessions, or single presses where those within a day are simulated."""
        if short_term:
            learning, review, relearning = self.state_rating_costs
            return Cost(learning=learning, review=review, relearning=relearning)
        return Cost(learning=self.learn_costs, review=self.review_costs, relearning=self.review_costs)


def button_usage(rows: JsonLines, user: int) -> ButtonUsage:
    """The button usage of a user.

    Args:
        rows: The file.
        user: Number of the user.

    Raises:
        InputMissing: The user is not there.
        CorruptInput: A field is missing, of wrong length, negative, or not a number.
    """
    row, notes = rows.row(user), list[str]()
    where = f"user {user} of {str(rows.path)!r}"
    shares = {name: _shares(row, name, count, where, notes) for name, count in PROBABILITIES.items()}
    costs = {name: _costs(row.get(name), name, count, where) for name, count in COSTS.items()}
    for name, count in SESSIONS.items():
        _numbers(row.get(name), name, count, where)
    for name in LAPSES:
        _numbers([row.get(name)], name, 1, where)
    states = row.get("state_rating_costs")
    if not _are(states, 3):
        raise _wrong(where, "state_rating_costs", states, "three rows of four numbers")
    learning = _usable(row.get("learning_rating_prob"), 3)
    relearning = _usable(row.get("relearning_rating_prob"), 3)
    if relearning is None and "relearning_rating_prob" in row:
        relearning = (0.0, 1.0, 0.0)
    return ButtonUsage(
        user=user,
        first_ratings=shares["first_rating_prob"],
        success_ratings=shares["review_rating_prob"],
        learning_success_ratings=learning,
        relearning_success_ratings=relearning,
        markov=_table(row.get("long_term_transition"), where),
        learn_costs=costs["learn_costs"],
        review_costs=costs["review_costs"],
        state_rating_costs=tuple(
            _costs(values, f"state_rating_costs[{i}]", 4, where) for i, values in enumerate(states)
        ),
        notes=tuple(notes),
        row=row,
    )


def _shares(row: Mapping[str, Any], name: str, count: int, where: str, notes: list[str]) -> tuple[float, ...]:
    values = _numbers(row.get(name), name, count, where)
    total = sum(values)
    if min(values) < 0.0 or total <= 0.0:
        raise _wrong(where, name, list(values), "shares from 0 with a positive sum")
    if abs(total - 1.0) > OFF:
        notes.append(f"{where}: {name} adds up to {total:.4g} and was scaled to 1")
    return tuple(value / total for value in values) if abs(total - 1.0) > OFF else values


def _costs(values: Any, name: str, count: int, where: str) -> tuple[float, ...]:
    found = _numbers(values, name, count, where)
    if min(found) < 0.0:
        raise _wrong(where, name, values, "seconds from 0")
    return found


def _numbers(values: Any, name: str, count: int, where: str) -> tuple[float, ...]:
    if not _are(values, count):
        raise _wrong(where, name, values, f"a list of {count} numbers")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise _wrong(where, name, values, "finite numbers")
    return tuple(float(value) for value in values)


def _usable(values: Any, count: int) -> tuple[float, ...] | None:
    """Numbers that can be shares, or None where there were no data."""
    if not _are(values, count):
        return None
    if not all(isinstance(x, int | float) and isfinite(x) and x >= 0.0 for x in values):
        return None
    return tuple(float(x) for x in values) if sum(values) > 0.0 else None


def _table(rows: Any, where: str) -> tuple[tuple[float, ...], ...] | None:
    """Counts of transitions; rows that cannot be used become zeros, for which `Behavior` has a fallback."""
    if rows is None:
        return None
    if not _are(rows, 4) or not all(row is None or _are(row, 4) for row in rows):
        raise _wrong(where, "long_term_transition", rows, "four rows of four numbers")
    return tuple(_usable(row, 4) or (0.0,) * 4 for row in rows)


def _are(values: Any, count: int) -> TypeGuard[Sequence[Any]]:
    """Whether something is a list of so many."""
    return isinstance(values, Sequence) and not isinstance(values, str) and len(values) == count


def _wrong(where: str, name: str, value: Any, expected: str) -> CorruptInput:
    return CorruptInput(f"{where}: {name} is {value!r:.80}, expected {expected}", where=name)
