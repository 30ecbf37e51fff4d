"""Memory models: one file of scalar equations each, and the registry that finds them by name.

A model file holds the tables ``TITLE UNIT STATE STATE_UNITS PREDICTION_FLOOR SYMBOLS SOURCES OPTIONS
VARIANTS PARAMETERS PRIOR_BLOCKS MIGRATIONS`` and the functions ``prepare first recall after`` (``interval``
where it has a closed form, ``from_sm2`` where a state can be taken over from SM-2). To add a model: write the
file, add its name to `MODELS`, run ``python tools/derive.py``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

from repetita.equations.parameter import Parameter, PriorBlock
from repetita.errors import unknown_name

__all__ = ["MODELS", "Parameter", "PriorBlock", "equations"]

MODELS = ("fsrs6",)


@cache
def equations(name: str) -> ModuleType:
    """The equation module of a model.

    Args:
        name: One of `MODELS`.

    Raises:
        UnknownName: No model has this name; the nearest one is suggested.

    Example:
        >>> equations("fsrs6").TITLE
        'FSRS-6'
    """
    if name not in MODELS:
        raise unknown_name("model", name, MODELS)
    return import_module(f"repetita.equations.{name}")
