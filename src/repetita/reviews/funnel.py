"""The funnel: how many rows each rule dropped, with an example, and what the reader had to guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.frozen import read_only
from repetita.plurals import counted

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Funnel", "FunnelBuilder", "FunnelStep"]

NO_IDS: NDArray[np.int64] = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One rule and what it dropped.

    Attributes:
        name: Short name of the rule, unique in its funnel.
        reason: Why such rows are dropped, in words.
        dropped: Number of rows dropped by this rule.
        remaining: Number of rows left after it.
        example: Values of the first dropped row, or None where nothing was dropped.
        dropped_ids: Review ids of the dropped rows, shape (dropped,), where the reader knew them.
    """

    name: str
    reason: str
    dropped: int
    remaining: int
    example: Mapping[str, Any] | None = None
    dropped_ids: NDArray[np.int64] = field(default_factory=lambda: NO_IDS, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description of the step."""
        return {
            "name": self.name,
            "reason": self.reason,
            "dropped": self.dropped,
            "remaining": self.remaining,
            "example": None if self.example is None else {k: _plain(v) for k, v in self.example.items()},
        }


@dataclass(frozen=True, slots=True)
class Funnel:
    """What happened to the rows of a source between reading and the log.

    ``rows_read == kept + sum(step.dropped for step in steps)`` always holds.

    Attributes:
        rows_read: Rows found in the source.
        steps: The rules, in the order in which they were applied; those that dropped nothing too.
        guesses: What the reader assumed, in sentences; each can be overridden.

    Example:
        >>> builder = FunnelBuilder(rows_read=10)
        >>> builder.drop("rating", "the rating is not 1, 2, 3 or 4", [7], {"row": 7, "rating": 0})
        >>> builder.guess("review_time is in seconds")
        >>> funnel = builder.build()
        >>> funnel.kept
        9
        >>> print(funnel)
        10 rows read
          -1 rating: the rating is not 1, 2, 3 or 4 (row 7, rating 0)
        9 rows kept
        assumed: review_time is in seconds
    """

    rows_read: int
    steps: tuple[FunnelStep, ...] = ()
    guesses: tuple[str, ...] = ()

    @property
    def kept(self) -> int:
        """Rows left after all steps."""
        return self.steps[-1].remaining if self.steps else self.rows_read

    def losses(self) -> str:
        """What was dropped in one sentence, empty where nothing was.

        Example:
            >>> builder = FunnelBuilder(rows_read=10)
            >>> builder.drop("rating", "the rating is not 1, 2, 3 or 4", [7, 8])
            >>> builder.build().losses()
            '2 of 10 rows dropped (rating: 2)'
        """
        dropped = self.rows_read - self.kept
        reasons = ", ".join(f"{step.name}: {step.dropped:,}" for step in self.steps if step.dropped)
        return f"{dropped:,} of {counted(self.rows_read, 'row')} dropped ({reasons})" if dropped else ""

    def __str__(self) -> str:
        lines = [f"{counted(self.rows_read, 'row')} read"]
        for step in self.steps:
            if step.dropped:
                lines.append(f"  -{step.dropped:,} {step.name}: {step.reason}{_shown(step.example)}")
        lines.append(f"{counted(self.kept, 'row')} kept")
        lines += [f"assumed: {guess}" for guess in self.guesses]
        return "\n".join(lines)

    def step_of(self, review_id: int) -> FunnelStep | None:
        """The step that dropped a review, or None when no step did.

        Args:
            review_id: The id in the source, or the row number where it has none.
        """
        for step in self.steps:
            if bool(np.any(step.dropped_ids == review_id)):
                return step
        return None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description of the funnel."""
        return {
            "rows_read": self.rows_read,
            "kept": self.kept,
            "steps": [step.to_dict() for step in self.steps],
            "guesses": list(self.guesses),
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a step: name, reason, dropped, remaining."""
        import polars as pl

        schema = {"name": pl.String, "reason": pl.String, "dropped": pl.Int64, "remaining": pl.Int64}
        rows = [(step.name, step.reason, step.dropped, step.remaining) for step in self.steps]
        return pl.DataFrame(rows, schema=schema, orient="row")


class FunnelBuilder:
    """Counts rows while a reader works, then gives the frozen `Funnel`.

    Args:
        rows_read: Rows found in the source.
    """

    def __init__(self, rows_read: int) -> None:
        self._rows_read = int(rows_read)
        self._remaining = int(rows_read)
        self._steps: list[FunnelStep] = []
        self._guesses: list[str] = []

    @property
    def remaining(self) -> int:
        """Rows left so far."""
        return self._remaining

    def drop(self, name: str, reason: str, ids: ArrayLike, example: Mapping[str, Any] | None = None) -> None:
        """Record one rule.

        Args:
            name: Short name of the rule.
            reason: Why such rows are dropped, in words.
            ids: Review ids (or row numbers) of the dropped rows; may be empty.
            example: Values of one dropped row.
        """
        dropped_ids = read_only(np.array(ids, dtype=np.int64).reshape(-1))
        self._remaining -= len(dropped_ids)
        shown = None if example is None or not len(dropped_ids) else dict(example)
        self._steps.append(FunnelStep(name, reason, len(dropped_ids), self._remaining, shown, dropped_ids))

    def guess(self, sentence: str) -> None:
        """Record something the reader assumed; a sentence is kept once."""
        if sentence not in self._guesses:
            self._guesses.append(sentence)

    def build(self) -> Funnel:
        """The funnel so far."""
        return Funnel(self._rows_read, tuple(self._steps), tuple(self._guesses))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _shown(example: Mapping[str, Any] | None) -> str:
    if not example:
        return ""
    return " (" + ", ".join(f"{key} {_plain(value)}" for key, value in example.items()) + ")"
