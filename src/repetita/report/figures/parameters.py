"""Parameters of a fit with their intervals, against the population."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from repetita.report.figures.canvas import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    PAPER,
    SHADE,
    bare,
    house_style,
    new_figure,
)
from repetita.report.parameters import ParameterPanel, ParameterRow, number, parameter_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.fitting import FitResult

REACH = 3.4
COLUMNS = ((0.2, "right"), (0.28, "left"), (1.0, "right"))


def parameters_figure(fit: FitResult, truth: Sequence[float] | None = None) -> Figure:
    """Every parameter with its 95 % interval, in population standard deviations from the published default.

    Args:
        fit: The fit.
        truth: What the log was simulated from, where that is known; marked with a cross.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    return draw_parameters(parameter_panel(fit, truth))


def draw_parameters(panel: ParameterPanel) -> Figure:
    """The picture of `parameter_panel`: one row a parameter, population spread shaded, numbers beside."""
    with house_style():
        rows = panel.rows
        figure = new_figure(1.15 + 0.235 * len(rows))
        axes, numbers = figure.subplots(1, 2, sharey=True, width_ratios=[1.9, 1.0])
        axes.axvspan(-2.0, 2.0, color=SHADE, alpha=0.55, linewidth=0.0)
        axes.axvspan(-1.0, 1.0, color=SHADE, linewidth=0.0)
        axes.axvline(0.0, color=MUTED, linewidth=1.0)
        for place, row in enumerate(rows):
            axes.axhline(place + 0.5, color=GRID, linewidth=0.4)
            _mark(axes, place, row)
            span = f"{number(row.low)} to {number(row.high)}" if isfinite(row.low) else "not known"
            _write(numbers, place, (number(row.value), span, number(row.default)), INK)
        _write(numbers, -0.9, ("value", "95 % interval", "default"), MUTED)
        axes.set_xlim(-REACH, REACH)
        axes.set_ylim(len(rows) - 0.4, -1.3)
        axes.set_yticks(range(len(rows)), [f"{row.name}  {row.index}" for row in rows])
        axes.set_xticks(range(-3, 4))
        axes.set_xlabel(
            "population standard deviations from the published default\n"
            f"(shaded: one and two; hollow: at a bound; bar: 95 % interval{_legend_of_truth(rows)})"
        )
        bare(axes, grid="none")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0.0)
        numbers.set_xlim(0.0, 1.0)
        numbers.set_axis_off()
    return figure


def _legend_of_truth(rows: Sequence[ParameterRow]) -> str:
    return "; cross: truth" if any(isfinite(row.truth) for row in rows) else ""


def _mark(axes: Axes, place: int, row: ParameterRow) -> None:
    if isfinite(row.place_low):
        ends = [min(max(end, -REACH), REACH) for end in (row.place_low, row.place_high)]
        axes.plot(ends, [place, place], color=ACCENT, linewidth=2.0, alpha=0.55)
    shape, across = "o", row.place
    if abs(row.place) > REACH:
        shape, across = (">", REACH - 0.08) if row.place > 0 else ("<", 0.08 - REACH)
    face = PAPER if row.at_bound else ACCENT
    axes.plot(across, place, shape, color=ACCENT, markerfacecolor=face, markeredgewidth=1.3, markersize=5.0)
    if abs(row.place_truth) <= REACH:
        axes.plot(row.place_truth, place, "x", color=INK, markersize=6.0, markeredgewidth=1.5)


def _write(axes: Axes, place: float, cells: tuple[str, str, str], color: str) -> None:
    for (across, side), text in zip(COLUMNS, cells, strict=True):
        axes.text(
            across, place, text, ha=side, va="center", fontsize=8.0, color=MUTED if across == 1.0 else color
        )
