"""Which parameters a fit may move, which answers it tells apart, and to how many digits it reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError, unknown_name
from repetita.fitting.initial_stability import initial_places
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

Only = Literal["initial-stability"] | Sequence[str] | None
Ratings = Literal["all", "binary"]

DECIMALS = {"days": 4, "fractional days": 6}


def free_parameters(model: MemoryModel, only: Only) -> NDArray[np.bool_]:
    """Parameters that may move, shape (parameters,).

    Args:
        model: The memory model.
        only: None: all. "initial-stability": the stabilities after each first rating. Otherwise names.

    Raises:
        UsageError: No names at all, or a model without initial stabilities.
        UnknownName: A name that no parameter of the model has.

    Example:
        >>> free_parameters(memory_model("fsrs6"), ["decay"]).nonzero()[0].tolist()
        [20]
    """
    names = model.parameter_names
    if only is None:
        return np.ones(len(names), dtype=np.bool_)
    if only == "initial-stability":
        chosen = {names[i] for i in initial_places(model.name).values()}
    else:
        chosen = {only} if isinstance(only, str) else set(only)
    if not chosen:
        raise UsageError("only names no parameter, so there is nothing to fit", where="only")
    for name in sorted(chosen, key=str):
        if name not in names:
            raise unknown_name(f"parameter of {model.name}", name, [*names, "initial-stability"])
    return np.array([name in chosen for name in names])


def told_apart(log: ReviewLog, ratings: Ratings) -> ReviewLog:
    """The log with the answers that a fit tells apart.

    Args:
        log: A review log.
        ratings: "all": as they are; "binary": Hard and Easy count as Good.

    Raises:
        UnknownName: Another choice.
    """
    if ratings == "all":
        return log
    if ratings == "binary":
        return log.two_buttons()
    raise unknown_name("choice of ratings", ratings, ["all", "binary"])


def rounded_model(model: MemoryModel) -> MemoryModel:
    """The model with its parameters rounded as the public benchmark does before it predicts.

    To 4 decimals, or 6 where times have fractions; a value that this puts outside its bounds is moved back.

    Example:
        >>> rounded_model(memory_model("fsrs6", [1 / 3] * 4 + [5.0] * 17, clip=True)).parameters[0]
        0.3333
    """
    digits = DECIMALS[model.equations.UNIT]
    values = [round(value, digits) for value in model.parameters]
    return memory_model(model.name, values, variant=model.variant, clip=True)
