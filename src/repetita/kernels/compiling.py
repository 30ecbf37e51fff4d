"""How functions are compiled here: the flags, and the rebinding of equation functions to our mathematics."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numba
from numba.extending import intrinsic as numba_intrinsic

from repetita.kernels.parts import PartCompiler

# no reassociation (it breaks the two-step range reduction of exp), no assumption that NaN does not exist
FAST_MATH = {"contract", "nsz", "arcp"}
# for sums of products only, where any order of adding will do
SUM_FAST_MATH = FAST_MATH | {"reassoc"}
# entry points from Python cost compilation time, and only kernels are called from Python
INTERNAL: dict[str, Any] = {
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": PartCompiler,
}

# whether entry points are written to disk and read from there; `source_cache` turns it off for a moment
keep_on_disk = True


def inlined(function: Callable[..., Any]) -> Any:
    """The function compiled for use inside compiled loops, always inlined by the code generator."""
    return numba.njit(forceinline=True, fastmath=FAST_MATH, **INTERNAL)(function)


def inlined_sum(function: Callable[..., Any]) -> Any:
    """As `inlined`, for loops that only add up products."""
    return numba.njit(forceinline=True, fastmath=SUM_FAST_MATH, **INTERNAL)(function)


def called(function: Callable[..., Any]) -> Any:
    """The function compiled for calls from kernels: not copied into each of them."""
    return numba.njit(fastmath=FAST_MATH, **INTERNAL)(function)


def kernel(function: Callable[..., Any]) -> Any:
    """The function compiled as an entry point: releases the interpreter lock, kept on disk."""
    return numba.njit(
        nogil=True, error_model="numpy", no_cfunc_wrapper=True, fastmath=FAST_MATH, cache=keep_on_disk
    )(function)


def intrinsic(function: Callable[..., Any]) -> Callable[..., float]:
    """The function as a generator of machine instructions that yield a float."""
    generated: Callable[..., float] = numba_intrinsic(function)
    return generated


def compiled(module: ModuleType, *wanted: str) -> list[Any]:
    """The wanted functions of an equation or derivative module, compiled for use inside lanes.

    The module is run once more, with ``a if condition else b`` as a call of ``select`` (the machine code is
    the same, but without jumps to begin with it takes a quarter less time to make). Then every function
    is replaced by its compiled self, and `math` and the built-in ``min`` and ``max`` by our mathematics.
    """
    from repetita.kernels.mathematics import REPLACEMENTS, select

    namespace = run_again(module)
    standard = {getattr(math, name): ours for name, ours in REPLACEMENTS.items() if hasattr(math, name)}
    for name, value in namespace.items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            namespace[name] = inlined(value)
        elif isinstance(value, BuiltinFunctionType):
            namespace[name] = standard.get(value, value)
    namespace |= {"select": select, "min": REPLACEMENTS["min"], "max": REPLACEMENTS["max"]}
    return [namespace[name] for name in wanted]


def run_again(module: ModuleType) -> dict[str, Any]:
    """What running a module's text defines, with ``a if condition else b`` as a call of ``select``."""
    tree = ast.fix_missing_locations(_Selects().visit(ast.parse(inspect.getsource(module))))
    namespace: dict[str, Any] = {"__name__": module.__name__}
    exec(compile(tree, module.__file__ or module.__name__, "exec", dont_inherit=True), namespace)
    return namespace


class _Selects(ast.NodeTransformer):
    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return ast.Call(ast.Name("select", ast.Load()), [node.test, node.body, node.orelse], [])
