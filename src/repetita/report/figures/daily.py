"""A user's runs day by day: new cards, reviews, memory and retention, one curve a setting."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.errors import unknown_name
from repetita.report.figures.canvas import INK, bare, house_style, new_figure, note, percent_axis
from repetita.report.figures.trade_off import COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.sweeps import DailyCurves

__all__ = ["REVIEW_SCALES", "daily_curves_figure"]

HEIGHT_INCHES, WIDTH_INCHES = 10.5, 10.0
REVIEW_SCALES = ("symlog", "linear", "log")
LINEAR_UP_TO = 10.0  # reviews a day below which the symlog axis is linear
LOWEST_LOG = 0.8  # reviews a day at the foot of the log axis, so that days with one are seen
STYLES = ("-", "--")


def daily_curves_figure(found: DailyCurves, *, review_scale: str = "symlog") -> Figure:
    """Four panels over the days, with a curve for each run.

    Args:
        found: What `repetita.sweeps.daily_curves` gives.
        review_scale: Of the panel of reviews: "symlog" (logarithmic, but linear below 10), "linear", "log".

    Raises:
        UnknownName: Another scale.
        MissingExtra: matplotlib is not installed.
    """
    if review_scale not in REVIEW_SCALES:
        raise unknown_name("scale of reviews", review_scale, REVIEW_SCALES)
    with house_style():
        figure = new_figure(HEIGHT_INCHES, WIDTH_INCHES)
        panels: Any = figure.subplots(4, 1, sharex=True)
        for axes, name in zip(panels[:3], ("new", "reviews", "memorized"), strict=True):
            _draw_series(axes, found, name)
        _draw_retention(panels[3], found)
        panels[0].set_title("New cards a day")
        panels[1].set_title("Reviews a day")
        panels[2].set_title("Remembered cards")
        _scale(panels[1], found, review_scale)
        panels[3].set_xlabel("day")
        panels[3].set_xlim(found.curves[0].day[0], max(found.curves[0].day[-1], found.curves[0].day[0] + 1))
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(labels)), frameon=False)
        figure.suptitle(_title(found), x=0.01, ha="left", color=INK)
    return figure


def _draw_series(axes: Axes, found: DailyCurves, name: str) -> None:
    for number, curve in enumerate(found.curves):
        values = getattr(curve, name)
        axes.plot(curve.day, values, label=curve.name, linewidth=1.1, **_look(number))
    axes.set_ylim(0.0, 1.08 * max(1.0, *(float(getattr(curve, name).max()) for curve in found.curves)))
    bare(axes)


def _draw_retention(axes: Axes, found: DailyCurves) -> None:
    for number, curve in enumerate(found.curves):
        look = _look(number)
        if curve.desired_retention is not None:
            axes.axhline(curve.desired_retention, color=look["color"], linewidth=0.9, linestyle=":")
        axes.plot(curve.day, curve.retention, linewidth=1.1, **look)
    over = f", over {found.window_days} days" if found.window_days > 1 else ""
    axes.set_title(f"Share of reviews passed{over} (dotted: desired retention)")
    axes.set_ylim(_lowest(found), 1.02)
    percent_axis(axes.yaxis)
    bare(axes)


def _lowest(found: DailyCurves) -> float:
    """A tenth below everything that is drawn."""
    asked = [curve.desired_retention for curve in found.curves if curve.desired_retention is not None]
    seen = np.concatenate([curve.retention for curve in found.curves])
    drawn = [*asked, *seen[np.isfinite(seen)].tolist()]
    return max(0.0, floor(10.0 * min(drawn, default=0.0) - 0.5) / 10.0)


def _scale(axes: Axes, found: DailyCurves, scale: str) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    most = max(float(curve.reviews.max()) for curve in found.curves)
    if most <= 0.0:
        note(axes, "no reviews")
        return
    axes.set_ylim(LOWEST_LOG if scale == "log" else 0.0, 1.1 * max(most, 1.0))
    if scale == "symlog":
        axes.set_yscale("symlog", linthresh=LINEAR_UP_TO)
    elif scale == "log":
        axes.set_yscale("log", nonpositive="mask")
    if scale != "linear":
        decades = range(ceil(log10(most)) + 1)
        steps = [step * 10.0**decade for decade in decades for step in (1, 2, 5)]
        axes.yaxis.set_major_locator(FixedLocator([0.0, *steps[1:]] if scale == "symlog" else steps))
        axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.6g}"))


def _look(number: int) -> dict[str, Any]:
    """Color and line of the curve of that number."""
    return {"color": COLORS[number % len(COLORS)], "linestyle": STYLES[number // len(COLORS) % len(STYLES)]}


def _title(found: DailyCurves) -> str:
    whose = "Day by day" if found.user_id is None else f"User {found.user_id} day by day"
    return whose + (f" in {found.environment}" if found.environment else "")
