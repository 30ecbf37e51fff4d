"""Forgetting curves by first rating, with what was observed as dots."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from repetita.ratings import RATING_NAMES
from repetita.report.figures.canvas import (
    INK,
    MUTED,
    RATING_COLORS,
    bare,
    house_style,
    log_days_axis,
    new_figure,
    note,
    percent_axis,
)
from repetita.report.forgetting import ForgettingCurve, ForgettingCurves, forgetting_curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

LARGEST_DOT = 340.0
SMALLEST_DOT = 10.0


def forgetting_figure(log: ReviewLog, model: MemoryModel) -> Figure:
    """Recall at the first review after the first day, by first rating: dots observed, curve predicted.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    return draw_forgetting(forgetting_curves(log, model))


def draw_forgetting(forgetting: ForgettingCurves) -> Figure:
    """The picture of `forgetting_curves`: one panel a first rating, on common scales."""
    curves = forgetting.curves
    with house_style():
        columns = 1 if len(curves) < 2 else 2
        rows = max((len(curves) + 1) // 2, 1)
        figure = new_figure(1.0 + 2.5 * rows)
        if not curves:
            note(figure.add_subplot(), "no card was reviewed again on a later day")
            return figure
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        panels = list(grid.flat)
        most = max(dot.count for curve in curves for dot in curve.dots)
        for axes, curve in zip(panels, curves, strict=False):
            _panel(axes, curve, most)
        for axes in panels[len(curves) :]:
            axes.set_visible(False)
        lowest = min(min(curve.curve) for curve in curves)
        seen = [dot.recalled for curve in curves for dot in curve.dots]
        panels[0].set_ylim(max(floor(10 * min([lowest, *seen]) - 0.5) / 10, 0.0), 1.03)
        for axes in grid[:, 0]:
            axes.set_ylabel("recalled")
        for place, axes in enumerate(panels[: len(curves)]):
            if place + columns >= len(curves):
                axes.set_xlabel("days since the review before (log scale)")
                axes.tick_params(labelbottom=True)
        _size_legend(figure, panels[0], most)
    return figure


def _panel(axes: Axes, curve: ForgettingCurve, most: int) -> None:
    color = RATING_COLORS[curve.rating]
    for dot in curve.dots:
        axes.plot([dot.days, dot.days], [dot.low, dot.high], color=color, alpha=0.35, linewidth=1.2)
    axes.scatter(
        [dot.days for dot in curve.dots],
        [dot.recalled for dot in curve.dots],
        s=[dot_area(dot.count, most) for dot in curve.dots],
        color=color,
        alpha=0.6,
        linewidths=0.0,
        clip_on=True,
    )
    axes.plot(curve.curve_days, curve.curve, color=INK, linewidth=1.6)
    axes.set_xlim(0.85, curve.curve_days[-1] * 1.12)
    log_days_axis(axes)
    percent_axis(axes.yaxis)
    days = curve.stability_days
    axes.set_title(
        f"first rating {RATING_NAMES[curve.rating]}: {curve.cards:,} card{'s' * (curve.cards != 1)}, "
        f"stability {days:,.{1 if days < 10 else 0}f} d"
    )
    bare(axes)


def dot_area(count: int, most: int) -> float:
    """Area of a dot in square points, proportional to a count but never invisible."""
    return max(LARGEST_DOT * count / most, SMALLEST_DOT)


def _size_legend(figure: Figure, axes: Axes, most: int) -> None:
    """Dots of three counts, below the panels."""
    steps = sorted({round_down(most), round_down(most / 6), round_down(most / 40)} - {0})
    handles = [
        axes.scatter([], [], s=dot_area(n, most), color=MUTED, alpha=0.6, linewidths=0.0, label=f"{n:,}")
        for n in steps
    ]
    figure.legend(
        handles=handles,
        title="dot: observed, with 95 % interval; its area: cards; line: predicted",
        loc="outside lower center",
        ncols=len(handles),
        frameon=False,
        labelcolor=INK,
        title_fontsize=8.5,
        fontsize=8.5,
        columnspacing=2.2,
        handleheight=2.0,
    )


def round_down(count: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50 ... that is not above a count; 0 below 1.

    Example:
        >>> round_down(812), round_down(3), round_down(0.4)
        (500, 2, 0)
    """
    step = 1
    while step * 10 <= count:
        step *= 10
    return next((k * step for k in (5, 2, 1) if k * step <= count), 0)
