"""A simulated run on one page that needs nothing else: what came out, the dashboard, the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from repetita import __version__
from repetita.plurals import counted
from repetita.report.html import (
    code,
    document,
    folded,
    number_tiles,
    paragraph,
    picture,
    section,
    table,
    title_line,
)
from repetita.report.numbers import LABEL
from repetita.simulation.result import Simulation
from repetita.sweeps.recorded_runs import RecordedRun

__all__ = ["simulation_page"]

DAYS_A_ROW = 30


def simulation_page(run: Simulation | RecordedRun, *, rerun: str | None = None) -> str:
    """One HTML document with the outcome of a run, readable without a network.

    Args:
        run: The run, or what `repetita.sweeps.read_run` reads of it; presses are drawn where its log of
            events was kept.
        rerun: The command that runs it again.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    title = f"Simulation of {counted(run.days, 'day')}"
    parts = [title_line(title), paragraph(_answer(run), role="answer"), number_tiles(_tiles(run))]
    parts += [_dashboard(run), _settings(run.config)]
    if rerun is not None:
        parts.append(section("To run it again", code(rerun)))
    parts.append(paragraph(f"Made by repetita {__version__}.", role="muted"))
    return document(title, "".join(parts))


def _answer(run: Simulation | RecordedRun) -> str:
    reviews = int(run.phase_reviews.sum())
    passed = f", {1.0 - run.phase_lapses.sum() / reviews:.1%} of them passed" if reviews else ""
    return (
        f"{run.minutes_per_day:.1f} minutes a day: {counted(run.total_new, 'new card')} and "
        f"{counted(run.total_reviews, 'review')} in {counted(run.days, 'day')}{passed}. At the end "
        f"{run.projected:,.0f} cards are remembered."
    ).replace("%", " %")


def _tiles(run: Simulation | RecordedRun) -> list[tuple[str, str]]:
    per_minute = run.memorized_per_minute
    return [
        ("remembered, mean of all days", f"{run.memorized_average:,.1f}"),
        ("remembered at the end", f"{run.projected:,.1f}"),
        ("minutes a day", f"{run.minutes_per_day:.2f}"),
        ("remembered for a minute a day", "–" if per_minute is None else f"{per_minute:,.1f}"),
        ("new cards", f"{run.total_new:,}"),
        ("reviews", f"{run.total_reviews:,}"),
        ("most reviews a day", f"{int(run.reviews.max()):,}"),
        ("lapses", f"{run.total_lapses:,}"),
    ]


def _dashboard(run: Simulation | RecordedRun) -> str:
    from repetita.report.figures.canvas import to_svg
    from repetita.report.figures.simulation import simulation_figure

    drawing = to_svg(simulation_figure(run), "simulation", title=_answer(run))
    return section("Day by day", picture(drawing), folded(LABEL, _series(run)))


def _series(run: Simulation | RecordedRun) -> str:
    """The series, thirty days a row."""
    rows = []
    for first in range(0, run.days, DAYS_A_ROW):
        days = slice(first, first + DAYS_A_ROW)
        reviews, lapses = run.phase_reviews[days].sum(), run.phase_lapses[days].sum()
        rows.append(
            (
                f"{first} to {min(first + DAYS_A_ROW, run.days) - 1}",
                f"{run.new[days].sum():,}",
                f"{run.reviews[days].sum():,}",
                f"{run.cost_seconds[days].sum() / 60.0:,.0f}",
                f"{100.0 * (1.0 - lapses / reviews):.1f} %" if reviews else "",
                f"{run.memorized[days].mean():,.1f}",
            )
        )
    return table(("days", "new cards", "reviews", "minutes", "true retention", "remembered, mean"), rows)


def _settings(config: Mapping[str, Any]) -> str:
    rows = [(name, text) for name, text in _flat(config, "")]
    return section("Settings", table(("setting", "value"), rows, text_columns=2))


def _flat(settings: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    """Settings line by line; those inside others behind their name."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name} ")
        elif value is not None:
            words = value if isinstance(value, list | tuple) else [value]
            yield f"{before}{name}".replace("_", " "), ", ".join(str(word) for word in words)
