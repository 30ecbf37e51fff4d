"""`fit`: parameters of a memory model from a review log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.equations import declared, equations, model_names
from repetita.errors import UsageError
from repetita.fitting.choice import Only, Ratings, free_parameters, rounded_model, told_apart
from repetita.fitting.initial_stability import fitted_initial_stabilities, initial_places
from repetita.fitting.networks import NetworkChoices, network_fit
from repetita.fitting.outliers import kept_cards
from repetita.fitting.plain_loss import PlainLoss
from repetita.fitting.problem import Problem, SilentObjective
from repetita.fitting.recipe import Center, Outliers, PriorChoice, Recipe, RecipeName, resolve
from repetita.fitting.reference.training import Choices, reference_fit
from repetita.fitting.result import FitResult, status_of
from repetita.fitting.search import Found, resting, search
from repetita.fitting.standard_errors import Uncertainty, no_uncertainty, uncertainty
from repetita.fitting.weighted_log import WeightedLog
from repetita.fitting.weights import Weighting, recency_weights
from repetita.kernels.threads import thread_count
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.network_model import NetworkModel, network
from repetita.reviews.review_log import ReviewLog, require_log
from repetita.reviews.scoring import Scoring, checked_scoring, scoring_of_unit

if TYPE_CHECKING:
    from repetita.kernels.objective import Objective

FloatArray = NDArray[np.float64]

SMALLEST_TOTAL = 1e-6  # sum of weights below which the small-sample factor stops to grow
# reviews in the sample that standard errors of a longer log are taken from: good to a few percent
UNCERTAINTY_SAMPLE = 100_000


@dataclass(frozen=True, eq=False)
class _Task:
    """A fit, prepared: the recipe, and what the reviews weigh in it (None: nothing), of cards that weigh."""

    log: ReviewLog
    model: MemoryModel
    recipe: Recipe
    plain: PlainLoss
    weighted: WeightedLog | None
    left_out: int
    initial: tuple[float, ...] | None
    threads: int | None
    fixed: FloatArray | None = None

    def with_only(self, free: NDArray[np.bool_], start: Sequence[float] | None) -> _Task:
        """The task with the other parameters fixed: where the search starts, or at the prior's center."""
        if free.all():
            return self
        values = self.recipe.prior.center if start is None else np.array(start)
        return replace(self, fixed=np.where(free, np.nan, values))

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return 0.0 if self.weighted is None else self.weighted.total

    def problem(self, objective: Objective | SilentObjective) -> Problem:
        """What is minimized."""
        strength = 1.0 + self.recipe.small_sample / max(self.total, SMALLEST_TOTAL)
        return Problem(objective, self.recipe.prior, strength, self.fixed)


def fit(
    log: ReviewLog,
    model: str | MemoryModel = "fsrs6",
    *,
    recipe: RecipeName | None = None,
    prior: PriorChoice = "default",
    weights: Weighting | None = None,
    outliers: Outliers | None = None,
    center: Center | None = None,
    small_sample: float | None = None,
    only: Only = None,
    ratings: Ratings = "all",
    rows: Scoring | None = None,
    start: Sequence[float] | None = None,
    seed: int = 0,
    threads: int | None = None,
    variant: str = "default",
    standard_errors: bool = True,
    rounded: bool = False,
) -> FitResult:
    """Parameters of a memory model that explain a review log, with their uncertainty.

    Minimizes ``sum v_i CE_i + (1 + small_sample / n) / 2 (theta - m)' P (theta - m)`` inside the published
    bounds: CE the cross-entropy of a scored review, v its weight, n the sum of weights, P and m the precision
    and center of the prior. Logs of any size are fitted; with few reviews the prior decides.

    Args:
        log: A review log.
        model: Name of the model; or a `MemoryModel`, whose parameters are where the search starts.
        recipe: What the options not given mean. "default" or "map": our own, the best of those tried on
            held-out reviews of real logs. "peer": what the reference trainers minimize:
            ``prior="published", weights="cubic", outliers="peer", center="initial-stability"``.
            "reference": not a search for a minimum, but the training that the model was published with,
            step by step; `repetita.fitting.reference` says what the options mean there. A network ("lstm",
            "gru", "gru_p") is fine-tuned as published, starting from the given model or the weights that
            come with the package; it has no options but ``weights``, ``prior=None``, ``ratings``, ``start``,
            ``seed`` and ``rounded``.
        prior: "default" (the recipe's; our own is log-normal where a parameter is a scale), "published" (the
            penalty of the reference trainers), None, or a `PopulationPrior`.
        weights: A half-life in reviews (our own: 8000), a scheme ("uniform", "cubic", …) or an array of shape
            (reviews,); see `recency_weights`.
        outliers: False (our own); "peer" or "fsrs-rs", "fsrs-optimizer": leave out cards with rare first
            intervals, by the rule of one reference trainer or the other.
        center: "defaults" (our own), or "initial-stability": the prior is centered on initial stabilities
            fitted beforehand.
        small_sample: Strengthens the prior on small logs, see above; at least 0. Default: 300 reviews, but 0
            with the published prior, so that it stays the penalty of the reference trainers.
        only: What to fit: names of parameters, or "initial-stability" for the stabilities after each first
            rating. The others stay at ``start`` or at the center of the prior.
        ratings: "binary" counts Hard and Easy as Good, as for somebody who has two buttons; the losses
            reported are then those of the log with two buttons, `ReviewLog.two_buttons`.
        rows: What is learned from, and what the losses are means of: "days", reviews a day or more after the
            one before; or "seconds", every later review, same-day ones too, which only a model of exact time
            can. Default: what the log scores (`ReviewLog.scored_by`), as far as the model can; with recipe
            "reference" all that it can, as published.
        start: Parameters to start from, for instance those of the last fit.
        seed: Of the random starting point; with recipe "reference" added to the published seed of the order
            of the batches, so that 0 is as published.
        threads: Most threads to use; the result does not depend on it.
        variant: Variant of the model's equations.
        standard_errors: Whether to compute standard errors (NaN if not). Above 100 000 reviews they come from
            a sample of the cards that holds so many. A published training has none.
        rounded: Round the parameters to 4 decimals (6 for a model of fractional days), as the public
            benchmark does before it predicts.

    Returns:
        The result; its ``status`` says whether there was enough to learn from.

    Raises:
        UsageError: An option that does not exist or does not fit.
        MissingExtra: A network is to be trained, and torch is not installed.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> card = [(0, 3), (1, 3), (3, 3), (8, 1), (1, 3), (4, 3)]
        >>> result = fit(ReviewLog.from_histories([card] * 50))
        >>> result.status, result.scored, result.log_loss < result.log_loss_default
        ('full', 250, True)
    """
    began = perf_counter()
    require_log(log, "fit")
    seed, threads = whole_number(seed, "seed"), thread_count(threads)
    log = told_apart(log, ratings)
    name = model
    if isinstance(model, MemoryModel):
        name, variant = model.name, model.variant
        start = model.parameters if start is None else start
    if declared(equations(str(name))).kind == "network":
        wanted = NetworkChoices(recipe, prior, weights, outliers, center, small_sample, only, seed, rounded)
        begin = _network(str(name), variant, start, model)
        log = log.scored_by(_scoring(log, begin, rows, as_published=True))
        told = {
            "only": None,
            "ratings": ratings,
            "rounded": rounded,
            "variant": variant,
            "rows": log.scoring,
        }
        return network_fit(log, begin, wanted, options=told, threads=threads)
    basis = memory_model(str(name), variant=variant)
    if not declared(basis.equations).fitted:
        raise UsageError(f"{basis.name} has no parameters to fit; evaluate it as it is")
    if start is not None:
        start = memory_model(basis.name, start, variant=variant, clip=True).parameters
    resolved = resolve(
        basis.name,
        recipe="default" if recipe == "reference" else recipe,
        prior=prior,
        weights=weights,
        outliers=outliers,
        center=center,
        small_sample=small_sample,
    )
    log = log.scored_by(_scoring(log, basis, rows, as_published=recipe == "reference"))
    named = only if only is None or isinstance(only, str) else list(only)
    options: dict[str, Any] = {
        "only": named,
        "ratings": ratings,
        "rounded": rounded,
        "variant": variant,
        "rows": log.scoring,
    }
    if recipe == "reference":
        choices = Choices(prior, weights, outliers, center, small_sample, only, seed, rounded)
        return reference_fit(log, basis, choices, start=start, options=options, threads=threads)
    options |= {**resolved.describe(), "recipe": recipe or "default", "seed": seed}
    task = _prepare(log, basis, resolved, threads)
    task = task.with_only(free_parameters(basis, only), start)
    problem, found, spread = _solved(task, start, seed, standard_errors)
    return _result(task, problem, found, spread, options, began)


def _scoring(log: ReviewLog, model: MemoryModel, rows: Scoring | None, *, as_published: bool) -> Scoring:
    """What a model learns from."""
    most = scoring_of_unit(model.equations.UNIT)
    if rows is None:
        return most if as_published or most == "days" else log.scoring
    if checked_scoring(rows, "rows") == "seconds" != most:
        exact = [name for name in model_names() if scoring_of_unit(equations(name).UNIT) == "seconds"]
        raise UsageError(
            f"{model.name} counts whole days: same-day reviews teach it nothing, rows='seconds' does not fit",
            hint=f"models of exact time: {', '.join(exact)}",
            where="rows",
        )
    return rows


def _network(
    name: str, variant: str, start: Sequence[float] | None, given: str | MemoryModel
) -> NetworkModel:
    """The network whose training begins."""
    if isinstance(given, NetworkModel):
        return replace(given, parameters=given.parameters if start is None else tuple(start))
    return network(name, () if start is None else start, variant)


def _prepare(log: ReviewLog, model: MemoryModel, recipe: Recipe, threads: int | None) -> _Task:
    plain = PlainLoss.of(log, model, threads)
    kept = kept_cards(log, recipe.outliers)
    targets = None if kept is None else log.scored & kept[log.card_index]
    rows = recency_weights(log, recipe.weights, targets=targets)
    weighted = None
    if rows.any():  # else there is nothing to compile a kernel for
        weighted = WeightedLog.of(log, model.equations.UNIT, rows).without_silent_cards()
    initial = None
    if recipe.center == "initial-stability":
        initial = fitted_initial_stabilities(model.name, log, kept)
        natural = recipe.prior.center
        natural[list(initial_places(model.name).values())] = initial
        recipe = replace(recipe, prior=recipe.prior.centered_at(natural))
    left_out = 0 if targets is None else int(np.count_nonzero(log.scored & ~targets))
    return _Task(log, model, recipe, plain, weighted, left_out, initial, threads)


def _solved(
    task: _Task, start: Sequence[float] | None, seed: int, standard_errors: bool
) -> tuple[Problem, Found, Uncertainty]:
    """The problem, where the search ended, and how sure that is."""
    model, threads, weighted = task.model, task.threads, task.weighted
    if weighted is None:
        problem = task.problem(SilentObjective(len(model.parameters)))
        found = resting(problem)
        return problem, found, uncertainty(problem, found.best.position, found.best.gradient)
    problem = task.problem(weighted.objective(model, threads))
    found = search(
        problem, weighted, model, task.log, start=start, seed=seed, initial=task.initial, threads=threads
    )
    if not standard_errors:
        return problem, found, no_uncertainty(problem)
    share = UNCERTAINTY_SAMPLE / weighted.packed.reviews
    judged, part = problem, weighted
    if share < 1.0:
        part = weighted.sample(share)
        judged = replace(problem, objective=part.objective(model, threads))
    return problem, found, uncertainty(judged, found.best.position, found.best.gradient, scale=part.scale)


def _result(
    task: _Task, problem: Problem, found: Found, spread: Uncertainty, options: dict[str, Any], began: float
) -> FitResult:
    log, best, names = task.log, found.best, task.model.parameter_names
    natural = problem.natural(best.position)
    penalty = problem.strength * task.recipe.prior.penalty(natural)
    loss, total = best.value - penalty, task.total
    fitted = memory_model(task.model.name, natural.tolist(), variant=task.model.variant)
    shown = rounded_model(fitted) if options["rounded"] else fitted
    return FitResult(
        model=shown,
        std_errors=tuple(spread.laplace.tolist()),
        std_errors_cluster=tuple(spread.cluster.tolist()),
        covariance=spread.covariance,
        intervals=tuple((float(low), float(high)) for low, high in spread.intervals),
        learned=tuple(spread.learned.tolist()),
        at_bounds=tuple(name for name, held in zip(names, spread.held, strict=True) if held),
        log_loss=task.plain.mean(np.array(shown.parameters)),
        log_loss_default=task.plain.default,
        weighted_log_loss=loss / total if total > 0.0 else float("nan"),
        objective=best.value,
        penalty=penalty,
        status=status_of(task.plain.scored, total),
        cards=log.cards,
        reviews=len(log),
        scored=task.plain.scored,
        left_out=task.left_out,
        effective=total,
        iterations=best.iterations,
        evaluations=found.evaluations,
        starts=found.starts,
        converged=found.converged,
        seconds=perf_counter() - began,
        funnel=log.funnel,
        options=options,
    )
