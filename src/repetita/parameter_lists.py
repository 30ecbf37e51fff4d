"""Lists of parameters as people give them: made numbers, migrated from older versions, kept inside bounds."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from types import ModuleType
from typing import Any

from repetita.equations import declared, equations
from repetita.errors import InvalidParameters

__all__ = ["as_given", "for_model"]

Values = tuple[float, ...]
Notes = tuple[str, ...]


def for_model(name: str, parameters: Sequence[float] | None, *, clip: bool = False) -> tuple[Values, Notes]:
    """Parameters of a model inside its bounds, and what was done to get there, in words.

    Args:
        name: One of `repetita.equations.model_names`.
        parameters: One number a parameter, or a list of an older version; None or empty: the defaults.
        clip: Move values that are out of bounds to the bound instead of raising.

    Raises:
        UnknownName: No such model.
        InvalidParameters: Wrong length, values that are not finite, or out of bounds.

    Example:
        >>> values, notes = for_model("fsrs6", [p.default for p in equations("fsrs6").PARAMETERS[:19]])
        >>> values[19:], notes
        ((0.0, 0.5), ('migrated from FSRS-5 (19 parameters)',))
    """
    module = equations(name)
    given = () if parameters is None else as_given(name, parameters)
    if not given:
        return tuple(p.default for p in module.PARAMETERS), ()
    values, notes = _migrated(name, module, given)
    problems = [
        f"{p.name} (number {i}) is {value:g}, bounds {p.low:g} to {p.high:g}"
        for i, (p, value) in enumerate(zip(module.PARAMETERS, values, strict=True))
        if not p.low <= value <= p.high
    ]
    if problems and not clip:
        raise InvalidParameters(
            f"{len(problems)} parameter{'s' * (len(problems) > 1)} of {name} out of bounds: "
            + "; ".join(problems),
            hint="clip=True moves them to the bounds",
        )
    if problems:
        values = tuple(min(max(v, p.low), p.high) for v, p in zip(values, module.PARAMETERS, strict=True))
        notes = (*notes, "clipped: " + "; ".join(problems))
    return _projected(name, module, values, notes, clip=clip)


def as_given(name: str, parameters: Sequence[Any]) -> Values:
    """A list of parameters as finite floats, of whatever length.

    Raises:
        InvalidParameters: Not a list of finite numbers.
    """
    try:
        values = tuple(float(value) for value in parameters)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidParameters(f"parameters of {name} must be numbers: {error}") from None
    for i, value in enumerate(values):
        if not isfinite(value):
            raise InvalidParameters(f"parameter number {i} of {name} is {value}, expected a finite number")
    return values


def _projected(
    name: str, module: ModuleType, values: Values, notes: Notes, *, clip: bool
) -> tuple[Values, Notes]:
    """The parameters as the model's order constraints want them; an error where they do not hold."""
    projected = tuple(declared(module).project(values))
    if projected == values:
        return values, notes
    moved = ", ".join(p.name for p, a, b in zip(module.PARAMETERS, values, projected, strict=True) if a != b)
    if not clip:
        raise InvalidParameters(
            f"parameters of {name} contradict each other: {moved} would have to be larger",
            hint="clip=True moves them",
        )
    return projected, (*notes, f"put in order: {moved}")


def _migrated(name: str, module: ModuleType, values: Values) -> tuple[Values, Notes]:
    expected = len(module.PARAMETERS)
    if len(values) == expected:
        return values, ()
    if len(values) in module.MIGRATIONS:
        source, convert = module.MIGRATIONS[len(values)]
        try:
            return tuple(convert(values)), (f"migrated from {source} ({len(values)} parameters)",)
        except (ValueError, OverflowError, ZeroDivisionError):
            raise InvalidParameters(
                f"the {len(values)} parameters are none that {source} can have, so they cannot be migrated"
            ) from None
    older = ", ".join(str(n) for n in sorted(module.MIGRATIONS))
    also = f" (or {older} of older versions)" if older else ""
    raise InvalidParameters(f"{name} takes {expected} parameters{also}, got {len(values)}")
