"""Derivatives of the memory models: generated scalar functions, one module a model.

A module is written by ``python tools/derive.py`` from the equation file of the model. It is plain Python on
floats, needs only ``math``, and compiles in Numba as it stands. Vectors: ``w`` parameters, ``c`` prepared
values, ``o`` options; a state is one argument a number. An *adjoint* (``bar_…``) of a value is the derivative
of the summed loss by it.

* ``forward(w, c, o, *state, days, rating, weight)`` returns the new state, the loss of the prediction (weight
  times binary cross-entropy) and `KEPT` further numbers that ``reverse`` wants.
* ``reverse(w, c, o, *state, days, rating, weight, *kept, *bars)`` takes the adjoints of the new state and
  returns those of the old one, of the parameters `REVERSE_PARAMETERS` and of the prepared values
  `REVERSE_PREPARED`; the loss's own contribution is included. Only the numbers `LIVE_STATES` of a state have
  an adjoint: the others depend on no parameter.
* ``first_reverse(w, c, o, rating, *bars)`` returns the adjoints of `FIRST_PARAMETERS`, then `FIRST_PREPARED`.
* ``prepare_reverse(w, o, *bars)`` takes the adjoints of the prepared values that depend on a parameter
  (`LIVE_PREPARED`) and returns those of `PREPARE_PARAMETERS`.
* ``tangent(w, c, o, *state, days, rating)`` returns the new state, the probability of recall, and their
  partial derivatives in the order of `TANGENT_PATTERN`: triples of output (the probability comes after the
  state), kind of input ("state", "parameter", "prepared") and its place. All others are zero.
  ``first_tangent`` and ``prepare_tangent`` do the same for the equations' ``first`` and ``prepare``.

A model whose state is the history of a card has other functions; each takes the arguments of the equation
and returns its value, then its partial derivatives in the order of a pattern of pairs, kind of input and
place: ``recall_tangent`` of a row of features; or ``term_tangent``, ``memory_tangent`` and
``combine_tangent`` of the sum over earlier reviews, whose "state" is the memory of the earlier review or
the total. There is ``prepare_tangent`` too.

`MODEL` is the name, `STATES` and `PREPARED` count the numbers of a state and the prepared values.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

from repetita.equations import NETWORKS, source_name
from repetita.errors import UsageError

__all__ = ["derivatives"]


@cache
def derivatives(name: str) -> ModuleType:
    """The derivative module of a model.

    Args:
        name: One of `repetita.equations.model_names`.

    Raises:
        UnknownName: No model has this name; the nearest one is suggested.
        UsageError: A network, which torch differentiates.

    Example:
        >>> d = derivatives("fsrs6")
        >>> d.STATES, d.FIRST_PARAMETERS
        (2, (0, 1, 2, 3, 4, 5))
    """
    if name in NETWORKS:
        raise UsageError(
            f"{name} is a network: its gradient comes from torch, and nothing here is made of it",
            hint="repetita.fit trains it",
        )
    return import_module(f"repetita.derivatives.{source_name(name)}")
