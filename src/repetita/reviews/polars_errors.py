"""Turns every failure inside polars, a panic of its engine included, into an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from repetita.errors import RepetitaError

MAX_REASON = 200


@contextmanager
def polars_problems(explain: Callable[[object, str], RepetitaError], subject: object) -> Iterator[None]:
    """Raises ``explain(subject, reason)`` for whatever polars raises inside the block.

    Args:
        explain: Makes the error from the subject and the reason.
        subject: What was worked on, such as a path.

    Example:
        >>> from repetita.errors import CorruptInput
        >>> with polars_problems(lambda path, reason: CorruptInput(f"{path}: {reason}"), "a.csv"):
        ...     pl.read_csv(b"")
        Traceback (most recent call last):
        ...
        repetita.errors.CorruptInput: a.csv: empty CSV
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OverflowError, OSError) as error:
        raise explain(subject, first_line(error)) from None


def first_line(error: BaseException) -> str:
    """The first line of an error's message, shortened."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:MAX_REASON]
