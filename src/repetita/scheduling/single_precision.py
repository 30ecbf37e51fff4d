"""Single-precision arithmetic with the standard library: double-precision results rounded to 32 bits.

A sum, difference, product or quotient of two single-precision numbers, computed in double precision and then
rounded, is what a 32-bit unit gives: 53 bits are more than twice 24 plus two. So rounding after every step
repeats the arithmetic of a program that is written in single precision.
"""

from __future__ import annotations

from math import inf
from struct import Struct

from repetita.scheduling.plain_rules import rounded_half_up

__all__ = ["rounded_half_up", "single"]

_BITS = Struct("f")
_pack, _unpack = _BITS.pack, _BITS.unpack


def single(x: float) -> float:
    """The single-precision number nearest to ``x``, ties to even; infinite beyond the largest.

    Args:
        x: Any number.

    Example:
        >>> single(0.15)
        0.15000000596046448
        >>> single(1e300)
        inf
    """
    try:
        nearest: float = _unpack(_pack(x))[0]
    except OverflowError:
        return inf if x > 0.0 else -inf
    return nearest
