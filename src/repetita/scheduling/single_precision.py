"""Single-precision arithmetic with the standard library: double-precision results rounded to 32 bits.

A sum, difference, product or quotient of two single-precision numbers, computed in double precision and then
rounded, is what a 32-bit unit gives: 53 bits are more than twice 24 plus two. So rounding after every step
repeats the arithmetic of a program that is written in single precision.
"""

from __future__ import annotations

from math import floor, inf
from struct import Struct

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


def rounded_half_up(x: float) -> int:
    """The whole number nearest to ``x``, the larger of two; Python's own ``round`` takes the even one.

    Args:
        x: At least 0; a number with a half must be exact, so below 2**52.

    Example:
        >>> rounded_half_up(2.5), rounded_half_up(3.5), rounded_half_up(0.49999999999999994)
        (3, 4, 0)
    """
    below = floor(x)
    return below + 1 if x - below >= 0.5 else below
