"""Remembered cards against minutes a day: a curve for each scheduler, its frontier drawn through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from repetita.plurals import counted
from repetita.report.figures.canvas import ACCENT, INK, RATING_COLORS, bare, house_style, new_figure
from repetita.report.figures.labels import place_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.sweeps import Pareto

__all__ = ["draw_trade_off", "trade_off_figure"]

HEIGHT_INCHES, WIDTH_INCHES = 6.5, 9.5
COLORS = (RATING_COLORS[4], RATING_COLORS[3], ACCENT, RATING_COLORS[2], "#56b4e9", INK)
SINGLES = {"anki_sm2": (RATING_COLORS[1], "^"), "memrise": ("#cc79a7", "s")}
"""Schedulers with one point: a color that no curve has, and a mark."""
STYLES = ("-", "--", ":", "-.")
ROUND = 200.0  # cards; limits of the memory axis lie on multiples of it where it spans several
AXIS_LABELS = {
    "total": ("Remembered cards, mean of all days", "Minutes a day"),
    "gain": ("Cards that reviews add, mean of all days", "Minutes of reviews a day"),
}
ALL = object()


def trade_off_figure(
    found: Pareto, *, user_id: Any = ALL, environment: str | None = None, labels: bool = True
) -> Figure:
    """The points of one user, or the means over the users that have a point, with frontiers.

    Args:
        found: What `repetita.pareto` gives.
        user_id: Whose points; by default means over users, for settings that all of them have.
        environment: Only points of this one.
        labels: Write settings beside points, as far as there is room.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(HEIGHT_INCHES, WIDTH_INCHES)
        axes = figure.subplots()
        draw_trade_off(axes, found, user_id=user_id, environment=environment, labels=labels)
    return figure


def draw_trade_off(
    axes: Axes,
    found: Pareto,
    *,
    user_id: Any = ALL,
    environment: str | None = None,
    labels: bool = True,
) -> None:
    """Draw the points and frontiers of one user, or of means, into axes."""
    points, people = _shown(found, user_id)
    if environment is not None:
        points = points.filter(pl.col("environment") == environment)
    groups = points.partition_by("environment", "line", maintain_order=True)
    environments = points["environment"].unique(maintain_order=True).to_list()
    schedulers = points["scheduler"].unique(maintain_order=True).to_list()
    curves = [name for name in schedulers if name not in SINGLES]
    seen: dict[str, int] = {}
    for group in groups:
        scheduler, line = group["scheduler"][0], group["line"][0]
        # lines of one scheduler share a color; what they are compared in makes the style
        style = seen[scheduler] = seen.get(scheduler, -1) + 1
        label = f"{line} in {group['environment'][0]}" if len(environments) > 1 else line
        color, marker = SINGLES.get(scheduler) or (COLORS[curves.index(scheduler) % len(COLORS)], "o")
        _draw_line(axes, group, label, color, STYLES[style % len(STYLES)], marker)
    x, y = AXIS_LABELS[found.axes]
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    sure = "memorized_low" in points.columns and points["memorized_low"].count() > 0
    axes.set_title(_title(environments, user_id, people, intervals=sure))
    _limits(axes, *(_reach(points, axis) for axis in ("memorized", "minutes")))
    axes.legend(frameon=False, loc="upper left")
    bare(axes, grid="both")
    if labels:
        place_labels(axes, [(r["memorized"], r["minutes"], r["label"]) for r in points.to_dicts()])


def _shown(found: Pareto, user_id: Any) -> tuple[pl.DataFrame, int]:

    if user_id is ALL:
        return found.means, found.points["user_id"].n_unique()
    mine = pl.col("user_id").is_null() if user_id is None else pl.col("user_id") == user_id
    return found.points.filter(mine), 1


def _draw_line(axes: Axes, group: pl.DataFrame, label: str, color: str, style: str, marker: str) -> None:
    front = group.filter(group["frontier"]).sort("memorized")
    beaten = group.filter(~group["frontier"])
    # a single point must not be lost among those of curves
    larger, above = (2.0, 2.2) if marker != "o" else (0.0, 2.0)
    axes.plot(
        front["memorized"].to_numpy(),
        front["minutes"].to_numpy(),
        color=color,
        linestyle=style,
        marker=marker,
        markersize=5.0 + larger,
        linewidth=1.3,
        zorder=above,
        label=label,
    )
    _draw_intervals(axes, group, color)
    axes.plot(
        beaten["memorized"].to_numpy(),
        beaten["minutes"].to_numpy(),
        color=color,
        linestyle="none",
        marker=marker,
        markersize=4.5 + larger,
        markerfacecolor="none",
        zorder=above,
    )


def _draw_intervals(axes: Axes, group: pl.DataFrame, color: str) -> None:
    """Bars of 95 % in both directions, where means have them."""
    if "memorized_low" not in group.columns:
        return
    sure = group.drop_nulls(["memorized_low", "minutes_low"])
    ends = {
        axis: [
            (sure[axis] - sure[f"{axis}_low"]).to_numpy().clip(0.0),
            (sure[f"{axis}_high"] - sure[axis]).to_numpy().clip(0.0),
        ]
        for axis in ("memorized", "minutes")
    }
    axes.errorbar(
        sure["memorized"].to_numpy(),
        sure["minutes"].to_numpy(),
        xerr=ends["memorized"],
        yerr=ends["minutes"],
        linestyle="none",
        ecolor=color,
        elinewidth=0.8,
        alpha=0.45,
        zorder=1.2,
    )


def _limits(axes: Axes, memorized: Any, minutes: Any) -> None:
    low, high = float(memorized.min()), float(memorized.max())
    if high - low > ROUND:
        axes.set_xlim(np.floor(low / ROUND) * ROUND, np.ceil(high / ROUND) * ROUND)
    else:
        axes.margins(x=0.08)
    axes.set_ylim(0.0, 1.08 * float(minutes.max()))


def _reach(points: pl.DataFrame, axis: str) -> Any:
    """All values on an axis, ends of intervals included."""
    names = [name for name in (axis, f"{axis}_low", f"{axis}_high") if name in points.columns]
    return np.concatenate([points[name].drop_nulls().to_numpy() for name in names])


def _title(environments: list[str], user_id: Any, people: int, *, intervals: bool) -> str:
    whose = f"user {user_id}" if user_id is not ALL and user_id is not None else None
    if user_id is ALL and people > 1:
        whose = f"mean of {counted(people, 'user')}"
    what = "Memory against time"
    where = f" in {environments[0]}" if len(environments) == 1 else ""
    bars = "; bars: 95 %" if intervals else ""
    return what + where + (f", {whose}" if whose else "") + f" (open marks: dominated{bars})"
