"""The funnel from rows to scored reviews, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.report.figures.canvas import BAR, INK, MUTED, SHADE, bare, house_style, new_figure
from repetita.report.funnel import FunnelBars, funnel_bars

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from repetita.reviews import ReviewLog


def funnel_figure(log: ReviewLog) -> Figure:
    """Bars from rows read to reviews scored, each loss with its reason.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    return draw_funnel(funnel_bars(log))


def draw_funnel(funnel: FunnelBars) -> Figure:
    """The picture of `funnel_bars`."""
    with house_style():
        bars = funnel.bars
        figure = new_figure(0.55 + 0.52 * len(bars))
        axes = figure.add_subplot()
        widest = max(max(bar.count for bar in bars), 1)
        for place, bar in enumerate(bars):
            kept, lost = bar.count / widest, bar.lost / widest
            axes.barh(place, kept, height=0.62, color=BAR)
            axes.barh(place, lost, left=kept, height=0.62, color=SHADE)
            right = kept + lost + 0.012
            axes.text(right, place, f"{bar.count:,}", va="bottom" if bar.lost else "center", color=INK)
            if bar.lost:
                said = f"−{bar.lost:,}: {shorten(bar.reason)}"
                axes.text(right, place + 0.06, said, va="top", color=MUTED, fontsize=7.5)
        axes.set_xlim(0.0, 1.95)
        axes.set_ylim(len(bars) - 0.5, -0.6)
        axes.set_yticks(range(len(bars)), [bar.label for bar in bars])
        axes.set_xticks([])
        bare(axes, grid="none")
        axes.spines[["bottom", "left"]].set_visible(False)
        axes.tick_params(length=0.0)
    return figure


def shorten(reason: str, longest: int = 58) -> str:
    """A reason that fits beside a bar.

    Example:
        >>> shorten("rows whose review was given while cramming, without rescheduling", 30)
        'rows whose review was given …'
    """
    if len(reason) <= longest:
        return reason
    return reason[: longest - 1].rsplit(" ", 1)[0] + " …"
