"""Compiled functions that other compiled functions call by name, instead of each having a copy.

What is large and called from many texts, a step of a network, is compiled once and put under a name where
the linker finds it. Callers know no more than the name, so their machine code can be kept on disk.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import binding
from numba import types
from numba.core import cgutils, sigutils
from numba.extending import intrinsic

from repetita.kernels.source_cache import digest, entry

__all__ = ["shared_function"]


@cache
def shared_function(name: str, text: str, function: str) -> Any:
    """A compiled function of a rendered module, for calls from compiled code.

    Args:
        name: Name of the module, see `source_cache.entry`.
        text: Its whole text.
        function: The function wanted.
    """
    compiled = entry(name, text, function)
    ((_, found),) = compiled.overloads.items()  # type: ignore[attr-defined]
    symbol = f"repetita_{digest()}_{name}_{function}"
    binding.add_symbol(symbol, found.library.get_pointer_to_function(found.fndesc.llvm_func_name))
    called = _Called(symbol, sigutils.normalize_signature(found.signature), compiled)
    return _caller(called, len(found.signature.args))


class _Called:
    """A function under a name of the linker."""

    def __init__(self, symbol: str, signature: tuple[Any, Any], function: Any) -> None:
        arguments, result = signature
        self.symbol, self.function = symbol, function  # kept, so that its machine code lives
        self.signature = (types.void if result is None else result)(*arguments)

    def generate(self, context: Any, builder: Any, signature: Any, values: Any) -> Any:
        """The call, with the convention of compiled functions."""
        convention, result = context.call_conv, signature.return_type
        kind = convention.get_function_type(result, signature.args)
        function = cgutils.get_or_insert_function(builder.module, kind, self.symbol)
        status, value = convention.call_function(builder, function, result, signature.args, values)
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return context.get_dummy_value() if result == types.void else value


def _caller(called: _Called, count: int) -> Any:
    names = ", ".join(f"a{i}" for i in range(count))
    text = f"def call(typing, {names}):\n    return called.signature, called.generate\n"
    space: dict[str, Any] = {"called": called}
    exec(text, space)
    return intrinsic(space["call"])
