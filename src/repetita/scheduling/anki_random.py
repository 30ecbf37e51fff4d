"""The random numbers of Anki, bit for bit, so that fuzz gives users the due dates of their own Anki.

Anki makes a fresh generator for every decision, from the card's id plus its number of answers. The generator
is ChaCha with twelve rounds, a 64-bit counter from 0 and stream 0, keyed by eight words of a PCG that the
seed starts; these are the standard generator and seeding of the ``rand`` crate, version 0.9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from repetita.arguments import whole_number

__all__ = ["AnkiRandom", "anki_seed"]

MASK32, MASK64 = 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF
PCG_FACTOR, PCG_INCREMENT = 6_364_136_223_846_793_005, 11_634_580_027_462_260_723
CONSTANTS = (0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574)  # "expand 32-byte k"
DOUBLE_ROUNDS = 6
# Columns, then diagonals, of the four by four words.
QUARTERS = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)


class AnkiRandom:
    """A generator as Anki makes one for every decision about a card.

    Args:
        seed: Any integer; it wraps at 64 bits. See `anki_seed`.

    Example:
        >>> random = AnkiRandom(1724158802007)
        >>> round(random.fraction(), 6), random.whole_number(600, 750)
        (0.296521, 608)
    """

    __slots__ = ("_words",)

    def __init__(self, seed: int) -> None:
        self._words = _words(_key(seed & MASK64))

    def word(self) -> int:
        """The next 32 bits."""
        return next(self._words)

    def fraction(self) -> float:
        """A number in [0, 1): a multiple of 2**-23, so exact in single precision."""
        return (next(self._words) >> 9) / 8_388_608.0

    def whole_number(self, low: int, high: int) -> int:
        """An integer in [low, high), or ``low`` where there is none in between.

        Args:
            low: Smallest value.
            high: Beyond the largest value, by less than 2**32 above ``low``.
        """
        width = high - low
        if width <= 0:
            return low
        whole, rest = divmod(next(self._words) * width, MASK32 + 1)
        if rest > MASK32 + 1 - width:
            carried = next(self._words) * width >> 32
            whole += rest + carried > MASK32
        return low + whole


def anki_seed(card_id: int, reps: int, *, rescheduled: bool = False) -> int:
    """The seed of Anki's decisions about a card until it is answered next.

    Args:
        card_id: The card.
        reps: Answers so far.
        rescheduled: For a change of the interval that the last answer gave: its seed once more.

    Raises:
        UsageError: Not whole numbers, or negative answers.

    Example:
        >>> anki_seed(1724158802007, 9), anki_seed(1724158802007, 10, rescheduled=True)
        (1724158802016, 1724158802016)
    """
    answers = whole_number(reps, "reps")
    return (int(card_id) + (max(answers - 1, 0) if rescheduled else answers)) & MASK64


def _key(seed: int) -> list[int]:
    """Eight words from 64 bits by PCG XSH RR."""
    key, state = [], seed
    for _ in range(8):
        state = (state * PCG_FACTOR + PCG_INCREMENT) & MASK64
        mixed = ((state >> 18 ^ state) >> 27) & MASK32
        turn = state >> 59
        key.append((mixed >> turn | mixed << (32 - turn)) & MASK32)
    return key


def _words(key: Sequence[int]) -> Iterator[int]:
    counter = 0
    while True:
        yield from _block(key, counter)
        counter += 1


def _block(key: Sequence[int], counter: int) -> list[int]:
    """Sixteen words of ChaCha12 (Bernstein, 2008), stream 0."""
    begun = [*CONSTANTS, *key, counter & MASK32, counter >> 32, 0, 0]
    x = list(begun)
    for _ in range(DOUBLE_ROUNDS):
        for i, j, k, m in QUARTERS:
            a, b, c, d = x[i], x[j], x[k], x[m]
            a = (a + b) & MASK32
            d ^= a
            d = (d << 16 | d >> 16) & MASK32
            c = (c + d) & MASK32
            b ^= c
            b = (b << 12 | b >> 20) & MASK32
            a = (a + b) & MASK32
            d ^= a
            d = (d << 8 | d >> 24) & MASK32
            c = (c + d) & MASK32
            b ^= c
            x[i], x[j], x[k], x[m] = a, (b << 7 | b >> 25) & MASK32, c, d
    return [(mixed + word) & MASK32 for mixed, word in zip(x, begun, strict=True)]
