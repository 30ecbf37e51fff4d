"""Remembered cards against minutes a day: a curve for each scheduler, its frontier drawn through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.plurals import counted
from repetita.report.figures.canvas import ACCENT, INK, RATING_COLORS, bare, house_style, new_figure
from repetita.report.figures.labels import place_labels

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.sweeps import Pareto

__all__ = ["draw_trade_off", "trade_off_figure"]

HEIGHT_INCHES, WIDTH_INCHES = 6.5, 9.5
COLORS = (RATING_COLORS[4], RATING_COLORS[3], ACCENT, RATING_COLORS[2], "#56b4e9", "#cc79a7", INK)
SINGLE_COLOR = RATING_COLORS[1]
SINGLES = {"anki_sm2": "^", "memrise": "s"}
STYLES = ("-", "--", ":", "-.")
ROUND = 200.0  # cards; limits of the memory axis lie on multiples of it where it spans several
AXIS_LABELS = {
    "total": ("Remembered cards, mean of all days", "Minutes a day"),
    "gain": ("Cards that reviews add, mean of all days", "Minutes of reviews a day"),
}
ALL = object()


def trade_off_figure(found: Pareto, *, user_id: Any = ALL, labels: bool = True) -> Figure:
    """The points of one user, or the means over the users that have a point, with frontiers.

    Args:
        found: What `repetita.pareto` gives.
        user_id: Whose points; by default means over users, for settings that all of them have.
        labels: Write settings beside points, as far as there is room.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(HEIGHT_INCHES, WIDTH_INCHES)
        axes = figure.subplots()
        draw_trade_off(axes, found, user_id=user_id, labels=labels)
    return figure


def draw_trade_off(axes: Axes, found: Pareto, *, user_id: Any = ALL, labels: bool = True) -> None:
    """Draw the points and frontiers of one user, or of means, into axes."""
    points, people = _shown(found, user_id)
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
        color = COLORS[curves.index(scheduler) % len(COLORS)] if scheduler in curves else SINGLE_COLOR
        _draw_line(axes, group, label, color, STYLES[style % len(STYLES)], SINGLES.get(scheduler, "o"))
    x, y = AXIS_LABELS[found.axes]
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_title(_title(environments, user_id, people))
    _limits(axes, points["memorized"].to_numpy(), points["minutes"].to_numpy())
    axes.legend(frameon=False, loc="upper left")
    bare(axes, grid="both")
    if labels:
        place_labels(axes, [(r["memorized"], r["minutes"], r["label"]) for r in points.to_dicts()])


def _shown(found: Pareto, user_id: Any) -> tuple[pl.DataFrame, int]:
    import polars as pl

    from repetita.sweeps import non_dominated

    if user_id is not ALL:
        mine = pl.col("user_id").is_null() if user_id is None else pl.col("user_id") == user_id
        return found.points.filter(mine), 1
    people = found.points["user_id"].n_unique()
    keys = ["environment", "line", "scheduler", "label"]
    means = found.points.group_by(keys, maintain_order=True).agg(
        pl.col("memorized", "minutes").mean(), pl.len().alias("users")
    )
    everywhere = means.filter(pl.col("users") == people)
    if everywhere.height:
        means = everywhere
    parts = []
    for part in means.partition_by("environment", "line", maintain_order=True):
        front = non_dominated(part.select("memorized", "minutes").to_numpy())
        parts.append(part.with_columns(pl.Series("frontier", front)))
    return pl.concat(parts), people


def _draw_line(axes: Axes, group: pl.DataFrame, label: str, color: str, style: str, marker: str) -> None:
    front = group.filter(group["frontier"]).sort("memorized")
    beaten = group.filter(~group["frontier"])
    axes.plot(
        front["memorized"].to_numpy(),
        front["minutes"].to_numpy(),
        color=color,
        linestyle=style,
        marker=marker,
        markersize=5.0,
        linewidth=1.3,
        label=label,
    )
    axes.plot(
        beaten["memorized"].to_numpy(),
        beaten["minutes"].to_numpy(),
        color=color,
        linestyle="none",
        marker=marker,
        markersize=4.5,
        markerfacecolor="none",
    )


def _limits(axes: Axes, memorized: Any, minutes: Any) -> None:
    low, high = float(memorized.min()), float(memorized.max())
    if high - low > ROUND:
        axes.set_xlim(np.floor(low / ROUND) * ROUND, np.ceil(high / ROUND) * ROUND)
    else:
        axes.margins(x=0.08)
    axes.set_ylim(0.0, 1.08 * float(minutes.max()))


def _title(environments: list[str], user_id: Any, people: int) -> str:
    whose = f"user {user_id}" if user_id is not ALL and user_id is not None else None
    if user_id is ALL and people > 1:
        whose = f"mean of {counted(people, 'user')}"
    what = "Memory against time"
    where = f" in {environments[0]}" if len(environments) == 1 else ""
    return what + where + (f", {whose}" if whose else "") + " (open marks: dominated)"
