"""What to minimize: the options of a fit, resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from repetita.errors import UsageError, unknown_name
from repetita.fitting.outliers import RULES
from repetita.fitting.prior import PopulationPrior
from repetita.fitting.weights import Weighting

PriorChoice = Literal["default", "published"] | PopulationPrior | None
Outliers = Literal[False, "peer", "fsrs-rs", "fsrs-optimizer"]
Center = Literal["defaults", "initial-stability"]
RecipeName = Literal["default", "map", "peer", "reference"]


@dataclass(frozen=True, eq=False)
class Recipe:
    """A complete answer to "what is minimized".

    Attributes:
        prior: Prior over the parameters.
        weights: As `recency_weights` takes them.
        outliers: Rule by which cards with rare first intervals are left out, or False.
        center: Whether the prior is centered on the published defaults or on fitted initial stabilities.
        small_sample: The penalty is multiplied by ``1 + small_sample / n``, n the sum of the weights.
    """

    prior: PopulationPrior
    weights: Weighting
    outliers: Outliers
    center: Center
    small_sample: float

    def describe(self) -> dict[str, Any]:
        """JSON-safe description."""
        given = isinstance(self.weights, str | float | int)
        return {
            "prior": self.prior.name,
            "weights": self.weights if given else "given",
            "outliers": self.outliers,
            "center": self.center,
            "small_sample": self.small_sample,
        }


# What an option means that was not given. "peer" is what the reference trainers minimize.
RECIPES: dict[str, dict[str, Any]] = {
    "default": {"prior": "default", "weights": 8000, "outliers": False, "center": "defaults"},
    "map": {"prior": "default", "weights": 8000, "outliers": False, "center": "defaults"},
    "peer": {"prior": "published", "weights": "cubic", "outliers": "peer", "center": "initial-stability"},
}
SMALL_SAMPLE = 300.0


def resolve(
    model: str,
    *,
    recipe: str | None,
    prior: PriorChoice,
    weights: Weighting | None,
    outliers: Outliers | None,
    center: Center | None,
    small_sample: float | None,
) -> Recipe:
    """The recipe that a set of options asks for.

    Args:
        model: Name of the memory model.
        recipe: "default" (also None or "map") or "peer": what the options not given mean.
        prior: "default" means the recipe's prior.
        weights: None means the recipe's.
        outliers: None means the recipe's.
        center: None means the recipe's.
        small_sample: None means 300, and 0 with the published prior, which the reference trainers apply as
            is.

    Raises:
        UsageError: An option with a value that does not exist.
    """
    named = recipe or "default"
    if named not in RECIPES:
        raise unknown_name("recipe", recipe, [*RECIPES, "reference"])
    base = RECIPES[named]
    chosen_prior = _prior(model, base["prior"] if isinstance(prior, str) and prior == "default" else prior)
    filtered = checked_outliers(outliers, base["outliers"])
    middle = base["center"] if center is None else center
    if middle not in ("defaults", "initial-stability"):
        raise unknown_name("center", center, ["defaults", "initial-stability"])
    if small_sample is None:
        small_sample = 0.0 if chosen_prior.name == "published" else SMALL_SAMPLE
    if not 0.0 <= small_sample < np.inf:
        raise UsageError(f"small_sample is {small_sample!r}, expected a number of reviews, at least 0")
    chosen_weights = base["weights"] if weights is None else weights
    return Recipe(chosen_prior, chosen_weights, filtered, middle, float(small_sample))


def checked_outliers(outliers: Outliers | None, otherwise: Outliers) -> Outliers:
    """The outlier filter that an option asks for, or False.

    Args:
        outliers: The option; None means the other one.
        otherwise: What the recipe says.

    Raises:
        UnknownName: No such filter.
    """
    chosen = otherwise if outliers is None else outliers
    if chosen is not False and chosen not in ("peer", *RULES):
        raise unknown_name("outlier filter", chosen, ["peer", *RULES])
    return chosen


def _prior(model: str, prior: PriorChoice) -> PopulationPrior:
    if prior is None:
        return PopulationPrior.flat(model)
    if isinstance(prior, PopulationPrior):
        if prior.model != model:
            raise UsageError(f"the prior is for {prior.model}, the model to fit is {model}", where="prior")
        return prior
    makers = {"default": PopulationPrior.default, "published": PopulationPrior.published}
    if prior not in makers:
        raise unknown_name("prior", prior, [*makers, "None"])
    return makers[prior](model)
