"""Random numbers that are addressed, not streamed: a pure function of what they are for.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): a key and a counter of four words give four random words.
The key is a seed; the counter says whose number it is, the how-manyth, and what for. So a number does not
depend on which others were drawn before it, by how many threads, or in what order.

`philox` keeps to integers below 2**64, masked at every product, so that one text serves CPython and compilers
with signed or unsigned words of 64 bits.
"""

from __future__ import annotations

__all__ = ["PURPOSE_PRESS", "Words", "address", "philox", "uniform"]

Words = tuple[int, int, int, int]

MASK = 0xFFFFFFFF
WORD = 1 << 32

PURPOSE_PRESS = 0
"""Numbers that belong to one answer: word 0 recall, 1 rating, 2 laziness, 3 fuzz."""


def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> Words:
    """Four random words of a counter and a key.

    Args:
        c0: First word of the counter, 0 to 2**32 - 1; so are the others.
        c1: Second word of the counter.
        c2: Third word of the counter.
        c3: Fourth word of the counter.
        k0: First word of the key.
        k1: Second word of the key.

    Example:
        >>> [f"{word:08x}" for word in philox(0, 0, 0, 0, 0, 0)]
        ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):
        even, odd = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0 = ((odd >> 32) & 0xFFFFFFFF) ^ c1 ^ k0
        c2 = ((even >> 32) & 0xFFFFFFFF) ^ c3 ^ k1
        c1, c3 = odd & 0xFFFFFFFF, even & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


def address(seed: int, user: int, card: int, ordinal: int, purpose: int = PURPOSE_PRESS) -> Words:
    """The four random words that belong to one event.

    Args:
        seed: 0 to 2**64 - 1.
        user: Whose card it is, 0 to 2**32 - 1.
        card: Which card, 0 to 2**32 - 1.
        ordinal: Events of the card so far, 0 to 2**32 - 1.
        purpose: What the numbers are for, 0 to 2**32 - 1.

    Example:
        >>> [f"{word:08x}" for word in address(42, 7, 0, 1)]
        ['e5dde940', '600f6196', '8fcdf8f1', '2c8ed839']
    """
    return philox(ordinal, card, user, purpose, seed & MASK, seed >> 32)


def uniform(word: int) -> float:
    """A random word as a number in (0, 1), exact in double precision.

    Example:
        >>> uniform(address(0, 0, 0, 0)[0])
        0.3990464707603678
    """
    return (word + 0.5) / WORD
