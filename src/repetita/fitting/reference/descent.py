"""The training itself: passes over the batches, a step of Adam after each, and which parameters are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.equations import declared
from repetita.fitting.reference.adam import Moments, adam_step, annealed_rates
from repetita.fitting.reference.items import Items, batches, drawn_batches
from repetita.fitting.reference.published import ReferenceRecipe
from repetita.fitting.reference.shuffling import Shuffler

if TYPE_CHECKING:
    from repetita.kernels.objective import Objective
    from repetita.memory_model import MemoryModel

FloatArray = NDArray[np.float64]


class Trained(NamedTuple):
    """The outcome of a training.

    Attributes:
        parameters: Those kept, shape (parameters,).
        loss: Summed weighted cross-entropy with them, over all items.
        penalty: What the penalty adds for them.
        steps: Steps of Adam.
        evaluations: Steps, and passes to choose between parameters.
    """

    parameters: FloatArray
    loss: float
    penalty: float
    steps: int
    evaluations: int


class Share(NamedTuple):
    """A batch: its loss, and its share of all items."""

    objective: Objective
    share: float


@dataclass(frozen=True, eq=False)
class Training:
    """A published training of a model on some items.

    Attributes:
        model: The memory model; its parameters are where the training starts and what the penalty pulls to.
        recipe: The figures.
        items: What is learned from.
        frozen: Parameters that do not move, shape (parameters,).
        threads: Most threads to use.
    """

    model: MemoryModel
    recipe: ReferenceRecipe
    items: Items
    frozen: NDArray[np.bool_]
    threads: int | None = None

    @cached_property
    def whole(self) -> Objective:
        """The loss of all items."""
        return self.items.whole.objective(self.model, self.threads)

    @cached_property
    def start(self) -> FloatArray:
        """Parameters before the first step."""
        return np.array(self.model.parameters)

    @cached_property
    def stiffness(self) -> FloatArray:
        """The penalty is the sum of this times the squared distance from the start."""
        spread = np.array([p.spread for p in self.model.equations.PARAMETERS])
        return self.recipe.penalty / spread**2

    @cached_property
    def units(self) -> FloatArray:
        """What one unit of Adam's is, by parameter."""
        given = self.recipe.units
        return np.ones_like(self.start) if given is None else np.array(given)

    def penalty(self, parameters: FloatArray) -> float:
        """The penalty of all items together."""
        return float(self.stiffness @ (parameters - self.start) ** 2)

    def gradient(self, parameters: FloatArray, batch: Share) -> FloatArray:
        """Of the loss of a batch and its share of the penalty, zero for frozen parameters."""
        _, gradient = batch.objective.value_and_gradient(parameters)
        gradient = gradient + 2.0 * batch.share * self.stiffness * (parameters - self.start)
        # a history far outside anything real may overflow; a batch without a direction moves nothing
        return np.where(self.frozen | ~np.isfinite(gradient), 0.0, gradient)

    def clipped(self, parameters: FloatArray) -> FloatArray:
        """Parameters moved into the bounds and put in the order that the model asks for."""
        table = self.model.equations.PARAMETERS
        boxed = np.clip(parameters, [p.low for p in table], [p.high for p in table])
        return np.array(declared(self.model.equations).project(tuple(boxed.tolist())))

    def passes(self) -> Iterator[list[Share]]:
        """The batches of each pass, in the order in which they are learned from."""
        shuffler = Shuffler(self.recipe.seed)
        if self.recipe.shuffled:
            for _ in range(self.recipe.epochs):
                yield [self._share(members) for members in drawn_batches(self.items, self.recipe, shuffler)]
            return
        cut = [self._share(members) for members in batches(self.items, self.recipe)]
        for _ in range(self.recipe.epochs):
            yield [cut[i] for i in shuffler.order(len(cut))]

    def run(self, progress: Callable[[int], None] | None = None) -> Trained:
        """Trains; without items or passes, what it started from.

        Args:
            progress: Called with the number of passes done.
        """
        if not self.items.size:
            return Trained(self.start, 0.0, 0.0, 0, 0)
        steps = self.recipe.epochs * -(-self.items.size // self.recipe.batch)
        rates = iter(annealed_rates(self.recipe.rate, steps))
        parameters, moments = self.start, Moments.none(len(self.start))
        candidates = [parameters]
        for done, turn in enumerate(self.passes(), start=1):
            for batch in turn:
                parameters, moments = self._stepped(parameters, moments, batch, next(rates))
            candidates.append(parameters)
            if progress is not None:
                progress(done)
        judged = candidates if self.recipe.keep == "best" else candidates[-1:]
        losses = [self.whole.value(candidate) for candidate in judged]
        totals = [loss + self.penalty(kept) for loss, kept in zip(losses, judged, strict=True)]
        best = int(np.argmin(np.nan_to_num(totals, nan=np.inf)))
        kept = judged[best]
        return Trained(kept, losses[best], self.penalty(kept), steps, steps + len(judged))

    def _stepped(
        self, parameters: FloatArray, moments: Moments, batch: Share, rate: float
    ) -> tuple[FloatArray, Moments]:
        recipe, units = self.recipe, self.units
        gradient = self.gradient(parameters, batch) * units
        move, moments = adam_step(moments, gradient, rate=rate, betas=recipe.betas, epsilon=recipe.epsilon)
        if recipe.decay:
            defaults = np.array([p.default for p in self.model.equations.PARAMETERS])
            move = move - np.where(self.frozen, 0.0, rate * recipe.decay * (parameters - defaults) / units)
        return self.clipped(parameters + move * units), moments

    def _share(self, members: NDArray[np.int64]) -> Share:
        weighted = self.items.batch(members)
        return Share(weighted.objective(self.model, self.threads), len(members) / self.items.size)
