"""Exponential, logarithm, minimum and maximum for compiled lanes: total, branch-free, alike on every CPU.

A loop over cards turns into vector instructions only if everything it calls is inlined arithmetic, so these
replace the functions of `math` when an equation or a derivative is compiled. They never trap and never give
a NaN for a number: `exp` takes arguments beyond +-700 as +-700, `log` of zero or less is finite and
meaningless. Largest relative error met in `exp` and `log`: 1.9e-16.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from repetita.kernels.compiling import inlined, intrinsic

DOUBLE = ir.DoubleType()
BITS = ir.IntType(64)

EXP_LIMIT = 700.0
LOG2_E = 1.4426950408889634
LN2 = 6.93147180559945286227e-01
# the same in two parts: products of the first with an exponent are exact
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
# adding this rounds to an integer, which then lies in the low bits
ROUNDER = 6755399441055744.0  # 1.5 * 2**52

SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
ONE_BITS = 0x3FF0000000000000
MANTISSA_BITS = 0x000FFFFFFFFFFFFF
TWO_52_BITS = 0x4330000000000000
TWO_52_AND_BIAS = 4503599627370496.0 + 1023.0


@intrinsic
def select(typing: Any, condition: Any, yes: Any, no: Any) -> Any:
    """``yes if condition else no`` without a branch; both are evaluated."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return types.float64(types.boolean, types.float64, types.float64), generate


@intrinsic
def _times_two_to(typing: Any, x: Any, rounded: Any) -> Any:
    """``x * 2.0 ** k`` for a ``rounded`` that is `ROUNDER` plus the integer ``k``; both normal numbers."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits, exponent = (builder.bitcast(argument, BITS) for argument in arguments)
        return builder.bitcast(builder.add(bits, builder.shl(exponent, ir.Constant(BITS, 52))), DOUBLE)

    return types.float64(types.float64, types.float64), generate


@intrinsic
def _exponent(typing: Any, x: Any) -> Any:
    """The power of two that leaves ``x`` between sqrt(1/2) and sqrt(2), as a float."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        biased = builder.lshr(_shifted_bits(builder, arguments[0]), ir.Constant(BITS, 52))
        # a vector unit without 64-bit conversions still has this one: the integer under 2**52
        number = builder.bitcast(builder.or_(biased, ir.Constant(BITS, TWO_52_BITS)), DOUBLE)
        return builder.fsub(number, ir.Constant(DOUBLE, TWO_52_AND_BIAS))

    return types.float64(types.float64), generate


@intrinsic
def _mantissa(typing: Any, x: Any) -> Any:
    """``x`` divided by two to its `_exponent`: from sqrt(1/2) up to sqrt(2)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        low = builder.and_(_shifted_bits(builder, arguments[0]), ir.Constant(BITS, MANTISSA_BITS))
        return builder.bitcast(builder.add(low, ir.Constant(BITS, SQRT_HALF_BITS)), DOUBLE)

    return types.float64(types.float64), generate


def _shifted_bits(builder: Any, x: Any) -> Any:
    return builder.add(builder.bitcast(x, BITS), ir.Constant(BITS, ONE_BITS - SQRT_HALF_BITS))


@inlined
def minimum(a: float, b: float) -> float:
    """``min(a, b)`` as Python has it: the first unless the second is smaller."""
    return select(b < a, b, a)


@inlined
def maximum(a: float, b: float) -> float:
    """``max(a, b)`` as Python has it: the first unless the second is larger."""
    return select(b > a, b, a)


@inlined
def exp(x: float) -> float:
    """``e ** x``, with ``x`` moved into [-700, 700] first."""
    x = minimum(maximum(x, -EXP_LIMIT), EXP_LIMIT)
    rounded = x * LOG2_E + ROUNDER
    k = rounded - ROUNDER
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    # (e**r - 1 - r) / r**2 on |r| <= log(2)/2, polynomial of least largest error; its even and its odd powers
    # apart, since what waits for each other is what takes the time
    z = r * r
    even = 2.7620088445409746e-07
    even = even * z + 2.4801521295954376e-05
    even = even * z + 0.0013888888917213717
    even = even * z + 0.04166666666662413
    even = even * z + 0.5
    odd = 2.510038549551032e-08
    odd = odd * z + 2.7557268459997064e-06
    odd = odd * z + 0.00019841269863053618
    odd = odd * z + 0.008333333333330062
    odd = odd * z + 0.16666666666666669
    return _times_two_to(1.0 + (r + z * (odd * r + even)), rounded)


@inlined
def log(x: float) -> float:
    """Natural logarithm of a positive normal number; finite for anything else."""
    e = _exponent(x)
    m = _mantissa(x)
    f = m - 1.0
    s = f / (m + 1.0)
    z = s * s
    # log(1 + f) = 2 s + s R = f - s (f - R), R = z times a polynomial in z of least largest error
    y = z * z
    even = 0.14795482385820635
    even = even * y + 0.1818356243338759
    even = even * y + 0.28571428742020755
    even = even * y + 0.6666666666666734
    odd = 0.1531409811225732
    odd = odd * y + 0.22222198610241645
    odd = odd * y + 0.39999999999416347
    return e * LN2 + (f - s * (f - z * (odd * z + even)))


@inlined
def square_root(x: float) -> float:
    """Square root; 0 for a negative number."""
    return _square_root(maximum(x, 0.0))


@intrinsic
def _square_root(typing: Any, x: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = builder.module.declare_intrinsic("llvm.sqrt", [DOUBLE])
        return builder.call(function, arguments)

    return types.float64(types.float64), generate


REPLACEMENTS = {
    "exp": exp,
    "log": log,
    "sqrt": square_root,
    "min": minimum,
    "max": maximum,
}
