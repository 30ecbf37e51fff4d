"""``method="exact"``: the true gradient of the newest review's loss through the last transition.

A review tells how good the probability was that was predicted for it. That probability depends on the
parameters directly (the forgetting curve) and through the state that the review before it left. The state
before *that* is taken as given. The derivatives are the generated ones of `repetita.derivatives`; nothing
here knows a formula of a model.

The step, on the scale on which the model's default prior is normal (logarithms of some parameters), in units
``u_i`` of its standard deviations::

    position_i -= rate * u_i**2 * d loss / d position_i

If all moves together, measured in those units, would be longer than ``largest_step``, they are shortened to
it in the same direction. Then bounds and order constraints are applied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf, sqrt
from operator import add
from typing import Any

from repetita.derivatives import derivatives
from repetita.equations import declared
from repetita.memory_model import MemoryModel
from repetita.online.scales import logarithmic, units
from repetita.online.updates import Step, is_number

# Going on from a fit, rates of .0003 to .003 predicted later reviews of real logs by 1e-4 to 2e-4 nats better
# than parameters at rest. Starting from the defaults, a higher rate gains more.
RATE = 0.003
LARGEST_STEP = 0.1
# Updates in one process before compiled code is loaded, which takes as long as tens of thousands of them.
# Both ways compute the same bits, so nobody can tell when it happens but by the clock.
INTERPRETED = 10_000

Numbers = tuple[float, ...]
# the memory of a card: its rating after a first review; later rating, days, and the state before the review
Memory = tuple[float, ...]


class Exact:
    """Exact one-transition stochastic gradient descent on a recursive model.

    Args:
        model: Where to start.
        rate: Learning rate, see the module.
        largest_step: Longest move of one update, in standard deviations of the prior.
    """

    def __init__(self, model: MemoryModel, *, rate: float = RATE, largest_step: float = LARGEST_STEP) -> None:
        module = model.equations
        self.model_name = model.name
        self.options = model.options
        self.rate, self.largest_step = rate, largest_step
        self.equations = module
        self.derivatives = derivatives(model.name)
        self.project: Callable[[Sequence[float]], Sequence[float]] | None = getattr(module, "project", None)
        self.least_days = 1.0 if module.UNIT == "days" else 0.0
        self.units, self.logs = units(module), logarithmic(module)
        self.low = tuple(p.low for p in module.PARAMETERS)
        self.high = tuple(p.high for p in module.PARAMETERS)
        self.updates = 0
        self._parameters = model.parameters
        self._prepared = model.prepared
        self._nothing_given = (0.0,) * (1 + self.derivatives.STATES)
        self._no_bars = (0.0,) * len(self.derivatives.LIVE_STATES)
        self._numbers: Any = None
        self._compiled: Callable[..., Numbers] | None = None

    def parameters(self) -> Numbers:
        """The parameters of now."""
        return self._parameters

    def settings(self) -> dict[str, float]:
        """Rate and longest step."""
        return {"rate": self.rate, "largest_step": self.largest_step}

    def update(self, memory: Memory | None, days: float, rating: int) -> Step:
        """Learns from a review of a card; the memory is None at a first review."""
        if memory is None:
            vectors = self._parameters, self._prepared, self.options
            return Step((rating,), None, self.equations.first(*vectors, rating), False)
        if self._compiled is not None:
            return self._compiled_update(memory, days, rating)
        self.updates += 1
        if self.updates > INTERPRETED:
            self.warm()
        prediction, middle, gradient = self.prediction_and_gradient(memory, days, rating)
        learned = gradient is not None and self._step(gradient)
        kept = (rating, days, *middle)
        return Step(kept, prediction, self.state(kept), learned)

    def prediction_and_gradient(
        self, memory: Memory, days: float, rating: int
    ) -> tuple[float, Numbers, list[float] | None]:
        """Prediction for a review, the state before it, and the gradient of its loss by all parameters.

        The gradient is None where the review teaches nothing: sooner than a day for a model of whole days, at
        once for others, or beyond what the derivatives can be computed for.
        """
        d, vectors = self.derivatives, (self._parameters, self._prepared, self.options)
        passed = () if len(memory) == 1 else self._forward(memory)
        middle = passed[: d.STATES] or self.state(memory)
        prediction = self.equations.recall(*vectors, middle, days)
        if not (days >= self.least_days and days > 0.0):
            return prediction, middle, None
        live = len(d.LIVE_STATES)
        now = (*middle, days, rating, 1.0)
        try:
            kept = d.forward(*vectors, *now)[d.STATES + 1 :]
            sums = d.reverse(*vectors, *now, *kept, *self._no_bars)
            bars, sums = sums[:live], sums[live:]
            if passed:
                last = (*memory[2:], memory[1], memory[0], 0.0)
                back = d.reverse(*vectors, *last, *passed[d.STATES + 1 :], *bars)
                return prediction, middle, self._collected(tuple(map(add, sums, back[live:])), ())
            return prediction, middle, self._collected(sums, d.first_reverse(*vectors, memory[0], *bars))
        except (ArithmeticError, ValueError):
            return prediction, middle, None

    def _collected(self, later: Numbers, first: Numbers) -> list[float]:
        """One derivative a parameter, from those of later reviews and of the first."""
        d = self.derivatives
        gradient, prepared = [0.0] * len(self.low), [0.0] * len(self._prepared)
        # the values of the parameters come first
        for i, value in zip(d.REVERSE_PARAMETERS, later, strict=False):
            gradient[i] = value
        for i, value in zip(d.REVERSE_PREPARED, later[len(d.REVERSE_PARAMETERS) :], strict=True):
            prepared[i] = value
        if first:
            _add(gradient, d.FIRST_PARAMETERS, first[: len(d.FIRST_PARAMETERS)])
            _add(prepared, d.FIRST_PREPARED, first[len(d.FIRST_PARAMETERS) :])
        bars = [prepared[i] for i in d.LIVE_PREPARED]
        _add(gradient, d.PREPARE_PARAMETERS, d.prepare_reverse(self._parameters, self.options, *bars))
        return gradient

    def predicted(self, memory: Memory, days: float) -> float:
        """Probability of recall at a coming review."""
        vectors = self._parameters, self._prepared, self.options
        recalled: float = self.equations.recall(*vectors, self.state(memory), days)
        return recalled

    def state(self, memory: Memory) -> Numbers:
        """State after the card's newest review, by the parameters of now."""
        if len(memory) > 1:
            return self._forward(memory)[: self.derivatives.STATES]
        vectors = self._parameters, self._prepared, self.options
        found: Numbers = self.equations.first(*vectors, memory[0])
        return found

    def _forward(self, memory: Memory) -> Numbers:
        """The state after the card's newest review, and what its derivatives want to be kept."""
        vectors = self._parameters, self._prepared, self.options
        found: Numbers = self.derivatives.forward(*vectors, *memory[2:], memory[1], memory[0], 0.0)
        return found

    def remembered(self, numbers: list[Any]) -> Memory | None:
        """The memory of a card as it was written down, or None where it cannot be one."""
        if len(numbers) not in (1, 2 + self.derivatives.STATES) or numbers[0] not in (1, 2, 3, 4):
            return None
        zeros = declared(self.equations).may_be_zero
        good = all(
            is_number(x, 0.0) and (x > 0.0 or zero) for x, zero in zip(numbers[2:], zeros, strict=False)
        )
        return tuple(numbers) if good and is_number(numbers[:2][-1], 0.0) else None

    def warm(self) -> None:
        """Loads the compiled code now; it computes the same bits, several times as fast."""
        if self._compiled is None:
            from repetita.kernels.online import update

            self._array()
            self._compiled = update(self.model_name, self.least_days)

    def _array(self) -> Any:
        """The numbers that compiled code works on; made when first wanted."""
        if self._numbers is None:
            import numpy as np

            from repetita.kernels.online import Layout

            layout = Layout(self.equations)
            self._numbers = np.zeros(layout.size)
            self._numbers[layout.options : layout.gradient] = self.options
            for begin, values in (
                (layout.unit, self.units),
                (layout.logs, self.logs),
                (layout.low, self.low),
                (layout.high, self.high),
                (layout.rate, (self.rate, self.largest_step)),
            ):
                self._numbers[begin : begin + len(values)] = values
            self._set(self._parameters)
        return self._numbers

    def run(
        self, order: Any, cards: Any, days: Any, ratings: Any, memory: Any, predictions: Any
    ) -> int | None:
        """Learns from many reviews, if the compiled code can do without Python between them.

        Args:
            order: Rows in order of time.
            cards: Number of the card of each row.
            days: Days since the card's previous review of each row.
            ratings: Rating of each row.
            memory: (cards, 3 + states): what is remembered, a row a card: 0 nothing, 1 a first review, 2
                more; then what `update` remembers.
            predictions: Filled in, one a row.

        Returns:
            How many reviews moved the parameters, or None if nothing was done.
        """
        if self.project is not None:
            return None
        from repetita.kernels.online import run

        compiled = run(self.model_name, self.least_days)
        learned = compiled(self._array(), order, cards, days, ratings, memory, predictions)
        self._take_over()
        return learned

    def _compiled_update(self, memory: Memory, days: float, rating: int) -> Step:
        compiled = self._compiled
        assert compiled is not None
        if len(memory) == 1:
            found = compiled(self._numbers, True, memory[0], *self._nothing_given, days, rating)
        else:
            found = compiled(self._numbers, False, *memory, days, rating)
        states = self.derivatives.STATES
        kept, new, learned = (rating, days, *found[2 : 2 + states]), found[2 + states :], found[1] != 0.0
        if learned:
            before = self._parameters
            self._take_over()
            if self.project is not None:
                self._set(self.project(self._parameters))
                new, learned = self.state(kept), self._parameters != before
        return Step(kept, found[0], new, learned)

    def _take_over(self) -> None:
        count = len(self.low)
        values = tuple(self._numbers[: count + len(self._prepared)].tolist())
        self._parameters, self._prepared = values[:count], values[count:]

    def _step(self, gradient: list[float]) -> bool:
        """Moves the parameters against a gradient; False if none moves, or the gradient is not finite."""
        w = list(self._parameters)
        moving = []
        length = 0.0
        for i, slope in enumerate(gradient):
            if slope != 0.0:
                scaled = slope * (w[i] if self.logs[i] else 1.0) * self.units[i]
                length += scaled * scaled
                moving.append((i, scaled))
        length = self.rate * sqrt(length)
        if not 0.0 < length < inf:
            return False
        factor = self.rate if length <= self.largest_step else self.rate * (self.largest_step / length)
        for i, scaled in moving:
            move = factor * scaled * self.units[i]
            moved = w[i] * exp(-move) if self.logs[i] else w[i] - move
            w[i] = min(max(moved, self.low[i]), self.high[i])
        before = self._parameters
        self._set(w if self.project is None else self.project(w))
        return self._parameters != before

    def _set(self, parameters: Sequence[float]) -> None:
        self._parameters = tuple(parameters)
        self._prepared = self.equations.prepare(self._parameters, self.options)
        if self._numbers is not None:
            count = len(self.low)
            self._numbers[:count] = self._parameters
            self._numbers[count : count + len(self._prepared)] = self._prepared


def _add(sums: list[float], places: Sequence[int], values: Sequence[float]) -> None:
    for place, value in zip(places, values, strict=True):
        sums[place] += value
