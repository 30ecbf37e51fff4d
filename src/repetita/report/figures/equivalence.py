"""Distributions over users of what a scheduler costs at equal memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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
    note,
    percent_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.sweeps import Equivalence

__all__ = ["equivalence_figure", "pairs_figure"]

HEIGHT_INCHES, WIDTH_INCHES = 9.0, 9.5
BINS = 30


def equivalence_figure(found: Equivalence) -> Figure:
    """Six panels: the equivalent desired retention, efficiencies, their differences and their ratios.

    Args:
        found: One of those that `repetita.aggregate` gives.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(HEIGHT_INCHES, WIDTH_INCHES)
        panels: Any = figure.subplots(3, 2, width_ratios=(1.6, 1))
        figure.suptitle(
            f"{found.target} against {found.baseline} at equal memory, {counted(found.users, 'user')}",
            color=INK,
        )
        columns = {
            name: np.array([getattr(m, name) for m in found.matches])
            for name in (
                "desired_retention",
                "difference",
                "ratio",
                "memorized",
                "minutes",
                "baseline_minutes",
            )
        }
        _histogram(panels[0, 0], columns["desired_retention"], f"Desired retention of {found.target}")
        percent_axis(panels[0, 0].xaxis)
        ours, theirs = (columns["memorized"] / columns[name] for name in ("minutes", "baseline_minutes"))
        _boxes(panels[0, 1], [ours, theirs], [found.target, found.baseline], "Cards for a minute a day")
        _histogram(panels[1, 0], columns["difference"], "Difference of cards for a minute", at=0.0)
        _boxes(panels[1, 1], [columns["difference"]], [""], "Difference", at=0.0)
        _histogram(panels[2, 0], columns["ratio"], "Ratio of cards for a minute", at=1.0)
        _boxes(panels[2, 1], [columns["ratio"]], [""], "Ratio", at=1.0)
    return figure


def pairs_figure(found: Sequence[Equivalence]) -> Figure:
    """A box of ratios for each desired retention of the baseline.

    Args:
        found: Those of one pair and environment, as `repetita.aggregate` gives them in ``pairs``.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(4.5, WIDTH_INCHES)
        axes = figure.subplots()
        shown = [one for one in found if one.users]
        names = [f"{100.0 * (one.baseline_retention or 0.0):.6g} %\nn={one.users}" for one in shown]
        ratios = [np.array([m.ratio for m in one.matches]) for one in shown]
        title = f"Cards for a minute a day: {found[0].target} over {found[0].baseline}, at equal memory"
        _boxes(axes, ratios, names, title, at=1.0)
        axes.set_xlabel(f"desired retention of {found[0].baseline}")
    return figure


def _histogram(axes: Axes, values: NDArray[np.float64], title: str, *, at: float | None = None) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_title(title)
    bare(axes)
    if not values.size:
        note(axes, "no user has a match")
        return
    axes.hist(values, bins=min(BINS, max(5, values.size)), color=BAR)
    axes.axvline(float(np.median(values)), color=ACCENT, linewidth=1.2, label="median")
    if at is not None:
        axes.axvline(at, color=MUTED, linewidth=0.9, linestyle="--")
    axes.set_ylabel("users")
    count_axis(axes.yaxis)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
    axes.legend(frameon=False)


def _boxes(
    axes: Axes,
    columns: Sequence[NDArray[np.float64]],
    names: Sequence[str],
    title: str,
    *,
    at: float | None = None,
) -> None:
    axes.set_title(title)
    bare(axes)
    if not any(column.size for column in columns):
        note(axes, "no user has a match")
        return
    axes.boxplot(
        list(columns),
        tick_labels=list(names),
        medianprops={"color": ACCENT},
        flierprops={"marker": ".", "markersize": 3.0, "markeredgecolor": MUTED},
        boxprops={"color": INK},
        whiskerprops={"color": MUTED},
        capprops={"color": MUTED},
    )
    if at is not None:
        axes.axhline(at, color=MUTED, linewidth=0.9, linestyle="--")
