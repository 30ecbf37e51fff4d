"""What operators give, remembered: most of what Numba asks while it compiles a formula is asked many times.

For each ``+`` and each index Numba tries all that it has under this name, some dozens for arrays, strings,
lists, dates, and asks once more for the machine code. Here it asks once for each kind of arguments.
"""

from __future__ import annotations

import operator
from copy import copy
from typing import Any

from numba import types

__all__ = ["RememberingContext"]

INDEXING = (operator.getitem, operator.setitem)


class RememberedOperation(types.Function):  # type: ignore[misc]
    """An operator as Numba knows it, with the signatures that were found."""

    def get_call_type(self, context: Any, args: Any, kws: Any) -> Any:
        """The signature for some types of arguments."""
        key = self.key[0], tuple(args)
        if key not in SIGNATURES:
            known = context.context if isinstance(context, RememberingContext) else context
            SIGNATURES[key] = super().get_call_type(known, args, kws)
        return SIGNATURES[key]


SIGNATURES: dict[Any, Any] = {}
OPERATIONS: dict[Any, Any] = {}


class RememberingContext:
    """Numba's context of types, with remembered operators.

    Args:
        context: The context, which is asked everything else.
    """

    def __init__(self, context: Any) -> None:
        self.context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self.context, name)

    def resolve_value_type(self, value: Any) -> Any:
        """The type of a value; of an operator, one that remembers."""
        if getattr(value, "__module__", None) != "_operator":
            return self.context.resolve_value_type(value)
        if value not in OPERATIONS:
            known = self.context.resolve_value_type(value)
            if type(known) is not types.Function:
                return known
            OPERATIONS[value] = copy(known)
            OPERATIONS[value].__class__ = RememberedOperation
        return OPERATIONS[value]

    def resolve_function_type(self, function: Any, args: Any, kws: Any) -> Any:
        """The signature of a call."""
        if function in INDEXING:
            function = self.resolve_value_type(function)
        if isinstance(function, RememberedOperation) and not kws:
            return function.get_call_type(self, args, kws)
        if isinstance(function, types.Dispatcher):
            # otherwise a function is compiled anew for each constant that it is given
            args = tuple(types.unliteral(argument) for argument in args)
        if function != "static_getitem":
            return self.context.resolve_function_type(function, args, kws)
        key = function, tuple(args)
        if key not in SIGNATURES:
            SIGNATURES[key] = self.context.resolve_function_type(function, args, kws)
        return SIGNATURES[key]

    def resolve_setitem(self, target: Any, index: Any, value: Any) -> Any:
        """The signature of a number put into an array."""
        return self.resolve_value_type(operator.setitem).get_call_type(self, (target, index, value), {})
