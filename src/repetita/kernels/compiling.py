"""How functions are compiled here: the flags, and the rebinding of equation functions to our mathematics."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numba
from numba.extending import intrinsic as numba_intrinsic

# no reassociation (it breaks the two-step range reduction of exp), no assumption that NaN does not exist
FAST_MATH = {"contract", "nsz", "arcp"}
# for sums of products only, where any order of adding will do
SUM_FAST_MATH = FAST_MATH | {"reassoc"}
# whether entry points are written to disk and read from there; `source_cache` turns it off for a moment
keep_on_disk = True


def inlined(function: Callable[..., Any]) -> Any:
    """The function compiled for use inside compiled loops, always inlined by the code generator."""
    return numba.njit(forceinline=True, error_model="numpy", fastmath=FAST_MATH)(function)


def inlined_sum(function: Callable[..., Any]) -> Any:
    """As `inlined`, for loops that only add up products."""
    return numba.njit(forceinline=True, error_model="numpy", fastmath=SUM_FAST_MATH)(function)


def kernel(function: Callable[..., Any]) -> Any:
    """The function compiled as an entry point: releases the interpreter lock, kept on disk."""
    options = {"nogil": True, "error_model": "numpy", "fastmath": FAST_MATH, "cache": keep_on_disk}
    return numba.njit(**options)(function)


def intrinsic(function: Callable[..., Any]) -> Callable[..., float]:
    """The function as a generator of machine instructions that yield a float."""
    generated: Callable[..., float] = numba_intrinsic(function)
    return generated


def compiled(module: ModuleType, *wanted: str) -> list[Any]:
    """The wanted functions of an equation or derivative module, compiled for use inside lanes.

    Every function of the module sees the others compiled too, and `REPLACEMENTS` of our mathematics in the
    place of `math` and of the built-in ``min`` and ``max``.
    """
    from repetita.kernels.mathematics import REPLACEMENTS

    standard = {getattr(math, name): ours for name, ours in REPLACEMENTS.items() if hasattr(math, name)}
    namespace: dict[str, Any] = {"min": REPLACEMENTS["min"], "max": REPLACEMENTS["max"]}
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            rebound = FunctionType(value.__code__, namespace, name, value.__defaults__)
            namespace[name] = inlined(rebound)
        elif callable(value) and value in standard:
            namespace[name] = standard[value]
        else:
            namespace[name] = value
    return [namespace[name] for name in wanted]
