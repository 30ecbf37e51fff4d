"""Distributions over users: loops within a day, and the desired retention at which each does best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.plurals import counted
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

    from repetita.sweeps import BestRetentions, ShortLoops

__all__ = ["best_retentions_figure", "short_loops_figure"]

BINS, MOST_TICKS = 30, 20
LOOPS = {"avg": "loops a day", "avg-active": "loops a day that has some"}
MEASURES = {
    "memorized_average": "most is remembered",
    "memorized_per_minute": "most is remembered for a minute a day",
}


def short_loops_figure(found: ShortLoops, *, bins: int = BINS, max_user_ticks: int = MOST_TICKS) -> Figure:
    """A histogram of the loops of users, and the loops of each below.

    Args:
        found: What `repetita.sweeps.short_loops` gives.
        bins: Of the histogram.
        max_user_ticks: Most users whose number stands below the bars.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(6.5)
        panels: Any = figure.subplots(2, 1)
        loops, spread = found.users["loops"].to_numpy(), found.spread
        axes = panels[0]
        axes.hist(loops, bins=bins, color=BAR)
        for name, value, style in (
            ("mean", spread.mean, "--"),
            ("median", spread.median, "-"),
            ("quartiles", spread.lower, ":"),
            (None, spread.upper, ":"),
        ):
            label = None if name is None else f"{name} {value:.2f}"
            if name == "quartiles":
                label = f"quartiles {spread.lower:.2f} and {spread.upper:.2f}"
            axes.axvline(value, color=ACCENT, linestyle=style, linewidth=1.2, label=label)
        axes.set_xlabel(LOOPS[found.metric])
        axes.set_ylabel("users")
        count_axis(axes.yaxis)
        axes.legend(frameon=False)
        axes.set_title(
            f"{found.line} {found.label} in {found.environment}, {counted(found.users.height, 'user')}"
        )
        bare(axes)
        _by_user(panels[1], found, max_user_ticks)
    return figure


def _by_user(axes: Axes, found: ShortLoops, most: int) -> None:
    loops = found.users["loops"].to_numpy()
    places = np.arange(len(loops))
    axes.bar(places, loops, width=0.85, color=BAR)
    chosen = np.unique(np.linspace(0, len(places) - 1, min(most, len(places))).round().astype(int))
    users = ["" if user is None else str(user) for user in found.users["user_id"].to_list()]
    turned = 45.0 if len(chosen) * max(map(len, users)) > 70 else 0.0
    axes.set_xticks(chosen, [users[place] for place in chosen], rotation=turned)
    axes.set_xlim(-0.7, len(places) - 0.3)
    axes.set_xlabel("user")
    axes.set_ylabel(LOOPS[found.metric])
    bare(axes)


def best_retentions_figure(found: BestRetentions) -> Figure:
    """A bar for each desired retention that was tried, as high as the users who do best there.

    Args:
        found: One of those that `repetita.sweeps.best_retentions` gives.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(4.0)
        axes = figure.subplots()
        tried = np.array(found.retentions)
        gap = float(np.diff(tried).min()) if len(tried) > 1 else 0.02
        axes.bar(tried, list(found.counts.values()), width=0.8 * gap, color=BAR)
        median = float(np.median(found.users["desired_retention"].to_numpy()))
        axes.axvline(median, color=ACCENT, linewidth=1.2, label=f"median {100.0 * median:.4g} %")
        axes.set_xlim(tried[0] - gap, min(tried[-1] + gap, 1.0))
        axes.set_xlabel(f"desired retention of {found.line} at which {MEASURES[found.measure]}")
        axes.set_ylabel("users")
        count_axis(axes.yaxis)
        percent_axis(axes.xaxis)
        axes.legend(frameon=False)
        edge = f", {counted(found.at_edge, 'user')} at an end of the range" if found.at_edge else ""
        axes.set_title(f"{counted(found.users.height, 'user')} in {found.environment}{edge}", color=INK)
        axes.tick_params(axis="x", colors=MUTED)
        bare(axes)
    return figure
