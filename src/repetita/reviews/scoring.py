"""Which reviews predictions are judged by, and models of exact time learn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from repetita.errors import unknown_name

__all__ = ["SCORING", "Scoring", "checked_scoring", "scoring_of_unit"]

Scoring: TypeAlias = Literal["days", "seconds"]
# what makes a review one that is scored, in words
SCORING: Mapping[Scoring, str] = {
    "days": "not the first of its card, and a day or more after the one before",
    "seconds": "not the first of its card, and later than the one before",
}


def checked_scoring(scoring: str, kind: str = "scoring") -> Scoring:
    """The word, if it is one of the two.

    Args:
        scoring: "days" or "seconds".
        kind: What it is called in the message.

    Raises:
        UnknownName: Another word.

    Example:
        >>> checked_scoring("seconds")
        'seconds'
    """
    for known in SCORING:
        if scoring == known:
            return known
    raise unknown_name(kind, scoring, SCORING)


def scoring_of_unit(unit: str) -> Scoring:
    """What a model with this unit of time learns from: one of whole days knows nothing of a day's reviews.

    Args:
        unit: "days" or "fractional days".

    Example:
        >>> scoring_of_unit("fractional days")
        'seconds'
    """
    return "days" if unit == "days" else "seconds"
