"""`HistoryModel`: a memory model whose state is the whole history of a card.

A state is a tuple of ``(elapsed_days, rating)``, one pair a review, the first review's time being 0. One
scalar prediction goes through the history: in linear time for models of features, in quadratic time for those
that sum over pairs of reviews.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from repetita.equations import declared
from repetita.errors import UsageError
from repetita.intervals import searched_interval, solved_interval
from repetita.memory_model import MemoryModel
from repetita.model_arguments import checked_days, checked_rating

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

__all__ = ["History", "HistoryModel"]

History: TypeAlias = tuple[tuple[float, int], ...]
Curve: TypeAlias = Callable[[float], float]


class HistoryModel(MemoryModel):
    """A memory model whose state is the history of a card. Made by `repetita.model`.

    Example:
        >>> from repetita import model
        >>> m = model("dash")
        >>> s = m.next_state(m.initial_state(rating=3), elapsed_days=4, rating=3)
        >>> s
        ((0.0, 3), (4.0, 3))
        >>> round(m.retrievability(s, elapsed_days=10), 4)
        0.8679
    """

    __slots__ = ()

    def initial_state(self, rating: int) -> Any:
        """State after the first review of a card: a history of one review."""
        return ((0.0, checked_rating(rating)),)

    def next_state(self, state: Sequence[Any], elapsed_days: Any, rating: Any) -> Any:
        """The history with a later review.

        Args:
            state: History before the review.
            elapsed_days: Days since the previous review, at least 0.
            rating: 1 Again, 2 Hard, 3 Good, 4 Easy.

        Raises:
            UsageError: A rating, history or time out of range.
        """
        grade = checked_rating(rating)
        return (*checked_history(self.name, state), (checked_days(elapsed_days), grade))

    def retrievability(self, state: Sequence[Any], elapsed_days: Any) -> Any:
        """Probability of recall some time after the last review of one history.

        Args:
            state: The history.
            elapsed_days: Days since the last review, at least 0; a number or an array.

        Raises:
            UsageError: A negative time, not a history.
        """
        recall = self._curve(checked_history(self.name, state))
        return _each(elapsed_days, lambda days: recall(checked_days(days)))

    def interval(self, state: Sequence[Any], desired_retention: Any) -> Any:
        """Days after which retrievability has fallen to the desired retention; not rounded.

        A falling curve is solved: to a relative 1e-10, at most 36500 days. One with steps is searched as
        `repetita.intervals.searched_interval` says, from one day on.

        Args:
            state: The history.
            desired_retention: In (0, 1); a number or an array.

        Raises:
            UsageError: A desired retention outside (0, 1), not a history.
        """
        recall = self._curve(checked_history(self.name, state))
        search = searched_interval if declared(self.equations).steps else solved_interval

        def days(retention: Any) -> float:
            wanted = float(retention)
            if not 0.0 < wanted < 1.0:
                raise UsageError(f"desired_retention is {retention!r}, expected a number in (0, 1)")
            return search(recall, wanted)

        return _each(desired_retention, days)

    def _curve(self, history: History) -> Curve:
        """Probability of recall by the days since the last review of a history."""
        if declared(self.equations).kind == "features":
            return lambda days: self._by_features(history, days)
        return self._by_pairs(history)

    def _by_features(self, history: History, elapsed_days: float) -> float:
        # the rating of the predicted review is in no feature
        days, ratings = zip(*history, (elapsed_days, 3), strict=True)
        rows = [[0.0] * len(self.equations.FEATURES) for _ in days]
        self.equations.features(days, [x < 1.0 for x in days], ratings, rows)
        recalled: float = self.equations.recall(self.parameters, self.prepared, self.options, rows[-1])
        return recalled

    def _by_pairs(self, history: History) -> Curve:
        vectors, most = (self.parameters, self.prepared, self.options), self.equations.MOST_TERMS
        term, memory, combine = self.equations.term, self.equations.memory, self.equations.combine
        kept: list[tuple[float, float, int]] = []  # memory, time and rating of each review
        time = 0.0

        def total(now: float) -> float:
            terms = (term(*vectors, trace, now - then, rating) for trace, then, rating in kept[-most:])
            return float(sum(terms))

        for days, rating in history:
            time += days
            kept.append((memory(*vectors, total(time)), time, rating))

        def recall(days: float) -> float:
            recalled: float = combine(*vectors, total(time + days))
            return recalled

        return recall


def checked_history(name: str, state: Sequence[Any]) -> History:
    """A state as a history.

    Args:
        name: Name of the model.
        state: What should be one ``(elapsed_days, rating)`` a review.

    Raises:
        UsageError: Something else, or nothing.
    """
    try:
        history = tuple((float(days), int(rating)) for days, rating in state)
    except (TypeError, ValueError):
        history = ()
    if not history:
        raise UsageError(
            f"a state of {name} is the history of one card, (elapsed_days, rating) for each review; "
            f"got {state!r}"
        )
    for days, rating in history:
        checked_rating(rating)
        if not (isfinite(days) and days >= 0.0):
            raise UsageError(f"elapsed_days is {days} in a history, expected a finite number, at least 0")
    return ((0.0, history[0][1]), *history[1:])


def _each(values: Any, function: Callable[[Any], float]) -> Any:
    """The function of a number, or of each element of an array."""
    if not (isinstance(values, list) or getattr(values, "ndim", 0) > 0):
        return function(values)
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    return np.array([function(value) for value in array.ravel().tolist()]).reshape(array.shape)
