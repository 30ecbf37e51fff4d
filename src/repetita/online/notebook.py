"""``method="notebook"``: the one-step optimizer of a published notebook for FSRS-6, kept as it is.

A compatibility mode. It is written out by hand, apart from the equations that the rest of the package shares,
because it is not the derivative of anything: `learn` lists how it differs. `repetita.online.exact` is the
method to learn with.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, isfinite, log
from typing import Any

from repetita.equations import equations
from repetita.memory_model import MemoryModel
from repetita.online.updates import Step, is_number

MODEL = "fsrs6"
RATE = 0.01
STABILITY_MIN = 0.001
BOUNDS = tuple((0.01 if i == 19 else p.low, p.high) for i, p in enumerate(equations(MODEL).PARAMETERS))

Weights = Sequence[float]
State = tuple[float, float]


def curve(w: Weights, days: float, stability: float) -> float:
    """Probability of recall; the stability is not the interval at 0.9, since no factor makes it so."""
    recalled: float = (1.0 + days / stability) ** (-w[20])
    return recalled


def first_state(w: Weights, rating: int) -> State:
    """Stability and difficulty after a first review."""
    difficulty = w[4] - exp(w[5] * (rating - 1)) + 1
    return max(STABILITY_MIN, w[rating - 1]), max(1.0, min(10.0, difficulty))


def next_difficulty(w: Weights, difficulty: float, rating: int) -> float:
    """Difficulty after a later review."""
    easy = w[4] - exp(w[5] * 3) + 1
    moved = difficulty + -w[6] * (rating - 3) * (10 - difficulty) / 9
    return max(1.0, min(10.0, w[7] * easy + (1 - w[7]) * moved))


def stability_after_success(w: Weights, s: float, d: float, recalled: float, rating: int) -> float:
    """Stability after Hard, Good or Easy."""
    hard, easy = (w[15] if rating == 2 else 1.0), (w[16] if rating == 4 else 1.0)
    gain = exp(w[8]) * (11 - d) * s ** -w[9] * (exp((1 - recalled) * w[10]) - 1) * hard * easy
    new: float = s * (1 + gain)
    return max(STABILITY_MIN, new)


def stability_after_failure(w: Weights, s: float, d: float, recalled: float) -> float:
    """Stability after Again."""
    return max(STABILITY_MIN, min(_lapse(w, s, d, recalled), _cap(w, s)))


def next_stability(w: Weights, s: float, d: float, recalled: float, rating: int) -> float:
    """Stability after a later review, given the probability of recall at it."""
    if rating > 1:
        return stability_after_success(w, s, d, recalled, rating)
    return stability_after_failure(w, s, d, recalled)


def learn(w: list[float], rate: float, last: State | None, days: float, rating: int, recalled: bool) -> None:
    """Changes ``w`` after an answer, as the notebook does.

    Args:
        w: The 21 parameters of FSRS-6; **changed in place**.
        rate: Learning rate; 0.01 in the notebook.
        last: State before the newest review, or None if that was the card's first.
        days: Days from the newest review to the answer.
        rating: Of the newest review.
        recalled: The answer.

    Quirks, all kept:

    * The curve has no factor that puts 0.9 at one stability.
    * First review, forgotten: the sign of the gradient is wrong, so a failure raises the initial stability as
      a success does. The step is five times as long, only the one stability moves (not difficulty, not the
      decay), and nothing is put back into bounds.
    * Later reviews: the time since the *previous* review is not known here, so the time to the answer stands
      in for it inside the update of stability.
    * The step of the decay is a product of two gradients (by stability, and by the decay at the *old*
      stability), times 0.1; the path through the previous retrievability is left out.
    * Difficulty: the derivative of the new stability by the *old* difficulty is multiplied by derivatives of
      the *new* one. The reversion's derivative has the damping with the wrong sign (no matter at Good).
    * The Hard and Easy factors see parameters 8 to 10 already moved by the same step.
    * After a failure either the four parameters of the formula or the two of its cap move, the cap at a tie.
    * Outside 0.001 < R < 0.999 the derivative by stability lacks its factor R / (R (1 - R)).
    * Reviews on the same day are not modeled: parameter 19 never moves, 17 and 18 only through the cap.
    * Stability has a floor and no ceiling.
    """
    y = 1 if recalled else 0
    if last is None:
        s = first_state(w, rating)[0]
        grown = ((days + s) / s) ** w[20]
        slope = w[20] * days * (y * (1 - grown) + y - 1) / (s * (days + s) * (grown - 1))
        w[rating - 1] -= rate * slope * 5
        return
    s, d = last
    before = curve(w, days, s)
    slope = rate * _slope_of_loss(w, next_stability(w, s, d, before, rating), days, y)
    by_difficulty = _difficulty_slopes(w, d, rating)
    grown, ratio = ((s + days) / s) ** w[20], (s + days) / s
    w[20] -= slope * ((y * grown - 1) * log(ratio) / (grown - 1)) * 0.1
    if rating > 1:
        through = _move_success(w, slope, s, d, before, rating)
    else:
        through = _move_failure(w, slope, s, d, before)
    if through != 0:
        for i, by in enumerate(by_difficulty, start=4):
            w[i] -= slope * through * by
    w[:] = [max(low, min(value, high)) for value, (low, high) in zip(w, BOUNDS, strict=True)]


def _lapse(w: Weights, s: float, d: float, recalled: float) -> float:
    lapse: float = w[11] * d ** -w[12] * ((s + 1) ** w[13] - 1) * exp((1 - recalled) * w[14])
    return lapse


def _cap(w: Weights, s: float) -> float:
    return s / exp(w[17] * w[18])


def _slope_of_loss(w: Weights, s: float, days: float, y: int) -> float:
    """What it takes for the derivative of the loss by the new stability."""
    recalled = curve(w, days, s)
    if 0.001 < recalled < 0.999:
        error = (recalled - y) / (recalled * (1 - recalled))
        return error * (w[20] * days * recalled) / (s * (s + days))
    return (recalled - y) * w[20] * days / (s * (s + days))


def _difficulty_slopes(w: Weights, d: float, rating: int) -> tuple[float, float, float, float]:
    """What it takes for the derivatives of the next difficulty by parameters 4 to 7."""
    easy = w[4] - exp(w[5] * 3) + 1
    damped = -w[6] * (rating - 3) * (d - 10) / 9
    by_step = -(d - 10) * (rating - 3) * (w[7] - 1) / 9
    return w[7], -3 * w[7] * exp(3 * w[5]), by_step, easy - (d + damped)


def _move_success(w: list[float], slope: float, s: float, d: float, before: float, rating: int) -> float:
    """Moves the parameters of growth; what it takes for the derivative by difficulty."""
    scale = s ** (1 - w[9]) * (w[15] if rating == 2 else 1) * (w[16] if rating == 4 else 1)
    gain = exp(w[10] * (1 - before))
    through: float = scale * (1 - gain) * exp(w[8])
    by_growth = scale * (1 - gain) * (d - 11) * exp(w[8])
    by_saturation = scale * (d - 11) * (gain - 1) * exp(w[8]) * log(s)
    by_spacing = -scale * (d - 11) * (1 - before) * exp(w[10] * (1 - before) + w[8])
    w[8] -= slope * by_growth
    w[9] -= slope * by_saturation
    w[10] -= slope * by_spacing
    if rating in (2, 4):
        factor = s ** (1 - w[9]) * (1 - exp(w[10] * (1 - before))) * (d - 11) * exp(w[8])
        w[15 if rating == 2 else 16] -= slope * factor
    return through


def _move_failure(w: list[float], slope: float, s: float, d: float, before: float) -> float:
    """Moves the parameters of a lapse; what it takes for the derivative by difficulty."""
    if _lapse(w, s, d, before) >= _cap(w, s):
        shrunk = exp(-w[17] * w[18])
        by_grade, by_offset = -s * w[18] * shrunk, -s * w[17] * shrunk
        w[17] -= slope * by_grade
        w[18] -= slope * by_offset
        return 0.0
    kept, gain, eased = (s + 1) ** w[13], exp((1 - before) * w[14]), d ** w[12]
    through: float = d ** (-w[12] - 1) * w[11] * w[12] * (1 - kept) * gain
    moves = (
        (kept - 1) * gain / eased,
        w[11] * (1 - kept) * gain * log(d) / eased,
        w[11] * kept * gain * log(s + 1) / eased,
        w[11] * (kept - 1) * (1 - before) * gain / eased,
    )
    for i, by in enumerate(moves, start=11):
        w[i] -= slope * by
    return through


class Notebook:
    """The notebook's optimizer at work on cards: one answer is the next review of the card.

    Args:
        model: Where to start; FSRS-6.
        rate: Learning rate.
    """

    def __init__(self, model: MemoryModel, *, rate: float = RATE) -> None:
        self.rate = rate
        self.w = list(model.parameters)

    def parameters(self) -> tuple[float, ...]:
        """The parameters of now."""
        return tuple(self.w)

    def settings(self) -> dict[str, float]:
        """The learning rate."""
        return {"rate": self.rate}

    def update(self, memory: tuple[Any, ...] | None, days: float, rating: int) -> Step:
        """Learns from a review; on the same day as the last one it only moves the state."""
        if memory is None:
            return Step((rating,), None, first_state(self.w, rating), False)
        state = self.state(memory)
        prediction = curve(self.w, days, state[0])
        learned = days >= 1.0 and self._learn(memory, days, rating)
        kept = (rating, days, *state)
        return Step(kept, prediction, self.state(kept), learned)

    def predicted(self, memory: tuple[Any, ...], days: float) -> float:
        """Probability of recall at a coming review."""
        return curve(self.w, days, self.state(memory)[0])

    def state(self, memory: tuple[Any, ...]) -> State:
        """State after the card's newest review, by the parameters of now."""
        if len(memory) == 1:
            return first_state(self.w, memory[0])
        rating, days, s, d = memory
        recalled = curve(self.w, days, s)
        return next_stability(self.w, s, d, recalled, rating), next_difficulty(self.w, d, rating)

    def remembered(self, numbers: list[Any]) -> tuple[Any, ...] | None:
        """The memory of a card as it was written down, or None where it cannot be one."""
        if len(numbers) not in (1, 4) or numbers[0] not in (1, 2, 3, 4):
            return None
        least = (1.0, 0.0, STABILITY_MIN, 1.0)
        good = all(is_number(value, low) for value, low in zip(numbers, least, strict=False))
        return tuple(numbers) if good else None

    def _learn(self, memory: tuple[Any, ...], days: float, rating: int) -> bool:
        """Learns, unless a number would stop being finite, which the notebook does not look at."""
        w = list(self.w)
        try:
            last = None if len(memory) == 1 else (memory[2], memory[3])
            learn(w, self.rate, last, days, memory[0], rating > 1)
        except (ArithmeticError, ValueError):
            return False
        if w == self.w or not all(isfinite(value) for value in w):
            return False
        self.w = w
        return True
