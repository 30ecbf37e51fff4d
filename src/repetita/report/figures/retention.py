"""Minutes a day and known cards against desired retention, with bands, other worlds and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.equations import equations
from repetita.report.figures.canvas import (
    ACCENT,
    INK,
    MUTED,
    RATING_COLORS,
    SHADE,
    bare,
    house_style,
    new_figure,
    percent_axis,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.retention_advice import RetentionAdvice

__all__ = ["draw_retention", "retention_figure"]

HEIGHT_INCHES = 6.6
PANELS = (("minutes_per_day", "Minutes a day"), ("known", "Cards known at the end"))
STYLES = ("--", ":", "-.")
MOST_TIMES = 4.0
"""The axis of minutes ends at so many times the answer's: the highest settings would flatten all others."""


def retention_figure(advice: RetentionAdvice) -> Figure:
    """The two panels of an advice on desired retention: what each setting costs, and what it brings.

    Args:
        advice: What `repetita.advise_retention` gives.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(HEIGHT_INCHES)
        above, below = figure.subplots(2, 1, sharex=True)
        draw_retention(above, below, advice)
        labelled = {
            label: h
            for axes in (below, above)
            for h, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(
            list(labelled.values()), list(labelled), loc="outside lower center", ncols=3, frameon=False
        )
    return figure


def draw_retention(above: Axes, below: Axes, advice: RetentionAdvice) -> None:
    """Draw minutes into the upper axes and known cards into the lower ones."""
    for axes, (name, label) in zip((above, below), PANELS, strict=True):
        _draw_panel(axes, advice, name)
        axes.set_ylabel(label)
        bare(axes, grid="both")
    _draw_goal(above, below, advice)
    top = max(MOST_TIMES * advice.minutes_per_day, 1.1 * _goal_minutes(advice))
    above.set_ylim(0.0, min(top, 1.1 * float(advice.bands.minutes_per_day.max())))
    percent_axis(below.xaxis)
    below.set_xlabel("Desired retention")
    low, high = advice.curve.desired_retention[[0, -1]].tolist()
    below.set_xlim(low - 0.005, high + 0.005)
    edge = " (at the edge of the range)" if advice.edge else ""
    above.set_title(
        f"{100 * advice.desired_retention:.0f} %{edge}: {advice.minutes_per_day:.3g} minutes a day, "
        f"{advice.known:,.0f} cards known after {advice.days:,} days"
    )


def _goal_minutes(advice: RetentionAdvice) -> float:
    return advice.goal.amount if advice.goal.kind == "minutes" else 0.0


def _draw_panel(axes: Axes, advice: RetentionAdvice, name: str) -> None:
    retentions = advice.curve.desired_retention
    first, last = advice.as_good
    axes.axvspan(first - 0.005, last + 0.005, color=SHADE, linewidth=0.0, label="as good within 1 %")
    low, high = getattr(advice.bands, name)
    color = RATING_COLORS[4]
    axes.fill_between(retentions, low, high, color=color, alpha=0.25, linewidth=0.0, label="9 of 10 cases")
    title = equations(advice.fit.model.name).TITLE
    axes.plot(retentions, getattr(advice.curve, name), color=color, linewidth=1.6, label=title)
    for number, world in enumerate(advice.worlds):
        axes.plot(
            retentions,
            getattr(world.curve, name),
            color=ACCENT,
            linestyle=STYLES[number % len(STYLES)],
            linewidth=1.3,
            label=f"if memory works as {equations(world.model).TITLE} says",
        )
    axes.axvline(advice.desired_retention, color=INK, linewidth=1.0)
    place = advice.choice.place
    axes.plot(retentions[place], getattr(advice.curve, name)[place], color=INK, marker="o", markersize=5.0)


def _draw_goal(above: Axes, below: Axes, advice: RetentionAdvice) -> None:
    """The line of what is wanted."""
    goal = advice.goal
    if goal.kind == "minutes":
        above.axhline(goal.amount, color=MUTED, linewidth=1.0, linestyle=(0, (2, 2)), label="time there is")
    elif goal.kind == "known":
        below.axhline(goal.amount, color=MUTED, linewidth=1.0, linestyle=(0, (2, 2)), label="wanted")
