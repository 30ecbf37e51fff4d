"""A summary drawn: mean log loss of every model with its interval, and every user as a dot."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import numpy as np

from repetita.benchmarking.summary import Summary
from repetita.benchmarking.tables import ranked
from repetita.report.figures.canvas import ACCENT, BAR, INK, bare, house_style, new_figure, note

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["as_svg", "summary_figure"]

MOST_DOTS = 2000
SPREAD = 0.26


def summary_figure(summary: Summary) -> Figure:
    """Two panels: log loss, and RMSE(bins); models from the best to the worst.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        order = ranked(summary, "users")
        figure = new_figure(1.1 + 0.36 * max(len(order), 1))
        panels = figure.subplots(1, 2, sharey=True)
        for axes, measure in zip(panels, ("LogLoss", "RMSE(bins)"), strict=True):
            _draw(axes, summary, order, measure)
        panels[0].set_yticks(range(len(order)), order)
        panels[0].set_ylim(len(order) - 0.4, -0.6)
        figure.suptitle(
            f"{summary.users:,} users, {int(summary.sizes.sum()):,} test reviews; "
            "dot: a user, mark: mean with 99 % interval",
            fontsize=9.0,
            x=0.01,
            ha="left",
        )
    return figure


def as_svg(summary: Summary) -> str:
    """The figure as an SVG document, the same for the same summary.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    figure = summary_figure(summary)
    import matplotlib

    buffer = StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "summary", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _draw(axes: Axes, summary: Summary, order: list[str], measure: str) -> None:
    random = np.random.default_rng(0)
    for place, label in enumerate(order):
        values = summary.values(label, measure)[:MOST_DOTS]
        jitter = place + SPREAD * (2.0 * random.random(values.size) - 1.0)
        axes.plot(values, jitter, ".", color=BAR, alpha=0.35, markersize=3.0, markeredgewidth=0.0)
        mean = summary.mean(label, measure)
        if mean.value is None:
            continue
        if mean.low is not None and mean.high is not None:
            axes.plot([mean.low, mean.high], [place, place], color=ACCENT, linewidth=2.5)
        axes.plot(mean.value, place, "o", color=ACCENT, markersize=5.0)
        axes.annotate(
            f"{mean.value:.4f}",
            (mean.value, place),
            xytext=(0, 7),
            textcoords="offset points",
            fontsize=7.0,
            ha="center",
            color=INK,
        )
    if not order:
        note(axes, "no results")
    axes.set_xlabel(measure)
    bare(axes, grid="x")
    axes.tick_params(axis="y", length=0.0)
