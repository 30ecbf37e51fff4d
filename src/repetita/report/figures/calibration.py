"""Calibration: what was predicted against what happened."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from repetita.report.calibration import CalibrationPoints, calibration_points
from repetita.report.figures.canvas import (
    ACCENT,
    BAR,
    INK,
    MUTED,
    bare,
    count_axis,
    house_style,
    new_figure,
    percent_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.evaluation import Evaluation

LARGEST_DOT = 220.0
FEWEST_SHOWN = 3


def calibration_figure(evaluation: Evaluation) -> Figure:
    """Share recalled against prediction, with band, diagonal and histogram of predictions.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    return draw_calibration(calibration_points(evaluation))


def draw_calibration(points: CalibrationPoints) -> Figure:
    """The picture of `calibration_points`."""
    with house_style():
        figure = new_figure(5.6)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3.4, 1.0])
        start = points.edges[0]
        _curve(upper, points)
        binned = zip(points.predicted, points.actual, points.count, strict=True)
        shown = [y for p, y, n in binned if n >= FEWEST_SHOWN and p >= start]
        floor_shown = floor(10.0 * min([start, *points.curve_actual, *shown])) / 10.0
        upper.set_ylim(max(floor_shown, 0.0) - 0.005, 1.02)
        upper.set_xlim(start - 0.005, 1.005)
        upper.set_ylabel("recalled")
        percent_axis(upper.yaxis)
        bare(upper, grid="both")
        figure.legend(loc="outside upper center", ncols=4, frameon=False, labelcolor=INK, fontsize=8.5)
        lower.stairs(points.histogram, points.edges, fill=True, color=BAR)
        lower.set_ylim(0.0, max([*points.histogram, 1]) * 1.1)
        lower.set_ylabel("reviews")
        lower.set_xlabel(f"predicted chance of recall ({points.reviews:,} reviews)")
        count_axis(lower.yaxis, steps=3)
        percent_axis(lower.xaxis)
        bare(lower)
        figure.align_ylabels()
    return figure


def _curve(axes: Axes, points: CalibrationPoints) -> None:
    axes.plot([0.0, 1.0], [0.0, 1.0], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)), label="perfect")
    axes.fill_between(
        points.curve_predicted,
        points.curve_low,
        points.curve_high,
        color=ACCENT,
        alpha=0.2,
        linewidth=0.0,
        label="95 % band",
    )
    axes.plot(
        points.curve_predicted, points.curve_actual, color=ACCENT, linewidth=2.0, label="observed, smoothed"
    )
    most = max(points.count)
    axes.scatter(
        points.predicted,
        points.actual,
        s=[max(LARGEST_DOT * count / most, 6.0) for count in points.count],
        color=INK,
        alpha=0.45,
        linewidths=0.0,
        label="observed, in bins (area: reviews)",
    )
