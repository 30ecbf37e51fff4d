"""`ReferenceRecipe`: the figures of a published training, as a model's equation file declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple

from repetita.equations import equations
from repetita.errors import UsageError


class Recency(NamedTuple):
    """Weights that grow along the log: ``floor + (1 - floor) x ** exponent``.

    Attributes:
        floor: Weight of the oldest review.
        exponent: How late the weights rise.
        closed: Whether x runs from 0 to 1 with the newest review at 1, or stops one review short of it.
    """

    floor: float
    exponent: float
    closed: bool = True


@dataclass(frozen=True, slots=True)
class ReferenceRecipe:
    """How a model is trained where it was published.

    The batch loss is ``sum weight * CE + penalty * batch / all * sum(((w - w0) / spread) ** 2)``, w0 the
    parameters before the first step, ``spread`` from the model's table. What an equation file does not say in
    its ``REFERENCE`` is as here, which is what most published trainings share.

    Attributes:
        rate: First learning rate of Adam; it falls along a cosine to 0 at the last step.
        betas: Of Adam.
        epsilon: Of Adam.
        decay: Decoupled weight decay (AdamW), a share of the learning rate.
        epochs: Passes over the items.
        batch: Items in a batch.
        shuffled: Whether batches are drawn anew each pass; otherwise items are sorted by length and cut once.
        longest: Items with more reviews than this before the target are left out; None: no limit.
        place: Targets are the card's reviews from this place on, counting reviews on a later day from 2.
        initial: Whether initial stabilities are fitted beforehand; they are then what the penalty pulls to.
        initial_centers: What that fit pulls the four to, if not to the model's defaults.
        curves: Candidates for the last parameters of the model, one of which is chosen with the initial
            stabilities; None: the curve starts from the defaults.
        anchors: Logarithms of typical initial stabilities, which missing ones are then placed by.
        penalty: Factor of the penalty.
        frozen: Names of parameters that stay where they are after the fit of initial stabilities.
        units: Adam moves ``(w - default) / units`` instead of w: one number a parameter.
        keep: "best": the parameters before the pass (or after the last) whose penalized loss was least, the
            earlier of equals; "last": those after the last step.
        recency: Weights along the log; None: all 1.
        seed: Of the order of the batches.

    Example:
        >>> ReferenceRecipe(rate=0.02).epochs
        5
    """

    rate: float = 0.04
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    decay: float = 0.0
    epochs: int = 5
    batch: int = 512
    shuffled: bool = False
    longest: int | None = 64
    place: int = 1
    initial: bool = False
    initial_centers: tuple[float, ...] | None = None
    curves: tuple[tuple[float, ...], ...] | None = None
    anchors: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    penalty: float = 1.0
    frozen: tuple[str, ...] = ()
    units: tuple[float, ...] | None = None
    keep: Literal["best", "last"] = "best"
    recency: Recency | None = None
    seed: int = 2023

    def describe(self) -> dict[str, Any]:
        """JSON-safe description."""
        answer = asdict(self)
        answer["recency"] = None if self.recency is None else self.recency._asdict()
        return {name: list(value) if isinstance(value, tuple) else value for name, value in answer.items()}


def reference_recipe(model: str) -> ReferenceRecipe:
    """The published training of a model.

    Args:
        model: A name in the registry of models. What its equation file says in ``REFERENCE``, a mapping with
            the names of `ReferenceRecipe`, goes before the common figures.

    Raises:
        UnknownName: No such model.
        UsageError: The equation file names something that a recipe does not have.

    Example:
        >>> recipe = reference_recipe("fsrs6")
        >>> recipe.rate, recipe.epochs, recipe.initial
        (0.04, 5, True)
    """
    said: Mapping[str, Any] = getattr(equations(model), "REFERENCE", {})
    unknown = set(said) - {field.name for field in fields(ReferenceRecipe)}
    if unknown:
        raise UsageError(f"REFERENCE of {model} names {', '.join(sorted(unknown))}, which no recipe has")
    given = dict(said)
    if given.get("recency") is not None:
        given["recency"] = Recency(*given["recency"])
    return ReferenceRecipe(**given)
