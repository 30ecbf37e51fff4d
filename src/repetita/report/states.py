"""Stability and difficulty of every card at its last review: numbers behind the figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.memory_model import MemoryModel
from repetita.reviews import ReviewLog

BINS = 36


@dataclass(frozen=True, slots=True)
class StateHistogram:
    """How one state variable is distributed over cards.

    Attributes:
        name: Name of the state variable.
        unit: Its unit; "1" for a pure number.
        logarithmic: Whether bins are even on a logarithmic scale.
        edges: Bin edges, one more than counts.
        counts: Cards a bin.
        quartiles: 25, 50 and 75 % quantiles.
    """

    name: str
    unit: str
    logarithmic: bool
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    quartiles: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class StateHistograms:
    """Histograms of every state variable, over the cards of a log.

    Attributes:
        cards: Cards counted.
        histograms: One a state variable, in the model's order.
    """

    cards: int
    histograms: tuple[StateHistogram, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)

    def sentence(self) -> str:
        """What the figure says about this log."""
        if not self.cards:
            return "There are no cards."
        parts = []
        for histogram in self.histograms:
            low, middle, high = histogram.quartiles
            if histogram.name == "stability":
                parts.append(
                    f"Half of the {self.cards:,} cards would stay above 90 % recall for more than "
                    f"{middle:,.{1 if middle < 10 else 0}f} days after their last review "
                    f"(the middle half: {low:,.3g} to {high:,.3g} days)."
                )
            elif histogram.name == "difficulty":
                hardest = sum(histogram.counts[-len(histogram.counts) // 9 :]) / self.cards
                parts.append(f"The median difficulty is {middle:.1f} of 10; {hardest:.0%} are above 9.")
            else:
                parts.append(f"The median {histogram.name} is {middle:.3g}.")
        return " ".join(parts)


def state_histograms(log: ReviewLog, model: MemoryModel) -> StateHistograms:
    """How the state after each card's last review is distributed.

    Args:
        log: A review log.
        model: The model that replays it.

    Example:
        >>> from repetita import model
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3)], [(0, 1)]])
        >>> [h.name for h in state_histograms(log, model("fsrs6")).histograms]
        ['stability', 'difficulty']
    """
    last = log.offsets[1:] - 1
    after = model.replay(log).after
    units = dict(zip(model.state_names, model.equations.STATE_UNITS, strict=True))
    histograms = tuple(_histogram(name, units[name], after[name][last]) for name in model.state_names)
    return StateHistograms(log.cards, histograms)


def _histogram(name: str, unit: str, values: NDArray[np.float64]) -> StateHistogram:
    logarithmic = unit == "days"
    edges = _edges(name, values, logarithmic)
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75)).tolist() if values.size else (0.0,) * 3
    return StateHistogram(
        name, unit, logarithmic, tuple(edges.tolist()), tuple(counts.tolist()), (low, middle, high)
    )


def _edges(name: str, values: NDArray[np.float64], logarithmic: bool) -> NDArray[np.float64]:
    if name == "difficulty":
        return np.linspace(1.0, 10.0, BINS + 1)
    low, high = (float(values.min()), float(values.max())) if values.size else (1.0, 100.0)
    if logarithmic:
        return np.geomspace(low * 0.98, max(high * 1.02, low * 2.0), BINS + 1)
    return np.linspace(low, max(high, low + 1.0), BINS + 1)
