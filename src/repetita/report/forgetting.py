"""Recall against time after the first day of a card, by first rating: numbers behind the figure.

What is counted is each card's first scored review: the first one that was given on a later day than the
one before. The curve is the mean prediction for the same cards at every time, so dots and curve are
comparable even where reviews on the first day moved the memory state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.confidence import wilson
from repetita.memory_model import MemoryModel
from repetita.ratings import RATING_NAMES
from repetita.reviews import ReviewLog

# Whole days one by one as long as there are few, then bins that grow: a dot needs company
BIN_EDGES = np.array([*range(1, 9), 10, 12, 15, 19, 24, 31, 40, 52, 70, 100, 150, 230, 370, 730, 36501])
DOT_CARDS = 5
DOT_SHARE = 0.02
CURVE_POINTS = 120
CARDS_A_CURVE = 200
SHORTEST_AXIS_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class RecallDot:
    """Observed recall of the cards whose first scored review fell into one span of elapsed days.

    Attributes:
        days: Mean elapsed days.
        recalled: Share recalled.
        count: Cards.
        low: Lower end of the 95 % interval (Wilson).
        high: Upper end.
    """

    days: float
    recalled: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ForgettingCurve:
    """Observed and predicted recall of the cards with one first rating.

    Attributes:
        rating: First rating, 1 to 4.
        cards: Cards with a scored review.
        stability_days: Median stability the model gives these cards at the end of their first day.
        dots: Observed recall by elapsed days.
        curve_days: Times of the curve in days.
        curve: Mean predicted recall at these times.
    """

    rating: int
    cards: int
    stability_days: float
    dots: tuple[RecallDot, ...]
    curve_days: tuple[float, ...]
    curve: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)

    @property
    def gap(self) -> float:
        """Mean of observed minus predicted recall over the dots, by count."""
        count = np.array([dot.count for dot in self.dots], dtype=float)
        seen = np.array([dot.recalled for dot in self.dots])
        said = np.interp([dot.days for dot in self.dots], self.curve_days, self.curve)
        return float(count @ (seen - said) / count.sum())


@dataclass(frozen=True, slots=True)
class ForgettingCurves:
    """The curves of every first rating that the log has, in order of rating."""

    curves: tuple[ForgettingCurve, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)

    def sentence(self) -> str:
        """What the figure says about this log."""
        if not self.curves:
            return "No card was reviewed again on a later day, so there is no forgetting to see yet."
        said = [
            f"{curve.stability_days:,.{1 if curve.stability_days < 10 else 0}f} days after "
            f"{RATING_NAMES[curve.rating]}"
            for curve in self.curves
        ]
        listed = said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
        return (
            f"A typical new card falls to 90 % recall in {listed} as its first rating. "
            f"{self._closeness()} A dot is what you did; a larger dot rests on more cards."
        )

    def _closeness(self) -> str:
        most = max(self.curves, key=lambda curve: curve.cards)
        points = round(100 * abs(most.gap))
        if points <= 1:
            return f"Where there is most data ({RATING_NAMES[most.rating]}), curve and dots agree."
        side = "above" if most.gap > 0 else "below"
        return (
            f"Where there is most data ({RATING_NAMES[most.rating]}), what you recalled lies "
            f"{points} points {side} the curve on average."
        )


def forgetting_curves(log: ReviewLog, model: MemoryModel) -> ForgettingCurves:
    """Observed and predicted recall after the first day, by first rating.

    Args:
        log: A review log.
        model: The model that predicts.
    """
    rows = np.flatnonzero(log.scored & (log.review_index == 2))
    firsts = log.first_ratings[rows]
    before = model.replay(log).before
    days = np.asarray(log.elapsed(model.equations.UNIT), dtype=np.float64)[rows]
    recalled = log.ratings[rows] > 1
    longest = max(SHORTEST_AXIS_DAYS, float(np.quantile(days, 0.98))) if rows.size else SHORTEST_AXIS_DAYS
    grid = np.geomspace(1.0, longest, CURVE_POINTS)
    curves = []
    for rating in RATING_NAMES:
        of = firsts == rating
        if of.any():
            predicted, stabilities = _predicted(model, log, before, rows[of], grid)
            curve = ForgettingCurve(
                rating=rating,
                cards=int(np.count_nonzero(of)),
                stability_days=float(np.median(stabilities)),
                dots=recall_dots(days[of], recalled[of]),
                curve_days=tuple(grid.tolist()),
                curve=tuple(predicted.mean(axis=0).tolist()),
            )
            curves.append(curve)
    return ForgettingCurves(tuple(curves))


def _predicted(
    model: MemoryModel,
    log: ReviewLog,
    before: Mapping[str, NDArray[np.float64]],
    rows: NDArray[np.int64],
    grid: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall before some reviews by time, (cards, times) of up to `CARDS_A_CURVE`; days to 90 % of all."""
    states = [before[name][rows] for name in model.state_names]
    chosen = np.linspace(0, rows.size - 1, min(rows.size, CARDS_A_CURVE)).round().astype(int)
    if not states:  # the state is the history of a card
        histories = _histories(log, model.equations.UNIT, rows[chosen])
        predicted = np.array([model.retrievability(history, grid) for history in histories])
        return predicted, np.array([model.interval(history, 0.9) for history in histories])
    stabilities = states[0] if model.state_names[0] == "stability" else model.interval(states, np.array(0.9))
    # evenly spaced cards in order of stability stand for all of them
    chosen = np.argsort(stabilities, kind="stable")[chosen]
    return model.retrievability([state[chosen][:, None] for state in states], grid[None, :]), stabilities


def _histories(log: ReviewLog, unit: str, rows: NDArray[np.int64]) -> list[list[Any]]:
    """The reviews of a card before that of a row, for some rows."""
    days, begins = log.elapsed(unit), log.offsets[log.card_index[rows]]
    spans = [slice(begin, end) for begin, end in zip(begins.tolist(), rows.tolist(), strict=True)]
    return [list(zip(days[span].tolist(), log.ratings[span].tolist(), strict=True)) for span in spans]


def recall_dots(days: NDArray[np.float64], recalled: NDArray[np.bool_]) -> tuple[RecallDot, ...]:
    """Observed recall in spans of elapsed days, shortest first.

    Neighboring spans are joined until a dot rests on `DOT_CARDS` cards and on `DOT_SHARE` of all, because
    a dot of two cards says nothing.

    Args:
        days: Shape (cards,), elapsed days, at least 1.
        recalled: Shape (cards,).

    Example:
        >>> dots = recall_dots(np.repeat([1.0, 2.0, 9.0], [6, 6, 2]), np.repeat([True, False], 7))
        >>> [(round(dot.days, 2), round(dot.recalled, 2), dot.count) for dot in dots]
        [(1.0, 1.0, 6), (3.75, 0.12, 8)]
    """
    span = np.searchsorted(BIN_EDGES, days, side="right") - 1
    least = max(DOT_CARDS, round(DOT_SHARE * days.size))
    groups: list[list[int]] = []
    filled = least
    for place in np.unique(span):
        if filled >= least:
            groups.append([])
            filled = 0
        groups[-1].append(int(place))
        filled += int((span == place).sum())
    if filled < least and len(groups) > 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    members = [np.isin(span, group) for group in groups]
    return tuple(_dot(days[inside], recalled[inside]) for inside in members)


def _dot(days: NDArray[np.float64], recalled: NDArray[np.bool_]) -> RecallDot:
    share = float(recalled.mean())
    low, high = wilson(share, days.size)
    return RecallDot(float(days.mean()), share, days.size, float(low), float(high))
