"""Stacked bars: for how many users one scheduler is better than another, in both respects or in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from repetita.plurals import counted
from repetita.report.figures.canvas import INK, MUTED, bare, house_style, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.sweeps import Dominance

__all__ = ["dominance_figure"]

DARK, LIGHT = "#10131a", "#ffffff"
MEANINGS = {
    "a_dominates": ("a dominates", "#0a6cab", LIGHT),
    "a_b_tradeoff": ("a remembers more, b is more efficient", "#9ccbe8", DARK),
    "neither": ("equal", "#b4bcc9", DARK),
    "b_a_tradeoff": ("b remembers more, a is more efficient", "#f2c48d", DARK),
    "b_dominates": ("b dominates", "#c95702", LIGHT),
}
"""Outcomes from the left, where a is better, to the right: what they mean, their color, that of a text on it.

The colors are the same on light and dark pages, since texts stand on them."""

ROW_INCHES, FRAME_INCHES = 0.55, 1.9
NARROWEST = 5.0  # percent of a bar that has room for its number


def dominance_figure(found: Sequence[Dominance]) -> Figure:
    """A bar for each pair and environment, in percent of its users.

    Args:
        found: Those that `repetita.dominance` gives, at least one.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(FRAME_INCHES + ROW_INCHES * len(found))
        axes = figure.subplots()
        _draw_bars(axes, found)
        axes.set_yticks(range(len(found)), [_name(one, found) for one in found])
        axes.set_ylim(len(found) - 0.4, -0.6)
        axes.set_xlim(0.0, 100.0)
        axes.set_xlabel("percent of users")
        figure.suptitle("a against b: memory, and cards for a minute a day", x=0.01, ha="left", color=INK)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
        bare(axes, grid="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0.0)
    return figure


def _draw_bars(axes: Axes, found: Sequence[Dominance]) -> None:
    for outcome, (meaning, color, ink) in MEANINGS.items():
        widths = [_percent(one, outcome) for one in found]
        before = list(MEANINGS)[: list(MEANINGS).index(outcome)]
        starts = [sum(_percent(one, name) for name in before) for one in found]
        axes.barh(range(len(found)), widths, left=starts, height=0.62, color=color, label=meaning)
        for row, (start, width) in enumerate(zip(starts, widths, strict=True)):
            if width >= NARROWEST:
                axes.text(start + width / 2.0, row, f"{width:.0f} %", ha="center", va="center", color=ink)
    for row, one in enumerate(found):
        axes.text(101.0, row, counted(one.users, "user"), va="center", color=MUTED, clip_on=False)


def _percent(one: Dominance, outcome: str) -> float:
    return 100.0 * one.counts[outcome] / one.users


def _name(one: Dominance, found: Sequence[Dominance]) -> str:
    pair = f"a: {one.left}\nb: {one.right}"
    return pair if len({other.environment for other in found}) == 1 else f"{pair}\nin {one.environment}"
