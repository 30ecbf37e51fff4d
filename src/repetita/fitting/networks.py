"""A network fine-tuned to a log, as a `FitResult`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError, unknown_name
from repetita.fitting.choice import DECIMALS, Only
from repetita.fitting.recipe import Center, Outliers, PriorChoice
from repetita.fitting.reference.training import MOST_SEEDS
from repetita.fitting.result import FitResult, status_of
from repetita.fitting.weights import Weighting, is_given, recency_weights
from repetita.network_model import NetworkModel

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["NetworkChoices", "network_fit"]

RECIPES = ("default", "reference")


@dataclass(frozen=True, eq=False)
class NetworkChoices:
    """Options of a fit, as far as the training of a network has them.

    Attributes:
        recipe: None, "default" or "reference": all mean the published training.
        prior: "default" or "published": weights are pulled to where the training began, as published; None:
            they are not.
        weights: As `recency_weights` takes them; None: as published.
        outliers: None or False: none are left out.
        center: None.
        small_sample: None.
        only: None.
        seed: Added to the published seed of the order of reviews.
        rounded: Whether weights are rounded at the end.
    """

    recipe: str | None
    prior: PriorChoice
    weights: Weighting | None
    outliers: Outliers | None
    center: Center | None
    small_sample: float | None
    only: Only
    seed: int
    rounded: bool


def network_fit(
    log: ReviewLog,
    start: NetworkModel,
    choices: NetworkChoices,
    *,
    options: Mapping[str, Any],
    threads: int | None = None,
) -> FitResult:
    """The result of adapting a network to a log; deterministic, whatever the number of threads.

    Args:
        log: A review log; its ``scoring`` says what is learned from.
        start: The network to begin with.
        choices: Where not to do as published.
        options: What the result is to say about options beside.
        threads: Most threads for predictions; training uses one.

    Raises:
        UsageError: An option that such a training does not have.
        MissingExtra: Torch is not installed.
    """
    from repetita.neural import Adaptation, fine_tuned, network_recipe
    from repetita.neural.torch_setting import import_torch

    began = perf_counter()
    _check(start.name, choices)
    import_torch()
    recipe = network_recipe(start.name)
    tuning = recipe.tuning
    if choices.prior is None and isinstance(tuning, Adaptation):
        tuning = replace(tuning, pull=0.0)
    given = None if choices.weights is None else recency_weights(log, choices.weights)
    tuned = fine_tuned(log, start, tuning=tuning, rows=log.scoring, weights=given, seed=choices.seed)
    fitted = _rounded(tuned.model) if choices.rounded else tuned.model
    unknown = (float("nan"),) * len(fitted.parameters)
    said = "given" if choices.weights is not None and is_given(choices.weights) else choices.weights
    described = {
        **options,
        "recipe": "reference",
        "prior": "none" if choices.prior is None else "published",
        "weights": "published" if choices.weights is None else said,
        "outliers": False,
        "center": "start",
        "small_sample": 0.0,
        "seed": choices.seed,
        "training": replace(recipe, tuning=tuning).describe(),
    }
    return FitResult(
        model=fitted,
        std_errors=unknown,
        std_errors_cluster=unknown,
        # a square of 8869 rows of unknown numbers would fill 600 MB
        covariance=np.full((0, 0), np.nan),
        intervals=((float("nan"), float("nan")),) * len(unknown),
        learned=unknown,
        at_bounds=(),
        log_loss=_mean_loss(fitted, log, threads),
        log_loss_default=_mean_loss(start, log, threads),
        weighted_log_loss=tuned.loss,
        objective=tuned.loss * tuned.weight if tuned.steps else 0.0,
        penalty=0.0,
        status=status_of(int(np.count_nonzero(log.scored)), tuned.weight),
        cards=log.cards,
        reviews=len(log),
        scored=int(np.count_nonzero(log.scored)),
        left_out=0,
        effective=tuned.weight,
        iterations=tuned.steps,
        evaluations=tuned.steps,
        starts=1,
        converged=False,
        seconds=perf_counter() - began,
        funnel=log.funnel,
        options=described,
    )


def _check(name: str, choices: NetworkChoices) -> None:
    if choices.recipe is not None and choices.recipe not in RECIPES:
        raise unknown_name(f"recipe of {name}", choices.recipe, RECIPES)
    if choices.prior is not None and choices.prior not in ("default", "published"):
        raise UsageError(
            f"{name} is pulled to where its training begins (prior='published') or not (None)", where="prior"
        )
    for option, value, plain in (
        ("outliers", choices.outliers, (None, False)),
        ("center", choices.center, (None,)),
        ("small_sample", choices.small_sample, (None,)),
        ("only", choices.only, (None,)),
    ):
        if value not in plain:
            raise UsageError(f"the training of a network such as {name} has no option {option}", where=option)
    if choices.seed >= MOST_SEEDS:
        raise UsageError(f"seed is {choices.seed!r}, expected a number from 0 to 2**31 - 1", where="seed")


def _rounded(model: NetworkModel) -> NetworkModel:
    digits = DECIMALS[model.equations.UNIT]
    return replace(model, parameters=tuple(round(value, digits) for value in model.parameters))


def _mean_loss(model: NetworkModel, log: ReviewLog, threads: int | None) -> float:
    """Mean cross-entropy over the scored reviews, unweighted; NaN without any."""
    from repetita.kernels.replay import predict

    if not log.scored.any():
        return float("nan")
    predicted: NDArray[np.float64] = predict(model, log, threads=threads)[log.scored]
    happened = np.where(log.ratings[log.scored] > 1, predicted, 1.0 - predicted)
    return float(-np.log(happened.clip(model.equations.PREDICTION_FLOOR, 1.0)).mean())
