"""The dashboard of a simulated run: counts, minutes, retention and every press, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.report.figures.canvas import (
    ACCENT,
    BAR,
    INK,
    MUTED,
    RATING_COLORS,
    bare,
    house_style,
    new_figure,
)
from repetita.simulation.result import PHASES, Simulation, part_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from repetita.sweeps.recorded_runs import RecordedRun

__all__ = ["simulation_figure"]

PHASE_COLORS = dict(
    zip(PHASES, (RATING_COLORS[3], RATING_COLORS[2], RATING_COLORS[1], RATING_COLORS[4]), strict=True)
)
HEIGHT_INCHES, WIDTH_INCHES = 11.0, 12.0
MOST_MARKS = 400_000
ABOVE: dict[str, Any] = {
    "frameon": False,
    "loc": "lower right",
    "bbox_to_anchor": (1.0, 0.98),
    "borderaxespad": 0.0,
}
"""Where a legend covers nothing that is drawn."""


def simulation_figure(run: Simulation | RecordedRun) -> Figure:
    """Four panels over the days of a run: counts, minutes, retention, and presses in their order.

    Args:
        run: The run; the last panel needs its log of events.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    with house_style():
        figure = new_figure(HEIGHT_INCHES, WIDTH_INCHES)
        panels: Any = figure.subplots(4, 1, sharex=True, height_ratios=(1, 1, 1, 1.6))
        _draw_counts(panels[0], run)
        _draw_minutes(panels[1], run)
        _draw_retention(panels[2], run)
        _draw_presses(panels[3], run)
        panels[3].set_xlabel("day")
        figure.supxlabel(_footer(run), x=0.01, ha="left", fontsize=7.0, color=MUTED)
    return figure


def _draw_counts(axes: Axes, run: Simulation | RecordedRun) -> None:
    days = np.arange(run.days)
    axes.plot(days, run.reviews, color=INK, linewidth=0.9, label="reviews")
    axes.plot(days, run.new, color=PHASE_COLORS["new"], linewidth=0.9, label="new cards")
    axes.set_title("Cards a day")
    axes.set_ylim(bottom=0)
    axes.legend(ncols=2, **ABOVE)
    bare(axes)


def _draw_minutes(axes: Axes, run: Simulation | RecordedRun) -> None:
    axes.fill_between(np.arange(run.days), run.cost_seconds / 60.0, color=BAR, linewidth=0.0, step="mid")
    axes.set_title(f"Minutes a day (mean {run.minutes_per_day:.1f})")
    axes.set_ylim(bottom=0)
    bare(axes)


def _draw_retention(axes: Axes, run: Simulation | RecordedRun) -> None:
    retention = run.retention
    axes.plot(np.arange(run.days), retention, ".", markersize=2.5, color=ACCENT)
    reviews = int(run.phase_reviews.sum())
    if reviews:
        mean = 1.0 - run.phase_lapses.sum() / reviews
        axes.axhline(mean, color=INK, linestyle="--", linewidth=0.9)
        axes.set_title(f"True retention (mean {mean:.1%})")
    axes.set_ylim(0.0, 1.02)
    bare(axes)


def _draw_presses(axes: Axes, run: Simulation | RecordedRun) -> None:
    axes.set_title("Presses in their order")
    bare(axes, grid="none")
    log = run.events
    if log is None or not len(log):
        axes.text(
            0.5, 0.5, "the log of presses was not kept", transform=axes.transAxes, ha="center", color=MUTED
        )
        return
    first = np.searchsorted(log.day, log.day)
    place = np.arange(len(log)) - first
    shown = slice(None, None, max(1, len(log) // MOST_MARKS))
    for phase, name in enumerate(PHASES):
        chosen = log.phase[shown] == phase
        if chosen.any():
            axes.plot(
                log.day[shown][chosen],
                place[shown][chosen],
                "s",
                markersize=min(max(WIDTH_INCHES * 60.0 / run.days, 1.2), 5.0),
                markeredgewidth=0.0,
                color=PHASE_COLORS[name],
                label=name,
                rasterized=True,
            )
    axes.legend(ncols=4, markerscale=2.0, **ABOVE)
    axes.set_ylim(bottom=-0.5)


def _footer(run: Simulation | RecordedRun) -> str:
    """All settings in one line."""
    config = run.config
    person = config["behavior"] if isinstance(config["behavior"], dict) else {}
    parts = [
        f"environment {part_name(config['environment'])}",
        f"scheduler {part_name(config['scheduler'])}",
        *(
            [f"desired retention {config['desired_retention']}"]
            if config["desired_retention"] is not None
            else []
        ),
        f"{config['days']} days",
        f"{config['deck']} cards",
        *(
            f"{name.replace('_', ' ')} {person[name]}"
            for name in ("new_limit", "review_limit", "minutes_limit")
            if name in person
        ),
        f"priority {person.get('priority', '')}",
        f"fuzz {'on' if config['fuzz'] else 'off'}",
        f"short term {(config['short_term'] or {}).get('source', 'off')}",
        f"seed {config.get('seed')}",
    ]
    return " · ".join(parts)
