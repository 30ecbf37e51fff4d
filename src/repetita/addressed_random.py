"""Random numbers by address: a pure function of seed, user, card, ordinal and purpose, no stream.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): ten rounds of two 32 by 32 bit products on a counter of
four words, with a key of two. The key is the seed, the counter is ``(ordinal, card, user, purpose)``. So
the number of threads, the order of work and what else is computed change nothing, and two runs on one seed
share their luck.

The text is read by CPython, by a compiler, and by numpy: products of 32-bit words are masked, which is
right in unbounded and in signed 64-bit integers alike. ``card`` and ``ordinal`` may therefore be int64
arrays.
"""

from __future__ import annotations

from typing import Any

__all__ = ["DAY", "NO_CARD", "PRESS", "unit", "words"]

PRESS = 0  # purpose: a press of a card; the ordinal counts its presses, 0 is the introduction
DAY = 1  # purpose: a day of a user; the ordinal is the day, the card is NO_CARD
NO_CARD = 0xFFFFFFFF

MASK = 0xFFFFFFFF
FIRST_MULTIPLIER, SECOND_MULTIPLIER = 0xD2511F53, 0xCD9E8D57
FIRST_STEP, SECOND_STEP = 0x9E3779B9, 0xBB67AE85


def words(seed: int, user: int, card: Any, ordinal: Any, purpose: int) -> tuple[Any, Any, Any, Any]:
    """Four random words of 32 bits at an address.

    Args:
        seed: From 0 to 2^63 - 1.
        user: From 0 to 2^32 - 1.
        card: From 0 to 2^32 - 1; a number or an int64 array.
        ordinal: From 0 to 2^32 - 1; a number or an int64 array.
        purpose: From 0 to 2^32 - 1: `PRESS`, `DAY`, or one of the caller's.

    Example:
        >>> [hex(word) for word in words(42, 7, 1, 0, PRESS)]
        ['0xffad12c7', '0xa7f156b9', '0xf7ca9584', '0x9d2facd9']
    """
    key0, key1 = seed & MASK, (seed >> 32) & MASK
    x0, x1, x2, x3 = ordinal, card, user, purpose
    for _ in range(10):
        a = FIRST_MULTIPLIER * x0
        b = SECOND_MULTIPLIER * x2
        x0, x1, x2, x3 = ((b >> 32) & MASK) ^ x1 ^ key0, b & MASK, ((a >> 32) & MASK) ^ x3 ^ key1, a & MASK
        key0, key1 = (key0 + FIRST_STEP) & MASK, (key1 + SECOND_STEP) & MASK
    return x0, x1, x2, x3


def unit(word: Any) -> Any:
    """A word as a number in (0, 1), never 0 or 1, exact in float64.

    Example:
        >>> unit(words(42, 7, 0, 0, PRESS)[0])
        0.4059819682734087
    """
    return (word + 0.5) / 4294967296.0
