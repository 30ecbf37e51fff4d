"""Rows of a table on their way into a log: which are left, and why the others are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.errors import NoReviews
from repetita.reviews.funnel import FunnelBuilder
from repetita.reviews.opened import Malformed

MAX_SHOWN = 60


class Sieve:
    """Rows left so far, and the funnel that says what became of the others.

    Args:
        frame: The table, to take examples from.
        row_numbers: Shape (n,), the number of each row in the source.
        malformed: Rows of the source that are not in the table.
    """

    def __init__(
        self, frame: pl.DataFrame, row_numbers: NDArray[np.int64], malformed: Sequence[Malformed]
    ) -> None:
        self.left: NDArray[np.bool_] = np.ones(frame.height, dtype=np.bool_)
        self.ids = row_numbers
        self._frame = frame
        self.row_numbers = row_numbers
        self.builder = FunnelBuilder(frame.height + len(malformed))
        example = malformed[0]._asdict() if malformed else None
        self.builder.drop(
            "malformed row", "the row does not fit the table", [bad.row for bad in malformed], example
        )

    def drop(self, name: str, reason: str, bad: NDArray[np.bool_]) -> None:
        """Apply a rule to the rows left.

        Args:
            name: Short name of the rule.
            reason: Why such rows are dropped.
            bad: Shape (n,), True where the rule applies.
        """
        gone = np.flatnonzero(bad & self.left)
        self.left[gone] = False
        self.builder.drop(name, reason, self.ids[gone], self.example(int(gone[0])) if len(gone) else None)

    def guess(self, *sentences: str) -> None:
        """Record what was assumed."""
        for sentence in sentences:
            self.builder.guess(sentence)

    def example(self, row: int) -> Mapping[str, Any]:
        """Row number and values of one row."""
        values = self._frame.row(row, named=True)
        return {"row": int(self.row_numbers[row]), **{name: _short(value) for name, value in values.items()}}

    def check_any(self, source: str, hint: Callable[[], str | None]) -> None:
        """Nothing, if rows are left.

        Raises:
            NoReviews: None are; the message carries the funnel.
        """
        if self.left.any():
            return
        funnel = self.builder.build()
        raise NoReviews(f"no review in {source} can be used:\n{funnel}", hint=hint(), where=source)


class Table(NamedTuple):
    """A table of reviews in work.

    Attributes:
        columns: Its columns by the parts they play.
        sieve: The rows left of it.
        source: What it is called in messages.
    """

    columns: Mapping[str, pl.Series]
    sieve: Sieve
    source: str


def _short(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = str(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
