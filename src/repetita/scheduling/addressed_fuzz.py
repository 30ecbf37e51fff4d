"""Fuzz whose chance is addressed by seed, card and review: the same answer always falls on the same day.

An answer has one fraction, which all buttons share: it picks the day between the bounds that
`repetita.scheduling.fuzz` gives for each button's interval, every day of the range with equal probability.
So a longer interval never falls on an earlier day than a shorter one.
"""

from __future__ import annotations

from repetita.scheduling.card import CardId

__all__ = ["card_number", "fuzz_fraction"]

MASK = 0xFFFFFFFFFFFFFFFF
SEED_STRIDE, CARD_STRIDE, REPS_STRIDE = 0xD1B54A32D192ED03, 0xABC98388FB8FAC03, 0x8CB92BA72F3D8DD7
"""Odd numbers next to 2**64 / g**k, k = 1 to 3, with g**4 = g + 1: multiples of theirs keep apart."""

FRACTIONS = 1 << 52


def fuzz_fraction(seed: int, card_id: CardId, reps: int) -> float:
    """Where in its range of days an answer falls, uniform in (0, 1).

    The three numbers are added up, each by a stride of its own, and the sum is mixed as SplitMix64 does
    (Steele, Lea and Flood 2014, with the constants of Stafford's variant 13), all in words of 64 bits. The
    52 highest bits, and a half, are the fraction.

    Args:
        seed: 0 to 2**64 - 1.
        card_id: The card.
        reps: Answers to it so far, this one not counted.

    Example:
        >>> fuzz_fraction(0, 7, 3) == fuzz_fraction(0, 7, 3) != fuzz_fraction(0, 7, 4)
        True
    """
    number = card_id if card_id.__class__ is int else card_number(card_id)
    word = (seed * SEED_STRIDE + number * CARD_STRIDE + reps * REPS_STRIDE) & MASK
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
    return (((word ^ (word >> 31)) >> 12) + 0.5) / FRACTIONS


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
