"""Compiling to the very bits that Python computes: no fused operations, the C library's functions.

Code that may run either way, interpreted or compiled, in the same life of an object must not care which. So
nothing is replaced and nothing is rearranged here; what is compiled in this way runs one review after the
other and gains nothing from vectors anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numba

from repetita.kernels import compiling
from repetita.kernels.mathematics import select
from repetita.kernels.parts import EntryCompiler, PartCompiler


def inlined(function: Callable[..., Any]) -> Any:
    """The function compiled for calls from compiled code, with Python's arithmetic."""
    return numba.njit(**compiling.INTERNAL)(function)


def called(function: Callable[..., Any]) -> Any:
    """The function compiled as it is, for calls from Python and from compiled code."""
    return numba.njit(error_model="numpy", nogil=True)(function)


def kernel(function: Callable[..., Any]) -> Any:
    """The function compiled as an entry point with Python's arithmetic, kept on disk."""
    return numba.njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True, cache=compiling.keep_on_disk)(
        function
    )


# nothing here makes arrays, and to count references to those that are given takes more time than the work
UNCOUNTED: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
PART: dict[str, Any] = {
    **UNCOUNTED,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": PartCompiler,
}


def linked(function: Callable[..., Any]) -> Any:
    """As `inlined`, for functions that make no arrays."""
    return numba.njit(**PART)(function)


def always_inlined(function: Callable[..., Any]) -> Any:
    """As `linked`, copied to each place of use: for functions of many arrays, whose calls are dear."""
    return numba.njit(forceinline=True, **PART)(function)


def pointed(function: Callable[..., Any]) -> Any:
    """As `linked`, so that compiled code can be given it as an argument, not for Python; kept on disk."""
    return numba.njit(
        no_cpython_wrapper=True, pipeline_class=EntryCompiler, cache=compiling.keep_on_disk, **UNCOUNTED
    )(function)


def shown(function: Callable[..., Any]) -> Any:
    """As `always_inlined`, for numbers that are shown and decide nothing: operations may be fused."""
    return numba.njit(forceinline=True, fastmath=compiling.FAST_MATH, **PART)(function)


def lane_kernel(function: Callable[..., Any]) -> Any:
    """As `kernel`, for functions that make no arrays."""
    return numba.njit(
        nogil=True,
        no_cfunc_wrapper=True,
        pipeline_class=EntryCompiler,
        cache=compiling.keep_on_disk,
        **UNCOUNTED,
    )(function)


@inlined
def least(a: float, b: float) -> float:
    """``min`` of two numbers."""
    return b if b < a else a


@inlined
def greatest(a: float, b: float) -> float:
    """``max`` of two numbers."""
    return b if b > a else a


def compiled(module: ModuleType, *wanted: str) -> list[Any]:
    """The wanted functions of an equation or derivative module, compiled with Python's arithmetic.

    The module is run once more, with ``a if condition else b`` as a call of ``select``: both are then
    computed where Python computes one, which changes no result. Every function of its own is replaced by its
    compiled self, and ``min`` and ``max`` by those of two numbers.
    """
    namespace = compiling.run_again(module)
    for name, value in namespace.items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            namespace[name] = inlined(value)
    namespace |= {"min": least, "max": greatest, "select": select}
    return [namespace[name] for name in wanted]
