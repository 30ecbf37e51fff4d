"""Where a training starts that fits initial stabilities together with the forgetting curve.

The published training of a superseded version of FSRS-7 tries several curves, fits the initial stabilities
with each, keeps the curve that explains the first answers best, and fills in missing stabilities on a
logarithmic scale. Times are binned: ten minutes below two hours, two hours below a day, whole days above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.equations import equations
from repetita.fitting.initial_stability import fit_one, ordered

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

TEN_MINUTES = 10.0 / 1440.0
TWO_HOURS = 2.0 / 24.0
HIGHEST = 100.0
LOWEST = 1e-4
DECIMALS = 4

Cells = Mapping[int, Sequence[tuple[float, int, float]]]


class Start(NamedTuple):
    """Parameters that a training starts from.

    Attributes:
        stabilities: After a first Again, Hard, Good, Easy, in days.
        curve: The last parameters of the model.
    """

    stabilities: tuple[float, ...]
    curve: tuple[float, ...]


def binned(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times rounded down to ten minutes, two hours or a day, but not to 0.

    Example:
        >>> (binned(np.array([0.001, 0.02, 0.3, 3.9])) * 1440).round().tolist()
        [10.0, 20.0, 360.0, 4320.0]
    """
    step = np.where(days < TWO_HOURS, TEN_MINUTES, np.where(days < 1.0, TWO_HOURS, 1.0))
    rounded: NDArray[np.float64] = np.maximum(np.floor(days / step) * step, step)
    return rounded


def first_answers(log: ReviewLog, cards: NDArray[np.bool_] | None = None) -> Cells:
    """Answers to each card's first review on a later day, by first rating: (days, count, smoothed recall).

    Args:
        log: A review log.
        cards: Cards to look at, shape (cards,); default: all.
    """
    elapsed = log.elapsed("fractional days")
    passed = log.ratings > 1
    seen = (elapsed > 0.0) & ~log.first
    if cards is not None:
        seen &= cards[log.card_index]
    average = float(passed[seen].mean()) if seen.any() else 0.0
    rows = np.flatnonzero(seen & log.scored & (log.review_index == 2))
    days, ratings = binned(elapsed[rows]), log.first_ratings[rows]
    cells: dict[int, list[tuple[float, int, float]]] = {}
    for rating in np.unique(ratings).tolist():
        mine = ratings == rating
        for value in np.unique(days[mine]).tolist():
            here = passed[rows[mine & (days == value)]]
            cells.setdefault(rating, []).append(
                (value, len(here), (float(here.sum()) + average) / (len(here) + 1))
            )
    return cells


def start_with_curve(
    model: str, cells: Cells, curves: Sequence[Sequence[float]], anchors: Sequence[float]
) -> Start:
    """Initial stabilities and the curve under which the first answers are least surprising.

    Args:
        model: A model with initial stabilities by first rating.
        cells: By first rating: days, cards, smoothed recall.
        curves: Candidates for the last parameters of the model; the first of equals wins.
        anchors: Logarithms of typical stabilities after each first rating, which missing ones are placed by.
    """
    table = equations(model).PARAMETERS
    defaults = [p.default for p in table]
    best, chosen, known = float("inf"), tuple(curves[0]), {}
    for curve in curves if cells else ():
        base = [*defaults[: -len(curve)], *curve]
        fits = {g: fit_one(model, g, cells[g], defaults[g - 1], base=base) for g in sorted(cells)}
        total = sum(cost for _, cost in fits.values())
        if total < best:
            counts = {g: sum(count for _, count, _ in cells[g]) for g in cells}
            best, chosen, known = total, tuple(curve), ordered({g: s for g, (s, _) in fits.items()}, counts)
    return Start(_complete(known, defaults[:4], anchors), chosen)


def _complete(
    known: Mapping[int, float], defaults: Sequence[float], anchors: Sequence[float]
) -> tuple[float, ...]:
    if len(known) < 2:
        ratio = next((s / defaults[g - 1] for g, s in known.items()), 1.0)
        filled = {g: s * ratio for g, s in enumerate(defaults, start=1)}
    else:
        filled = dict(known) if len(known) == 4 else placed(known, anchors)
    return tuple(min(max(filled[g], LOWEST), HIGHEST) for g in (1, 2, 3, 4))


def placed(known: Mapping[int, float], anchors: Sequence[float]) -> dict[int, float]:
    """All four stabilities from two or three: between neighbors on the scale of the anchors, or beside one.

    Args:
        known: Stabilities by first rating.
        anchors: Where Again, Hard, Good and Easy lie on that scale.

    Example:
        >>> placed({3: 1.7499, 4: 12.2516}, (-8.09, -3.83, -2.5, -1.0))
        {1: 0.0065, 2: 0.4628, 3: 1.7499, 4: 12.2516}
    """
    place = dict(enumerate(anchors, start=1))
    logs = {g: log(s) for g, s in known.items()}
    for low, high in pairwise(sorted(known)):
        for g in range(low + 1, high):
            share = (place[g] - place[low]) / (place[high] - place[low])
            logs[g] = logs[low] + share * (logs[high] - logs[low])
    for g in (3, 2, 1):
        if g not in logs and g + 1 in logs:
            logs[g] = logs[g + 1] + place[g] - place[g + 1]
    for g in (2, 3, 4):
        if g not in logs:
            logs[g] = logs[g - 1] + place[g] - place[g - 1]
    values = {g: round(min(max(exp(logs[g]), LOWEST), HIGHEST), DECIMALS) for g in (1, 2, 3, 4)}
    for low, high in combinations((1, 2, 3, 4), 2):
        if values[low] > values[high]:
            # the one that was seen decides; of two alike each takes the other's place
            if (low in known) == (high in known):
                values[low], values[high] = values[high], values[low]
            else:
                values[low] = values[high] = values[low if low in known else high]
    return values
