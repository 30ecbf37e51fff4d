"""All versions of FSRS in torch: what `bench/models.py` compares with.

Written as one would for speed: all cards advance together, longest first, and a step touches only the cards
that have that review, so that nothing is computed for padding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from repetita.reviews import ReviewLog

Step = Callable[[Tensor, "State | None", Tensor, Tensor], "tuple[State, Tensor | None]"]
State = tuple[Tensor, ...]
# FSRS v2 gives a failure on the day of a review almost no stability, and later reviews a recall that single
# precision takes for 0
DOUBLE = ("fsrs2",)


class Batch(NamedTuple):
    """A log, review by review of all cards.

    Attributes:
        days: For each place in a history: elapsed days of the cards that are so long, longest first.
        ratings: The same of the ratings.
        weights: The same: 1 where a review is scored.
    """

    days: list[Tensor]
    ratings: list[Tensor]
    weights: list[Tensor]


def batch_of(log: ReviewLog, unit: str, dtype: torch.dtype = torch.float32) -> Batch:
    lengths = np.diff(log.offsets)
    order = np.argsort(-lengths, kind="stable")
    firsts, lengths = log.offsets[:-1][order], lengths[order]
    elapsed = log.elapsed(unit)
    columns: tuple[list[Tensor], list[Tensor], list[Tensor]] = ([], [], [])
    for place in range(int(lengths.max(initial=0))):
        rows = firsts[: np.searchsorted(-lengths, -place, side="left")] + place
        scored = (elapsed[rows] > 0) & (place > 0)
        for column, values in zip(columns, (elapsed[rows], log.ratings[rows], scored), strict=True):
            column.append(torch.tensor(values, dtype=dtype))
    return Batch(*columns)


def loss(step: Step, w: Tensor, batch: Batch, floor: float) -> Tensor:
    """Summed cross-entropy of the scored reviews; predictions are at least the floor."""
    total, state = w.new_zeros(()), None
    for days, ratings, weights in zip(*batch, strict=True):
        if state is not None:
            state = tuple(column[: len(days)] for column in state)
        state, recall = step(w, state, days, ratings)
        if recall is not None:
            surprise = torch.where(ratings > 1, recall, 1.0 - recall).clamp(min=floor).log()
            total = total - (weights * surprise).sum()
    return total


def first_stability(w: Tensor, ratings: Tensor) -> Tensor:
    return w[ratings.long() - 1]


def first_difficulty(w: Tensor, ratings: Tensor | float) -> Tensor:
    return w[4] - torch.exp(w[5] * (ratings - 1.0)) + 1.0


def next_difficulty(w: Tensor, difficulty: Tensor, change: Tensor, reversion: Tensor | float) -> Tensor:
    moved = difficulty + change * (10.0 - difficulty) / 9.0
    return (reversion * first_difficulty(w, 4.0) + (1.0 - reversion) * moved).clamp(1.0, 10.0)


def later_stability(w: Tensor, state: State, ratings: Tensor, recall: Tensor) -> Tensor:
    """Stability of FSRS-5 and 6 after a review on a later day."""
    stability, difficulty = state
    forgotten = 1.0 - recall
    factor = torch.where(ratings == 2, w[15], torch.where(ratings == 4, w[16], 1.0))
    gain = torch.exp(w[8]) * (11.0 - difficulty) * stability ** -w[9] * (torch.exp(w[10] * forgotten) - 1.0)
    lapse = w[11] * difficulty ** -w[12] * ((stability + 1.0) ** w[13] - 1.0) * torch.exp(w[14] * forgotten)
    lapse = torch.minimum(lapse, stability / torch.exp(w[17] * w[18]))
    return torch.where(ratings > 1, stability * (1.0 + gain * factor), lapse)


def fsrs5(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    if state is None:
        return (first_stability(w, ratings), first_difficulty(w, ratings).clamp(1.0, 10.0)), None
    stability, difficulty = state
    recall = (1.0 + 19.0 / 81.0 * days / stability) ** -0.5
    same_day = stability * torch.exp(w[17] * (ratings - 3.0 + w[18]))
    new = torch.where(days < 1.0, same_day, later_stability(w, state, ratings, recall))
    moved = next_difficulty(w, difficulty, -w[6] * (ratings - 3.0), w[7])
    return (new.clamp(0.01, 36500.0), moved), recall


def fsrs6(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    if state is None:
        return (first_stability(w, ratings), first_difficulty(w, ratings).clamp(1.0, 10.0)), None
    stability, difficulty = state
    factor = 0.9 ** (-1.0 / w[20]) - 1.0
    recall = (1.0 + factor * days / stability) ** -w[20]
    growth = torch.exp(w[17] * (ratings - 3.0 + w[18])) * stability ** -w[19]
    same_day = stability * torch.where(ratings >= 2, growth.clamp(min=1.0), growth)
    new = torch.where(days < 1.0, same_day, later_stability(w, state, ratings, recall))
    moved = next_difficulty(w, difficulty, -w[6] * (ratings - 3.0), w[7])
    return (new.clamp(0.001, 36500.0), moved), recall


def trace(w: Tensor, k: int, x: Tensor, difficulty: Tensor, ratings: Tensor, recall: Tensor) -> Tensor:
    """One of the two stabilities of FSRS-7 after a review; its parameters start at k."""
    forgotten = 1.0 - recall
    lapse = w[k + 3] * ((x + 1.0) ** w[k + 4] - 1.0) * torch.exp(forgotten * w[k + 5])
    lapse = torch.minimum(x, lapse)
    factor = torch.where(ratings == 2, w[k + 6], torch.where(ratings == 4, w[k + 7], 1.0))
    gain = torch.exp(w[k] - 1.5) * (11.0 - difficulty) * x ** -w[k + 1]
    gain = gain * (torch.exp(forgotten * w[k + 2]) - 1.0) * factor
    return torch.where(ratings > 1, torch.maximum(lapse, x * (1.0 + gain)), lapse)


def fsrs7(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    if state is None:
        slow = first_stability(w, ratings)
        return (slow, 0.8 * slow, first_difficulty(w, ratings).clamp(1.0, 10.0)), None
    slow, fast, difficulty = state
    fast_decay = -(w[23] * fast ** (w[33] - 0.3)).clamp(0.01, 0.95)
    fast_factor = torch.exp((torch.log(w[25]) / fast_decay).clamp(max=60.0)) - 1.0
    fast_recall = (1.0 + fast_factor * days / fast) ** fast_decay
    slow_decay = -w[24].clamp(0.01, 0.95)
    slow_factor = (w[26] ** (1.0 / slow_decay) - 1.0) * torch.exp((difficulty - 5.0) * (w[32] - 0.3))
    slow_recall = (1.0 + slow_factor * days / slow) ** slow_decay
    fast_weight = w[27] * fast ** -w[29]
    slow_weight = w[28] * slow ** w[30] * torch.exp((difficulty - 5.0) * (w[31] - 0.5))
    mixed = (fast_weight * fast_recall + slow_weight * slow_recall) / (fast_weight + slow_weight)
    recall = (1.0 - 2e-5) * mixed + 1e-5
    new_slow = trace(w, 7, slow, difficulty, ratings, recall).clamp(1e-4, 36500.0)
    new_fast = trace(w, 15, fast, difficulty, ratings, fast_recall)
    new_fast = torch.where(ratings > 1, new_fast, torch.minimum(new_fast, 0.8 * new_slow))
    change = -w[6] * (ratings - 3.0) * torch.where(ratings > 1, 1.0, recall + 0.1)
    moved = next_difficulty(w, difficulty, change, 0.01)
    return (new_slow, new_fast.clamp(1e-4, 36500.0), moved), recall


def exponential_recall(days: Tensor, stability: Tensor) -> Tensor:
    """The forgetting curve of FSRS v1 to v3."""
    return 0.9 ** (days / stability)


def growth(gain: Tensor, difficulty: Tensor, power: Tensor, stability: Tensor, rate: Tensor) -> Tensor:
    """What FSRS v1 to v4.5 add to a stability of 1 after a success, but for its spacing."""
    return torch.exp(gain) * difficulty**power * stability**rate


def fsrs1(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    lapsed = (2.0 - ratings).clamp(min=0.0)
    if state is None:
        return (
            (w[0] * 0.25 * 2.0 ** (ratings - 1.0)).clamp(0.01, 36500.0),
            w[1] - ratings + 3.0,
            lapsed,
        ), None
    stability, difficulty, lapses = state
    recall = exponential_recall(days, stability)
    moved = (difficulty + recall - 0.25 * 2.0 ** (ratings - 1.0) + 0.1).clamp(min=0.0)
    spacing = torch.exp((1.0 - recall) * w[5]) - 1.0
    kept = stability * (1.0 + growth(w[2], moved + 0.1, w[3], stability, w[4]) * spacing)
    new = torch.where(ratings > 1, kept, w[0] * torch.exp(w[6] * lapses))
    return (new.clamp(0.01, 36500.0), moved, lapses + lapsed), recall


def fsrs2(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    if state is None:
        stability, difficulty = w[0] * (w[1] * (ratings - 1.0) + 1.0), w[2] * (w[3] * (ratings - 4.0) + 1.0)
        return (stability.clamp(0.01, 36500.0), difficulty.clamp(1.0, 10.0)), None
    stability, difficulty = state
    recall = exponential_recall(days, stability)
    moved = w[5] * w[2] * (1.0 - w[3]) + (1.0 - w[5]) * (difficulty + w[4] * (ratings - 3.0))
    moved = moved.clamp(1.0, 10.0)
    spacing = torch.exp((1.0 - recall) * w[9]) - 1.0
    kept = stability * (1.0 + growth(w[6], moved, w[7], stability, w[8]) * spacing)
    lapse = w[10] * moved ** w[11] * stability ** w[12] * (torch.exp((1.0 - recall) * w[13]) - 1.0)
    return (torch.where(ratings > 1, kept, lapse).clamp(0.01, 36500.0), moved), recall


def fsrs3(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    if state is None:
        stability, difficulty = w[0] + w[1] * (ratings - 1.0), w[2] + w[3] * (ratings - 3.0)
        return (stability.clamp(0.01, 36500.0), difficulty.clamp(1.0, 10.0)), None
    stability, difficulty = state
    recall = exponential_recall(days, stability)
    moved = (w[5] * w[2] + (1.0 - w[5]) * (difficulty + w[4] * (ratings - 3.0))).clamp(1.0, 10.0)
    spacing = torch.exp((1.0 - recall) * w[8]) - 1.0
    kept = stability * (1.0 + torch.exp(w[6]) * (11.0 - moved) * stability ** w[7] * spacing)
    lapse = w[9] * moved ** w[10] * stability ** w[11] * torch.exp((1.0 - recall) * w[12])
    return (torch.where(ratings > 1, kept, lapse).clamp(0.01, 36500.0), moved), recall


def step_of_fsrs4(w: Tensor, state: State, ratings: Tensor, recall: Tensor, capped: bool) -> State:
    """State of FSRS v4 and 4.5 after a later review; the newer one caps what a lapse leaves."""
    stability, difficulty = state
    factor = torch.where(ratings == 2, w[15], torch.where(ratings == 4, w[16], 1.0))
    gain = torch.exp(w[8]) * (11.0 - difficulty) * stability ** -w[9]
    gain = gain * (torch.exp((1.0 - recall) * w[10]) - 1.0) * factor
    lapse = w[11] * difficulty ** -w[12] * ((stability + 1.0) ** w[13] - 1.0)
    lapse = lapse * torch.exp((1.0 - recall) * w[14])
    if capped:
        lapse = torch.minimum(lapse, stability)
    moved = w[7] * w[4] + (1.0 - w[7]) * (difficulty - w[6] * (ratings - 3.0))
    new = torch.where(ratings > 1, stability * (1.0 + gain), lapse)
    return new.clamp(0.01, 36500.0), moved.clamp(1.0, 10.0)


def first_of_fsrs4(w: Tensor, ratings: Tensor) -> State:
    return first_stability(w, ratings), (w[4] - w[5] * (ratings - 3.0)).clamp(1.0, 10.0)


def fsrs4(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    if state is None:
        return first_of_fsrs4(w, ratings), None
    recall = 1.0 / (1.0 + days / (9.0 * state[0]))
    return step_of_fsrs4(w, state, ratings, recall, capped=False), recall


def fsrs4_5(w: Tensor, state: State | None, days: Tensor, ratings: Tensor) -> tuple[State, Tensor | None]:
    if state is None:
        return first_of_fsrs4(w, ratings), None
    recall = (1.0 + 19.0 / 81.0 * days / state[0]) ** -0.5
    return step_of_fsrs4(w, state, ratings, recall, capped=True), recall


STEPS: dict[str, Step] = {
    "fsrs1": fsrs1,
    "fsrs2": fsrs2,
    "fsrs3": fsrs3,
    "fsrs4": fsrs4,
    "fsrs4_5": fsrs4_5,
    "fsrs5": fsrs5,
    "fsrs6": fsrs6,
    "fsrs7": fsrs7,
}
