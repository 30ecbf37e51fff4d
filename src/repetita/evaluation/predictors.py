"""What can be judged: parameters, which predict as they are, and model names, which are fitted first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.equations import declared, equations, known_model, model_names
from repetita.errors import UsageError, unknown_name
from repetita.evaluation.splits import Fold
from repetita.memory_model import MemoryModel, model

if TYPE_CHECKING:
    from repetita.fitting import FitResult
    from repetita.reviews import ReviewLog

__all__ = ["Judged", "Predictor", "Progress", "fold_models", "held_out", "predictor"]

Floats = NDArray[np.float64]
Judged: TypeAlias = "MemoryModel | FitResult | str | Sequence[float] | NDArray[np.float64]"
Progress: TypeAlias = Callable[[int, int], None]
DEFAULTS = "defaults"


@dataclass(frozen=True, slots=True)
class Predictor:
    """A model to judge.

    Attributes:
        name: Model name.
        given: The parameters to score as they are, or None to fit them.
        label: How to call it in a sentence.
        published: Whether these are the published defaults.
    """

    name: str
    given: MemoryModel | None
    label: str
    published: bool = False


def predictor(judged: Judged, *, beside: str = "fsrs6") -> Predictor:
    """The predictor that a person means.

    Args:
        judged: A `MemoryModel` or `FitResult` (scored as it is), a list of parameters of the model ``beside``
            (as it is), "defaults" (published defaults of ``beside``), or a model name (to be
            fitted, unless it is a rule).
        beside: Model that a bare list and "defaults" belong to.

    Raises:
        UnknownName: No such model.
        InvalidParameters: A list that does not fit the model.
        UsageError: Something else.

    Example:
        >>> predictor("fsrs6").label, predictor("defaults").label
        ('FSRS-6 fitted on earlier reviews', 'the published defaults of FSRS-6')
    """
    if isinstance(judged, str):
        if judged == DEFAULTS:
            return _fixed(model(beside))
        if not known_model(judged):
            raise unknown_name("model", judged, (*model_names(), DEFAULTS))
        title = equations(judged).TITLE
        if not declared(equations(judged)).fitted:
            return Predictor(judged, model(judged), f"the rule {title}", published=True)
        return Predictor(judged, None, f"{title} fitted on earlier reviews")
    if isinstance(judged, MemoryModel):
        return _fixed(judged)
    inside = getattr(judged, "model", None)
    if isinstance(inside, MemoryModel):
        return replace(_fixed(inside), label=f"the fitted {inside.equations.TITLE} parameters")
    if isinstance(judged, Sequence | np.ndarray):
        return _fixed(model(beside, [float(value) for value in _numbers(judged)]))
    raise UsageError(
        f"cannot judge a {type(judged).__name__}: a MemoryModel, a model name, a list of parameters or "
        "'defaults' is expected"
    )


def held_out(
    log: ReviewLog, judged: Predictor, folds: Sequence[Fold], models: Sequence[MemoryModel]
) -> Floats:
    """Predictions at the test rows of all folds, one fold after the other.

    Args:
        log: The log.
        judged: Whose predictions.
        folds: Forward folds of the log.
        models: Model fitted on the training rows of each fold; not needed for given parameters.
    """
    if judged.given is not None:
        rows = np.concatenate([fold.test_rows for fold in folds])
        return np.take(judged.given.predict(log), rows)
    made = [fitted.predict(log)[fold.test_rows] for fold, fitted in zip(folds, models, strict=True)]
    return np.concatenate(made)


def fold_models(
    log: ReviewLog,
    name: str,
    folds: Sequence[Fold],
    *,
    seed: int,
    options: Mapping[str, Any] | None,
    progress: Progress | None = None,
) -> list[MemoryModel]:
    """The model fitted on the training rows of each fold.

    Args:
        log: The log.
        name: Model name.
        folds: Forward folds of the log.
        seed: Passed to `repetita.fitting.fit`.
        options: Further options of `repetita.fitting.fit`; weights may be one number a row of the log.
        progress: Called with the number of folds done and of all folds.

    Raises:
        UnknownName: An option that a fit does not have.
    """
    from repetita.fitting import fit
    from repetita.fitting.options import checked_options

    fixed = {"standard_errors": False, "seed": seed, **checked_options(options)}
    weights = fixed.get("weights")
    by_row = weights is not None and np.ndim(weights) == 1
    models = []
    for done, fold in enumerate(folds):
        if by_row:
            fixed["weights"] = np.asarray(weights)[fold.train_rows]
        models.append(fit(log.take(fold.train_rows), name, **fixed).model)
        if progress is not None:
            progress(done + 1, len(folds))
    return models


def _fixed(given: MemoryModel) -> Predictor:
    title = given.equations.TITLE
    published = given == given.published
    label = f"the published defaults of {title}" if published else f"the given {title} parameters"
    return Predictor(given.name, given, label, published)


def _numbers(judged: Sequence[Any] | NDArray[Any]) -> Sequence[Any]:
    values = list(judged)
    if not values or not all(isinstance(value, int | float | np.number) for value in values):
        raise UsageError("a list to judge must hold the model's parameters as numbers")
    return values
