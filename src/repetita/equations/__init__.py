"""Memory models: one file of scalar equations each, and the registry that finds them by name.

A model file holds the tables ``TITLE UNIT STATE STATE_UNITS PREDICTION_FLOOR SYMBOLS SOURCES OPTIONS
VARIANTS PARAMETERS PRIOR_BLOCKS MIGRATIONS`` and the functions ``prepare first recall after`` (``interval``
where it has a closed form, ``from_sm2`` where a state can be taken over from SM-2). To add a model: write the
file, add its name to `MODELS`, run ``python tools/derive.py``.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from repetita.equations.parameter import Parameter, PriorBlock
from repetita.errors import unknown_name

__all__ = ["MODELS", "Parameter", "PriorBlock", "equations", "options_of"]

MODELS = ("fsrs6",)


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


def options_of(name: str, variant: str) -> tuple[float, ...]:
    """The options that a named variant of a model's equations stands for.

    Args:
        name: One of `MODELS`.
        variant: One of the model's ``VARIANTS``.

    Raises:
        UnknownName: No such model or variant; the nearest one is suggested.

    Example:
        >>> options_of("fsrs6", "default")
        (0.001, 36500.0, 2.0)
    """
    variants: dict[str, tuple[float, ...]] = equations(name).VARIANTS
    if variant not in list(variants):  # a list takes what cannot be hashed, too
        raise unknown_name(f"variant of {name}", variant, variants)
    return variants[variant]
