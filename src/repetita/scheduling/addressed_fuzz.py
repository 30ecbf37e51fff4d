"""Fuzz whose chance is addressed by seed, card and review: the same answer always falls on the same day.

An answer has one fraction, which all buttons share: it picks the day between the bounds that
`repetita.scheduling.fuzz` gives for each button's interval, every day of the range with equal probability.
So a longer interval never falls on an earlier day than a shorter one.
"""

from __future__ import annotations

from repetita.addressed_random import address, uniform
from repetita.scheduling.card import CardId

__all__ = ["card_number", "fuzz_fraction"]

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
    number = card_number(card_id)
    words = address(seed, (number >> 32) & MASK, number & MASK, reps & MASK)
    return uniform(words[FUZZ_WORD])


def card_number(card_id: CardId) -> int:
    """The number that stands for a card: its id, or 64 bits of a text's BLAKE2b digest.

    Args:
        card_id: Number or text.

    Example:
        >>> card_number(7), card_number("7")
        (7, 9407870976149377255)
    """
    if not isinstance(card_id, str):
        return card_id
    from hashlib import blake2b

    digest = blake2b(card_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
