"""What schedulers gain over the baseline: means over users with intervals, paired user by user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from repetita.report.figures.canvas import ACCENT, INK, MUTED, bare, house_style, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.sweeps import Candidate

__all__ = ["candidates_figure"]

PANELS = {
    "relative_hypervolume_mean": ("Relative hypervolume gained", 100.0),
    "minutes_saved_percent": ("Minutes saved at equal memory", 1.0),
}
"""Figures of `repetita.sweeps.Candidate` that are drawn, their titles, and what makes them percent."""

ROW_INCHES, FRAME_INCHES, WIDTH_INCHES = 0.42, 1.3, 9.5


def candidates_figure(found: Sequence[Candidate]) -> Figure:
    """A row for each line that is compared with the baseline: its gains with intervals of 95 %.

    Args:
        found: Candidates of `repetita.pareto`, at least one.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(FRAME_INCHES + ROW_INCHES * len(found), WIDTH_INCHES)
        panels: Any = figure.subplots(1, len(PANELS), sharey=True)
        worlds = len({one.environment for one in found}) > 1
        names = [f"{one.line} in {one.environment}" if worlds else one.line for one in found]
        for axes, name in zip(panels, PANELS, strict=True):
            _draw_gains(axes, found, name)
        panels[0].set_yticks(range(len(names)), names)
        panels[0].set_ylim(len(names) - 0.4, -0.6)
        figure.suptitle(f"Against {found[0].baseline}, with intervals of 95 %", x=0.01, ha="left", color=INK)
    return figure


def _draw_gains(axes: Axes, found: Sequence[Candidate], name: str) -> None:
    title, scale = PANELS[name]
    axes.axvline(0.0, color=MUTED, linewidth=0.9, linestyle="--")
    for row, candidate in enumerate(found):
        figure = candidate.figures[name]
        if figure.value is None:
            beside = axes.get_yaxis_transform()
            axes.text(
                0.02,
                row,
                "no range of memory in common",
                va="center",
                color=MUTED,
                fontsize=8.0,
                transform=beside,
            )
            continue
        if figure.low is not None and figure.high is not None:
            axes.plot([scale * figure.low, scale * figure.high], [row, row], color=ACCENT, linewidth=1.6)
        axes.plot([scale * figure.value], [row], "o", color=ACCENT, markersize=5.5)
    axes.set_title(title)
    axes.set_xlabel("percent (above 0: better)")
    axes.margins(x=0.08)
    bare(axes, grid="x")
