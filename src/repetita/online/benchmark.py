"""``method="benchmark"``: the one-step optimizer of a public benchmark for FSRS-6, kept as it is.

A compatibility mode. Written out by hand, like `repetita.online.notebook`, because its states are not quite
those of FSRS-6 and its gradient not quite their derivative: `gradient` lists how. The benchmark goes once
through the training reviews, in order of time, from parameters whose initial stabilities were fitted before,
and predicts with plain FSRS-6.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, isfinite, log
from typing import Any

from repetita.equations import equations
from repetita.memory_model import MemoryModel
from repetita.online.updates import Step, is_number

MODEL = "fsrs6"
RATE = 0.0001
STABILITY_MIN = 0.001
PROBABILITY_MIN = 1e-9
FIRST_REVIEW = 100.0
# of what is clipped after a step: not the same-day parameters, which never move
BOUNDS = tuple(
    (-inf, inf) if i in (17, 18, 19) else (p.low, p.high) for i, p in enumerate(equations(MODEL).PARAMETERS)
)

Weights = Sequence[float]
State = tuple[float, float]
History = Sequence[tuple[float, int]]


def transition(w: Weights, state: State, days: float, rating: int) -> State:
    """State after a later review, as the benchmark has it while it learns.

    Unlike in FSRS-6 the *new* difficulty enters the stability, a lapse has no cap, stability no ceiling, and
    only Good and Easy cannot lower it on the same day.
    """
    s, d = state
    easy = w[4] - exp(3.0 * w[5]) + 1.0
    moved = d - w[6] * (rating - 3.0) * (10.0 - d) / 9.0
    d = min(max(w[7] * easy + (1.0 - w[7]) * moved, 1.0), 10.0)
    if days < 1.0:
        growth = exp(w[17] * (rating - 3.0 + w[18])) * s ** -w[19]
        new = s * (max(growth, 1.0) if rating >= 3 else growth)
    elif rating == 1:
        new = _lapse(w, s, d, _curve(w, days, s))
    else:
        new = s * (1.0 + _gain(w, s, d, _curve(w, days, s)) * _factor(w, rating))
    return max(new, STABILITY_MIN), d


def states(w: Weights, history: History) -> tuple[State | None, State]:
    """States before and after the last review of a history; the first is None if there is but one."""
    rating = history[0][1]
    difficulty = w[4] - exp(w[5] * (rating - 1.0)) + 1.0
    last, state = None, (max(w[rating - 1], STABILITY_MIN), min(max(difficulty, 1.0), 10.0))
    for days, later in history[1:]:
        last, state = state, transition(w, state, days, later)
    return last, state


def gradient(w: Weights, history: History, days: float, recalled: bool) -> list[float] | None:
    """What the benchmark takes for the gradient of the loss of the next answer, or None for no step.

    Args:
        w: The 21 parameters of FSRS-6.
        history: (days since the review before, rating) of the card's reviews so far.
        days: Days from the last of them to the answer, at least 1.
        recalled: The answer.

    Quirks, all kept:

    * States are computed by `transition`, with all of the history at the parameters of now.
    * After a single review the derivative by the initial stability counts 100 times.
    * If the last review was on the same day as the one before it, the formulas for reviews on later days are
      differentiated all the same; the same-day parameters 17 to 19 never move.
    * The decay's derivative leaves out the path through the retrievability at the last review.
    * Bounds of difficulty are ignored: derivatives are taken as if there were none.
    * The probability is moved into [1e-9, 1 - 1e-9] before it divides.
    * No step at all where the stability stands at its floor of 0.001.
    """
    last, (s, d) = states(w, history)
    if s <= STABILITY_MIN:
        return None
    found = [0.0] * len(w)
    decay, factor = -w[20], _curve_factor(w)
    base = 1.0 + factor * days / s
    r = min(max(base**decay, PROBABILITY_MIN), 1.0 - PROBABILITY_MIN)
    by_recall = (r - recalled) / (r * (1.0 - r))
    slope = by_recall * decay * base ** (decay - 1.0) * (-factor * days / (s * s))
    by_factor = 0.9 ** (1.0 / decay) * log(0.9) * (-1.0 / (decay * decay))
    found[20] = -by_recall * r * (log(base) + decay * (days / s) * by_factor / base)
    if last is None:
        found[history[0][1] - 1] = FIRST_REVIEW * slope
    else:
        _last_transition(w, last, s, d, history[-1], slope, found)
    return found


def _last_transition(
    w: Weights, last: State, s: float, d: float, review: tuple[float, int], slope: float, found: list[float]
) -> None:
    """Adds the derivatives of the last transition, times that of the loss by the new stability."""
    days, rating = review
    old, old_d = last
    before = _curve(w, days, old)
    if rating == 1:
        kept, eased = exp((1.0 - before) * w[14]), d ** -w[12]
        found[11] = slope * s / w[11]
        found[12] = slope * -s * log(d)
        found[13] = slope * w[11] * eased * (old + 1.0) ** w[13] * log(old + 1.0) * kept
        found[14] = slope * s * (1.0 - before)
        by_difficulty = slope * -w[12] * s / d
    else:
        grown = old * _gain(w, old, d, before)
        common = grown * _factor(w, rating)
        spaced = exp(w[8]) * (11.0 - d) * old ** -w[9] * exp((1.0 - before) * w[10]) * (1.0 - before)
        found[8] = slope * common
        found[9] = slope * -log(old) * common
        found[10] = slope * old * spaced * _factor(w, rating)
        if rating != 3:
            found[15 if rating == 2 else 16] = slope * grown
        by_difficulty = slope * -common / (11.0 - d)
    easy = w[4] - exp(3.0 * w[5]) + 1.0
    moved = old_d - w[6] * (rating - 3.0) * (10.0 - old_d) / 9.0
    found[4] = by_difficulty * w[7]
    found[5] = by_difficulty * w[7] * -3.0 * exp(3.0 * w[5])
    found[6] = by_difficulty * (1.0 - w[7]) * -(rating - 3.0) * (10.0 - old_d) / 9.0
    found[7] = by_difficulty * (easy - moved)


def _curve_factor(w: Weights) -> float:
    factor: float = 0.9 ** (-1.0 / w[20]) - 1.0
    return factor


def _curve(w: Weights, days: float, s: float) -> float:
    recalled: float = (1.0 + _curve_factor(w) * days / s) ** -w[20]
    return recalled


def _lapse(w: Weights, s: float, d: float, recalled: float) -> float:
    lapse: float = w[11] * d ** -w[12] * ((s + 1.0) ** w[13] - 1.0) * exp((1.0 - recalled) * w[14])
    return lapse


def _gain(w: Weights, s: float, d: float, recalled: float) -> float:
    """How much a Good multiplies stability, less 1."""
    gain: float = exp(w[8]) * (11.0 - d) * s ** -w[9] * (exp((1.0 - recalled) * w[10]) - 1.0)
    return gain


def _factor(w: Weights, rating: int) -> float:
    return w[15] if rating == 2 else w[16] if rating == 4 else 1.0


class Benchmark:
    """The benchmark's optimizer at work on cards: one answer is the next review of the card.

    It replays a card's whole history at the parameters of now for every answer, as the benchmark does, so an
    update takes longer the longer the history. Predictions and states are those of plain FSRS-6.

    Args:
        model: Where to start; FSRS-6.
        rate: Learning rate.
    """

    def __init__(self, model: MemoryModel, *, rate: float = RATE) -> None:
        self.rate = rate
        self.variant = model.variant
        self.model = model

    def parameters(self) -> tuple[float, ...]:
        """The parameters of now."""
        return self.model.parameters

    def settings(self) -> dict[str, float]:
        """The learning rate."""
        return {"rate": self.rate}

    def update(self, memory: tuple[Any, ...] | None, days: float, rating: int) -> Step:
        """Learns from a review; on the same day as the last one it only moves the state."""
        if memory is None:
            return Step(((0.0, rating),), None, self.state(((0.0, rating),)), False)
        prediction = self.predicted(memory, days)
        learned = days >= 1.0 and self._learn(memory, days, rating)
        kept = (*memory, (days, rating))
        return Step(kept, prediction, self.state(kept), learned)

    def predicted(self, memory: tuple[Any, ...], days: float) -> float:
        """Probability of recall at a coming review."""
        return self.model.retrievability(self.state(memory), days)

    def state(self, memory: tuple[Any, ...]) -> tuple[float, ...]:
        """State after the card's newest review, by the parameters of now."""
        state = self.model.initial_state(memory[0][1])
        for days, rating in memory[1:]:
            state = self.model.next_state(state, days, rating)
        return state

    def remembered(self, numbers: list[Any]) -> tuple[Any, ...] | None:
        """The memory of a card as it was written down, or None where it cannot be one."""
        if not numbers or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in numbers):
            return None
        for days, rating in numbers:
            if rating not in (1, 2, 3, 4) or not is_number(days, 0.0):
                return None
        return tuple((days, rating) for days, rating in numbers)

    def _learn(self, memory: tuple[Any, ...], days: float, rating: int) -> bool:
        """One step and clipping, unless a number would stop being finite."""
        w = self.model.parameters
        try:
            found = gradient(w, memory, days, rating > 1)
        except (ArithmeticError, ValueError):
            return False
        if found is None or not all(isfinite(value) for value in found):
            return False
        moved = stepped(w, found, self.rate)
        changed = moved != w
        self.model = MemoryModel(MODEL, moved, self.variant)
        return changed


def stepped(w: Weights, found: Sequence[float], rate: float) -> tuple[float, ...]:
    """Parameters after a step against the gradient, clipped as the benchmark clips them."""
    moved = (value - rate * slope for value, slope in zip(w, found, strict=True))
    return tuple(min(max(value, low), high) for value, (low, high) in zip(moved, BOUNDS, strict=True))
