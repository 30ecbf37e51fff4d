"""The published figures of how networks are trained (srs-benchmark), one table a network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from repetita.errors import UsageError

__all__ = ["Adaptation", "Epochs", "NetworkRecipe", "Reptile", "network_recipe"]

# reviews of a history that training looks at; longer ones are left out of training, never of predictions
LONGEST_HISTORY = 64
# reviews a batch at which rates were found; with another exponent of the batch size they are scaled by it
USUAL_BATCH = 16_000.0


class Rates(NamedTuple):
    """Learning rates in two pieces: along a line from start to middle while it warms up, then to the end."""

    start: float
    middle: float
    end: float
    warm_up: int

    def at(self, step: int, steps: int, exponent: float) -> float:
        """The rate of a step.

        Args:
            step: Number of the step, from 0.
            steps: Of all.
            exponent: Of the batch size in the loss.
        """
        scale: float = USUAL_BATCH ** (1.0 - exponent)
        if step < self.warm_up:
            return scale * (self.start + (self.middle - self.start) * step / self.warm_up)
        rest = max(steps - self.warm_up, 1)
        return scale * (self.middle + (self.end - self.middle) * (step - self.warm_up) / rest)


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How a network is adapted to one person, starting from weights that suit many.

    The loss of a batch of n reviews is n to a power times the mean weighted cross-entropy, plus a pull to
    where the adaptation began. AdamW, gradients clipped to a norm.

    Attributes:
        batch: Reviews a batch.
        steps: Passes over all batches, or in `Reptile` the most batches looked at.
        rates: Learning rates by pass (in `Reptile` by batch).
        exponent: Power of the batch size.
        clip: Longest gradient.
        pull: Factor of the squared distance from the start.
        decay: Decoupled weight decay.
        betas: Of AdamW.
        recency: A review weighs ``1 + recency x ** degree``, x from 0 to 1 in time, made 1 on average.
        degree: See ``recency``.
        seed: Of the order of reviews.
    """

    batch: int
    steps: int
    rates: Rates
    exponent: float
    clip: float
    pull: float
    decay: float
    betas: tuple[float, float]
    recency: float = 0.0
    degree: float = 1.0
    seed: int = 2025


@dataclass(frozen=True, slots=True)
class Reptile:
    """How weights are found from which adaptation goes far: adapt to person after person, follow a bit.

    Attributes:
        inner: Adaptation to a person; its optimizer's memory is carried from person to person.
        steps: Adaptations.
        warm_up: Share of them in which both rates rise.
        rate: Highest rate of the outer AdamW, whose gradient is start minus end of an adaptation; it falls to
            0 along a cosine.
        least_factor: Of the outer rate at the start.
        betas: Of the outer AdamW.
        decay: Its weight decay.
    """

    inner: Adaptation
    steps: int
    rate: float
    betas: tuple[float, float]
    decay: float
    warm_up: float = 0.1
    least_factor: float = 1e-4


@dataclass(frozen=True, slots=True)
class Epochs:
    """The plain training of the public benchmark: epochs over batches of like length, the best weights kept.

    Attributes:
        batch: Reviews a batch.
        epochs: Passes.
        rate: Of AdamW, falling to 0 along a cosine.
        decay: Its weight decay.
        seed: Of the order of batches.
    """

    batch: int
    epochs: int
    rate: float
    decay: float
    seed: int = 2023


@dataclass(frozen=True, slots=True)
class NetworkRecipe:
    """How a network is trained on many people, then on one.

    Attributes:
        tuning: On one.
        pretraining: On many.
    """

    tuning: Adaptation | Epochs
    pretraining: Reptile | Epochs

    def describe(self) -> dict[str, Any]:
        """JSON-safe description of the training on one person."""
        figures = asdict(self.tuning)
        if isinstance(self.tuning, Adaptation):
            figures["rates"] = self.tuning.rates._asdict()
        return {"epochs": passes_of(self.tuning), "tuning": figures}


def passes_of(tuning: Adaptation | Epochs) -> int:
    """Passes over the reviews."""
    return tuning.epochs if isinstance(tuning, Epochs) else tuning.steps


def network_recipe(name: str) -> NetworkRecipe:
    """The published training of a network.

    Args:
        name: One of `repetita.equations.NETWORKS`.

    Raises:
        UsageError: None is known.

    Example:
        >>> network_recipe("lstm").tuning.steps
        20
    """
    if name not in RECIPES:
        raise UsageError(f"no training of {name} is known")
    return RECIPES[name]


GRU_P = Epochs(batch=512, epochs=16, rate=1e-2, decay=1e-5)
RECIPES = {
    "lstm": NetworkRecipe(
        tuning=Adaptation(
            batch=16_384, steps=20, rates=Rates(0.0019622, 0.006455344, 0.0034213, 5), exponent=1.2103,
            clip=7050.0, pull=0.000244, decay=0.04855, betas=(0.0, 0.999), recency=6.49, degree=2.4758,
        ),
        pretraining=Reptile(
            inner=Adaptation(
                batch=16_384, steps=15, rates=Rates(0.0026945, 0.0026945, 0.0026945, 5), exponent=1.0,
                clip=7050.0, pull=0.000244, decay=0.03, betas=(0.0, 0.999), seed=2030,
            ),
            steps=100_000, rate=0.02, betas=(0.9, 0.999), decay=0.03,
        ),
    ),
    "gru": NetworkRecipe(
        tuning=Adaptation(
            batch=8192, steps=14, rates=Rates(0.002470, 0.005842, 0.001227, 7), exponent=1.155,
            clip=270.9, pull=0.0007204, decay=0.03116, betas=(0.4077, 0.9570), recency=5.242, degree=2.518,
        ),
        pretraining=Reptile(
            inner=Adaptation(
                batch=8192, steps=29, rates=Rates(0.005049, 0.0007886, 0.003383, 3), exponent=0.934,
                clip=303.3, pull=0.00043071, decay=0.01, betas=(0.4077, 0.9570), seed=2030,
            ),
            steps=100_000, rate=0.02, betas=(0.8437, 0.9620), decay=0.05376,
        ),
    ),
    "gru_p": NetworkRecipe(tuning=GRU_P, pretraining=GRU_P),
}  # fmt: skip
