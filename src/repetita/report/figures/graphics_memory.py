"""Memory of a graphics processor over the days of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from repetita.errors import unknown_name
from repetita.report.figures.canvas import ACCENT, INK, bare, house_style, new_figure
from repetita.sweeps.graphics_memory import MEMORY

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.figure import Figure

__all__ = ["graphics_memory_figure"]

GIBIBYTE = 2.0**30
COLORS = {"allocated": ACCENT, "reserved": INK}


def graphics_memory_figure(
    days: pl.DataFrame, *, metrics: Sequence[str] = tuple(MEMORY), title: str = ""
) -> Figure:
    """The most memory of each day in GiB, a line a metric.

    Args:
        days: What `repetita.sweeps.read_memory_log` gives.
        metrics: Of "allocated" and "reserved".
        title: Above the picture.

    Raises:
        UnknownName: Another metric.
        MissingExtra: matplotlib is not installed.
    """
    for metric in metrics:
        if metric not in MEMORY:
            raise unknown_name("metric", metric, MEMORY)
    with house_style():
        figure = new_figure(4.0)
        axes = figure.subplots()
        for metric in metrics:
            gibibytes = days[MEMORY[metric]].to_numpy() / GIBIBYTE
            label = f"{metric}, at most {gibibytes.max():.3g} GiB"
            axes.plot(days["day"].to_numpy(), gibibytes, color=COLORS[metric], linewidth=1.1, label=label)
        axes.set_xlabel("day")
        axes.set_ylabel("GiB on the graphics processor")
        axes.set_ylim(bottom=0.0)
        axes.set_title(title)
        axes.legend(frameon=False)
        bare(axes)
    return figure
