"""A memory model that computes in single precision, from the same equation text, for figures equal to Anki's.

Anki's numbers have 24 bits. Where a rounding to whole days hangs by the last of them, only the same
arithmetic gives the same day. So the functions of an equation module are run with other numbers: every sum,
difference, product, quotient, logarithm, exponential and power is rounded to 32 bits, once each, as the
mathematics library that Anki calls does it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from math import exp, log
from types import FunctionType, ModuleType

from repetita.memory_model import MemoryModel
from repetita.scheduling.single_precision import single

__all__ = ["single_precision_model"]


class _Single(float):
    """A single-precision number; arithmetic with it is in single precision."""

    __slots__ = ()

    def __neg__(self) -> _Single:
        return _Single(float.__neg__(self))

    def __add__(self, other: float) -> _Single:
        return _Single(single(float.__add__(self, single(other))))

    def __sub__(self, other: float) -> _Single:
        return _Single(single(float.__sub__(self, single(other))))

    def __rsub__(self, other: float) -> _Single:
        return _Single(single(float.__rsub__(self, single(other))))

    def __truediv__(self, other: float) -> _Single:
        return _Single(single(float.__truediv__(self, single(other))))

    def __rtruediv__(self, other: float) -> _Single:
        return _Single(single(float.__rtruediv__(self, single(other))))

    def __mul__(self, other: float) -> _Single:
        return _Single(single(float.__mul__(self, single(other))))

    __radd__ = __add__
    __rmul__ = __mul__


def _log(x: float) -> _Single:
    return _Single(single(log(single(x))))


def _exp(x: float) -> _Single:
    return _Single(single(exp(x)))


def _power(x: float, y: float) -> _Single:
    return _Single(single(single(x) ** single(y)))


@lru_cache(maxsize=64)
def single_precision_model(model: MemoryModel) -> MemoryModel:
    """The model in single precision: same equations, parameters and options, other arithmetic.

    States given to it should be in single precision too; those that it returns are.

    Args:
        model: A model whose state is not the history itself.

    Example:
        >>> from repetita import model
        >>> m = single_precision_model(model("fsrs6"))
        >>> state = m.next_state(m.initial_state(3), 5.0, 3)
        >>> float(state[0]), round(model("fsrs6").next_state((2.3065, 2.118104), 5.0, 3)[0], 6)
        (18.167850494384766, 18.16785)
    """
    module = _in_single_precision(model.equations)
    parameters = tuple(_Single(single(value)) for value in model.parameters)
    options = tuple(_Single(single(value)) for value in model.options)
    made = object.__new__(MemoryModel)
    for name, value in {
        "name": model.name,
        "parameters": parameters,
        "variant": model.variant,
        "notes": model.notes,
        "equations": module,
        "options": options,
        "prepared": module.prepare(parameters, options),
    }.items():
        object.__setattr__(made, name, value)
    return made


@cache
def _in_single_precision(module: ModuleType) -> ModuleType:
    """A copy of an equation module whose functions take logarithms, exponentials and powers from here."""
    copy = ModuleType(module.__name__, module.__doc__)
    space = copy.__dict__
    space.update(vars(module))
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            space[name] = FunctionType(value.__code__, space, name, value.__defaults__)
    space.update(exp=_exp, log=_log, power=_power)
    return copy
