"""A published training as a `FitResult`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.fitting.choice import Only, free_parameters, rounded_model
from repetita.fitting.initial_stability import fitted_initial_stabilities, initial_places
from repetita.fitting.outliers import kept_cards
from repetita.fitting.plain_loss import PlainLoss
from repetita.fitting.recipe import Center, Outliers, PriorChoice, checked_outliers
from repetita.fitting.reference.curve_start import first_answers, start_with_curve
from repetita.fitting.reference.descent import Trained, Training
from repetita.fitting.reference.items import Items, items
from repetita.fitting.reference.published import ReferenceRecipe, reference_recipe
from repetita.fitting.result import FitResult, status_of
from repetita.fitting.weights import Weighting, is_given
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]

MOST_SEEDS = 2**31


@dataclass(frozen=True, eq=False)
class Choices:
    """Options of a fit, as far as a published training has them; None means as published.

    Attributes:
        prior: "default" or "published": the published penalty; None: no penalty.
        weights: As `recency_weights` takes them.
        outliers: Rule by which cards are left out, or False; as published: that of fsrs-optimizer for models
            of whole days.
        center: Whether initial stabilities are fitted beforehand ("initial-stability") or not ("defaults").
        small_sample: Not of such a training.
        only: Parameters that may move.
        seed: Added to the published seed of the order of the batches.
        rounded: Whether parameters are rounded at the end.
    """

    prior: PriorChoice
    weights: Weighting | None
    outliers: Outliers | None
    center: Center | None
    small_sample: float | None
    only: Only
    seed: int
    rounded: bool


def reference_fit(
    log: ReviewLog,
    model: MemoryModel,
    choices: Choices,
    *,
    start: Sequence[float] | None = None,
    options: Mapping[str, Any] | None = None,
    threads: int | None = None,
) -> FitResult:
    """The result of the published training of a model on a log.

    Args:
        log: A review log.
        model: The memory model with its default parameters.
        choices: Where not to do as published.
        start: Parameters to start from; default: the model's.
        options: What the result is to say about options beside.
        threads: Most threads to use.

    Raises:
        UsageError: An option that such a training does not have.
    """
    began = perf_counter()
    recipe = _recipe(model, choices)
    outliers = checked_outliers(choices.outliers, _outliers(model))
    kept = kept_cards(log, outliers)
    free = free_parameters(model, choices.only)
    plain = PlainLoss.of(log, model, threads)
    basis = model if start is None else replace(model, parameters=tuple(start))
    if recipe.initial:
        basis = _with_initial(basis, log, recipe, free, kept)
    known = items(log, model.equations.UNIT, recipe, weights=choices.weights, kept=kept)
    if choices.only == "initial-stability" and recipe.initial:
        recipe = replace(recipe, epochs=0)  # they were fitted before the first step; there is no other
    frozen = ~free | np.isin(model.parameter_names, recipe.frozen)
    trained = Training(basis, recipe, known, frozen, threads).run()
    fitted = memory_model(model.name, trained.parameters.tolist(), variant=model.variant, clip=True)
    shown = rounded_model(fitted) if choices.rounded else fitted
    described = {**(options or {}), **_described(model, recipe, choices, outliers)}
    return _result(log, shown, plain, known, kept, trained, described, perf_counter() - began)


def _recipe(model: MemoryModel, choices: Choices) -> ReferenceRecipe:
    """The published figures, changed where an option says so."""
    if choices.small_sample is not None:
        raise UsageError("recipe='reference' has no small_sample: published trainings do not vary it")
    if choices.prior is not None and choices.prior not in ("default", "published"):
        raise UsageError("recipe='reference' has the published penalty (prior='published') or none (None)")
    recipe = reference_recipe(model.name)
    if choices.prior is None:
        recipe = replace(recipe, penalty=0.0)
    if choices.center is not None:
        if choices.center == "initial-stability":
            initial_places(model.name)  # an error where the model has none
        recipe = replace(recipe, initial=choices.center == "initial-stability")
    if not 0 <= choices.seed < MOST_SEEDS:
        raise UsageError(f"seed is {choices.seed!r}, expected a number from 0 to 2**31 - 1", where="seed")
    return replace(recipe, seed=recipe.seed + int(choices.seed))


def _outliers(model: MemoryModel) -> Outliers:
    """What the public benchmark does before training: its filter is made for whole days."""
    return "fsrs-optimizer" if model.equations.UNIT == "days" else False


def _with_initial(
    model: MemoryModel,
    log: ReviewLog,
    recipe: ReferenceRecipe,
    free: NDArray[np.bool_],
    kept: NDArray[np.bool_] | None,
) -> MemoryModel:
    """The model with initial stabilities (and the curve) fitted alone, where they may move."""
    values, places = list(model.parameters), list(initial_places(model.name).values())
    if recipe.curves is None:
        fitted = fitted_initial_stabilities(model.name, log, kept, centers=recipe.initial_centers)
    else:
        fitted, curve = start_with_curve(model.name, first_answers(log, kept), recipe.curves, recipe.anchors)
        places += range(len(values) - len(curve), len(values))
        fitted += curve
    for place, value in zip(places, fitted, strict=True):
        if free[place]:
            values[place] = value
    return memory_model(model.name, values, variant=model.variant, clip=True)


def _described(
    model: MemoryModel, recipe: ReferenceRecipe, choices: Choices, outliers: Outliers
) -> dict[str, Any]:
    """The options in force, JSON-safe, with the names they have in other fits."""
    penalized = recipe.penalty > 0.0 and any(isfinite(p.spread) for p in model.equations.PARAMETERS)
    weights: Any = choices.weights
    if weights is None:
        weights = "uniform" if recipe.recency is None else "published"
    return {
        "recipe": "reference",
        "prior": "published" if penalized else "none",
        "weights": "given" if is_given(weights) else weights,
        "outliers": outliers,
        "center": "initial-stability" if recipe.initial else "defaults",
        "small_sample": 0.0,
        "seed": choices.seed,
        "training": recipe.describe(),
    }


def _result(
    log: ReviewLog,
    model: MemoryModel,
    plain: PlainLoss,
    known: Items,
    kept: NDArray[np.bool_] | None,
    trained: Trained,
    options: dict[str, Any],
    seconds: float,
) -> FitResult:
    unknown, size = (float("nan"),) * len(model.parameters), len(model.parameters)
    total = float(known.weights.sum())
    return FitResult(
        model=model,
        std_errors=unknown,
        std_errors_cluster=unknown,
        covariance=np.full((size, size), np.nan),
        intervals=((float("nan"), float("nan")),) * size,
        learned=unknown,
        at_bounds=_at_bounds(model, options["training"]["frozen"], trained),
        log_loss=plain.mean(np.array(model.parameters)),
        log_loss_default=plain.default,
        weighted_log_loss=trained.loss / total if total > 0.0 else float("nan"),
        objective=trained.loss + trained.penalty,
        penalty=trained.penalty,
        status=status_of(plain.scored, total),
        cards=log.cards,
        reviews=len(log),
        scored=plain.scored,
        left_out=0 if kept is None else int(np.count_nonzero(log.scored & ~kept[log.card_index])),
        effective=total,
        iterations=trained.steps,
        evaluations=trained.evaluations,
        starts=1,
        converged=False,
        seconds=seconds,
        funnel=log.funnel,
        options=options,
    )


def _at_bounds(model: MemoryModel, frozen: list[str], trained: Trained) -> tuple[str, ...]:
    """Names of the parameters that training left at a bound; none where nothing was trained."""
    if not trained.steps:
        return ()
    pairs = zip(model.equations.PARAMETERS, model.parameters, strict=True)
    return tuple(p.name for p, value in pairs if not p.low < value < p.high and p.name not in frozen)
