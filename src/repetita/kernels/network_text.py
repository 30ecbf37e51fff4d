"""The text of networks compiled: the layers, then the network that is made of them.

Two ways of compiling, as for other models: with our mathematics, for predictions of whole logs; and to the
very bits that Python computes, for steps whose outcome decides what happens next (`strict`).
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from repetita.equations import equations, layers
from repetita.kernels import compiling, strict

__all__ = ["compiled_network", "inner_network", "network_start", "shared_network", "strict_network"]

Wrap = Callable[[Callable[..., Any]], Any]

STRICT = {"min": strict.least, "max": strict.greatest}


def compiled_network(module: ModuleType, *wanted: str) -> list[Any]:
    """The wanted functions of a network, compiled with our mathematics for calls from kernels.

    Args:
        module: An equation file of a network.
        *wanted: "start", "advance" or "curve", which change lists in place: a vector of constants, one of
            states with the place where the one meant begins, and room for intermediate values.
    """
    from repetita.kernels.mathematics import REPLACEMENTS

    return _compiled(module, wanted, compiling.inlined, dict(REPLACEMENTS))


def strict_network(module: ModuleType, *wanted: str) -> list[Any]:
    """The same with Python's arithmetic: the bits that the uncompiled text computes on this machine.

    Args:
        module: An equation file of a network.
        *wanted: See `compiled_network`.

    Example:
        >>> import numpy as np
        >>> from repetita import model
        >>> gru = model("gru")
        >>> (start,) = strict_network(gru.equations, "start")
        >>> states, room = np.zeros(2 * gru.equations.STATES), np.zeros(gru.equations.ROOM)
        >>> begin = gru.equations.STATES  # of the second card's state
        >>> _ = start(np.array(gru.prepared), states, begin, room, 2500.0, 3)
        >>> tuple(states[begin:].tolist()) == gru.initial_state(3)
        True
    """
    return _compiled(module, wanted, strict.called, STRICT)


def inner_network(module: ModuleType, *wanted: str) -> list[Any]:
    """As `strict_network`, for calls from compiled code only, which is less to compile."""
    return _compiled(module, wanted, strict.linked, STRICT)


def shared_network(name: str) -> tuple[Any, Any, Any]:
    """``start``, ``advance`` and ``curve`` as `strict_network` has them, one machine code for all callers.

    Args:
        name: Of a network; calls are from compiled code only.
    """
    from repetita.kernels.rendering import fill
    from repetita.kernels.shared_functions import shared_function

    steps = fill("network_steps", model=name)
    advance, curve = (shared_function(f"{name}_steps", steps, function) for function in ("advance", "curve"))
    return shared_function(f"{name}_start", fill("network_start", model=name), "start"), advance, curve


def network_start(name: str) -> Any:
    """``start`` of a network as `inner_network` has it, calling the shared ``advance``.

    Args:
        name: Of the network.
    """
    from repetita.kernels.rendering import fill
    from repetita.kernels.shared_functions import shared_function

    advance = shared_function(f"{name}_steps", fill("network_steps", model=name), "advance")
    (start,) = _compiled(equations(name), ("start",), strict.linked, STRICT, advance=advance)
    return start


def _compiled(
    module: ModuleType, wanted: tuple[str, ...], wrap: Wrap, replacements: dict[str, Any], **given: Any
) -> list[Any]:
    known: dict[str, Any] = replacements | given
    for part in (layers, module):
        # a copy of what the text knows, in which its functions find each other compiled
        namespace = {**vars(part), **known}
        for name, value in vars(part).items():
            if (
                isinstance(value, FunctionType)
                and value.__module__ == part.__name__
                and not value.__closure__
                and name not in given
            ):
                copied = FunctionType(value.__code__, namespace, name, value.__defaults__)
                known[name] = namespace[name] = wrap(copied)
    return [known[name] for name in wanted]
