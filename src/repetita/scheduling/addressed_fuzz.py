"""Fuzz whose chance is addressed by seed, card and review: the same answer always falls on the same day.

An answer has one fraction, which all buttons share: it picks the day between the bounds that
`repetita.scheduling.fuzz` gives for each button's interval, every day of the range with equal probability.
So a longer interval never falls on an earlier day than a shorter one.
"""

from __future__ import annotations

from repetita.addressed_random import address, uniform
from repetita.scheduling.card import CardId

__all__ = ["card_words", "fuzz_fraction"]

MASK = 0xFFFFFFFF
FUZZ_WORD = 3


def fuzz_fraction(seed: int, card_id: CardId, reps: int) -> float:
    """Where in its range of days an answer falls, uniform in (0, 1).

    Args:
        seed: 0 to 2**64 - 1.
        card_id: The card.
        reps: Answers to it so far, this one not counted.

    Example:
        >>> fuzz_fraction(0, 7, 3) == fuzz_fraction(0, 7, 3) != fuzz_fraction(0, 7, 4)
        True
    """
    low, high = card_words(card_id)
    return uniform(address(seed, high, low, reps)[FUZZ_WORD])


def card_words(card_id: CardId) -> tuple[int, int]:
    """The lower and upper 32 bits that stand for a card in an address.

    A number is taken as it is (64 bits of it), a text by its BLAKE2b digest.

    Args:
        card_id: Number or text.

    Example:
        >>> card_words(7), card_words(1724158802000)
        ((7, 0), (1876916304, 401))
    """
    number = card_id
    if isinstance(number, str):
        from hashlib import blake2b

        digest = blake2b(number.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = int.from_bytes(digest, "little")
    return number & MASK, (number >> 32) & MASK
