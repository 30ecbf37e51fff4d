"""The four answers to a review."""

from __future__ import annotations

from enum import IntEnum


class Rating(IntEnum):
    """How well a card was remembered; equal to the numbers 1 to 4 that logs hold.

    Members may also be written as other packages do: ``Rating.Good``.

    Example:
        >>> Rating.GOOD == 3, Rating.Good is Rating.GOOD, Rating(1)
        (True, True, <Rating.AGAIN: 1>)
    """

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4

    Again = 1
    Hard = 2
    Good = 3
    Easy = 4


RATING_NAMES = {int(rating): rating.name.capitalize() for rating in Rating}

# for messages about a rating that is none
RATINGS_IN_WORDS = "1 (Again), 2 (Hard), 3 (Good) or 4 (Easy)"
