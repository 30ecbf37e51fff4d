"""Stability and difficulty of the cards now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.report.figures.canvas import (
    BAR,
    INK,
    MUTED,
    bare,
    count_axis,
    house_style,
    log_days_axis,
    new_figure,
)
from repetita.report.states import StateHistogram, StateHistograms, state_histograms

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog


def states_figure(log: ReviewLog, model: MemoryModel) -> Figure:
    """Histograms of the state of every card after its last review.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    return draw_states(state_histograms(log, model))


def draw_states(states: StateHistograms) -> Figure:
    """The picture of `state_histograms`: one panel a state variable."""
    with house_style():
        figure = new_figure(2.9)
        grid = figure.subplots(1, len(states.histograms), squeeze=False)
        for axes, histogram in zip(grid.flat, states.histograms, strict=True):
            _panel(axes, histogram)
        grid[0, 0].set_ylabel("cards")
    return figure


def _panel(axes: Axes, histogram: StateHistogram) -> None:
    edges = histogram.edges
    axes.stairs(histogram.counts, edges, fill=True, color=BAR)
    axes.set_xlim(edges[0], edges[-1])
    top = max([*histogram.counts, 1])
    axes.set_ylim(0.0, top * 1.16)
    if histogram.logarithmic:
        log_days_axis(axes)
    elif histogram.name == "difficulty":
        axes.set_xticks(range(1, 11))
    low, middle, high = histogram.quartiles
    unit = "" if histogram.unit == "1" else f" {histogram.unit}"
    axes.plot([low, high], [top * 1.06] * 2, color=MUTED, linewidth=2.0)
    axes.plot(middle, top * 1.06, "o", color=INK, markersize=5.0)
    axes.set_title(f"{histogram.name}: median {middle:,.3g}{unit}")
    scale = " (days, log scale)" if histogram.logarithmic else unit and f" ({histogram.unit})"
    axes.set_xlabel(f"{histogram.name}{scale}; line: middle half of the cards")
    count_axis(axes.yaxis)
    bare(axes)
