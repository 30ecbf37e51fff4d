"""A forecast from the past beside what happened, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.backtesting import Backtest, Forecast
from repetita.backtesting.result import LEVEL, WORDS
from repetita.report.figures.canvas import ACCENT, INK, SHADE, bare, house_style, new_figure, percent_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["backtest_figure"]

PANEL_INCHES = 1.9
MARGIN = 0.05


def backtest_figure(found: Backtest) -> Figure:
    """One panel a metric: the band of the runs by week, their median, and what happened.

    Args:
        found: The forecast and the truth.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    weeks, totals = found.weeks(), found.totals()
    with house_style():
        figure = new_figure(PANEL_INCHES * len(totals) + 0.6)
        panels: Any = figure.subplots(len(totals), 1, sharex=True, squeeze=False)
        for place, axes in enumerate(panels[:, 0]):
            _draw(axes, [week[place] for week in weeks], totals[place])
        begins = [day.strftime("%d %b") for day in found.week_begins()]
        step = max(1, len(begins) // 8)
        panels[-1, 0].set_xticks(range(0, len(begins), step), begins[::step])
        panels[-1, 0].set_xlabel("week from")
        handles, names = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, frameon=False, loc="outside upper right", ncols=3)
    return figure


def _draw(axes: Axes, weeks: list[Forecast], total: Forecast) -> None:
    place = np.arange(len(weeks))
    low, middle, high, actual = (
        np.array([getattr(week, name) for week in weeks]) for name in ("low", "middle", "high", "actual")
    )
    axes.bar(
        place, high - low, 0.8, bottom=low, color=SHADE, edgecolor=ACCENT, linewidth=0.6,
        label=f"{LEVEL:.0%} of the runs".replace("%", " %"),
    )  # fmt: skip
    axes.hlines(middle, place - 0.4, place + 0.4, color=ACCENT, linewidth=1.5, label="middle run")
    axes.plot(place, actual, "o", color=INK, markersize=4.5, label="what happened")
    said = {True: "inside the band", False: "outside the band", None: "not known"}[total.inside]
    axes.set_title(
        f"{WORDS[total.metric].capitalize()}: {total.shown(total.actual)}, forecast "
        f"{total.shown(total.low)} to {total.shown(total.high)}, {said}"
    )
    if total.metric == "retention":
        percent_axis(axes.yaxis)
        lowest = np.nanmin([*low, *actual]) if np.isfinite([*low, *actual]).any() else 0.0
        axes.set_ylim(max(lowest - MARGIN, 0.0), 1.0)
    else:
        axes.set_ylim(bottom=0.0)
    bare(axes)
