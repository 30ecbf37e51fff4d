"""``repetita backtest``: would a simulation have foreseen what happened?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._figures import check_figure_name, figure_bytes
from repetita.cli._options import Fitting, answer_options, fit_options
from repetita.cli._reading import Reading, reader_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, print_table, say

if TYPE_CHECKING:
    from repetita.backtesting import Backtest, Forecast

FORECAST, OUTPUT = "Forecast", "Output"
OPTIONS = (
    option(
        "--days",
        section=FORECAST,
        type=click.IntRange(min=1),
        metavar="N",
        default=90,
        show_default=True,
        help="Length of the forecast, which ends with the log.",
    ),
    option("--model", section=FORECAST, default="fsrs6", show_default=True, help="Memory model."),
    option("--sched", "scheduler", section=FORECAST, metavar="SPEC", help="Default: that of the model."),
    option(
        "--desired-retention",
        section=FORECAST,
        type=float,
        metavar="R",
        help="What the scheduler aims at. Default: as the reviews before suggest.",
    ),
    option(
        "--habits",
        section=FORECAST,
        default="past",
        **one_of("source of habits", ("past", "actual")),
        help="Days of study and new cards: as before (default), or as they came.",
    ),
    option(
        "--runs",
        section=FORECAST,
        type=click.IntRange(min=2),
        metavar="N",
        default=40,
        show_default=True,
        help="Simulations.",
    ),
    option("--csv", section=OUTPUT, metavar="FILE", help="Forecast and truth of every day."),
    option("--plot", section=OUTPUT, metavar="FILE", help="A figure as .png, .svg or .pdf."),
    option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there."),
)


def forecast_options(command: Any) -> Any:
    """Options of the forecast and of what is written."""
    for decorate in reversed(OPTIONS):
        command = decorate(command)
    return command


@click.command("backtest", cls=Command, short_help="Hold a forecast from the past against what happened.")
@reader_options
@forecast_options
@fit_options
@answer_options
def command(reading: Reading, fitting: Fitting, manner: Manner, **given: Any) -> Answer:
    """Start a simulation in the past of LOG, and say whether it would have foreseen what happened.

    LOG is cut some days before its end. Parameters, memory, due dates, backlog and habits come from the part
    before; the days after are simulated many times and set beside the truth.
    """
    from repetita.backtesting import backtest

    check_figure_name(given["plot"], "--plot")
    targets = {name: Target(given[name], force=given["force"]) for name in ("csv", "plot")}
    for target in targets.values():
        target.check()
    if given["plot"]:
        from repetita.report.figures import require_matplotlib

        require_matplotlib()
    log = reading.read(manner)
    with manner.progress("simulating") as progress:
        found = backtest(
            log,
            intervals=_intervals(reading, log),
            seed=fitting.seed,
            progress=progress,
            **{name: given[name] for name in FORECAST_ARGUMENTS},
            **fitting.options,
        )
    written = _write(found, targets)
    return Answer({**found.to_dict(), "output": written}, lambda: _show(found, written))


FORECAST_ARGUMENTS = ("days", "model", "scheduler", "desired_retention", "habits", "runs")


def _intervals(reading: Reading, log: Any) -> Any:
    """Intervals that an Anki collection noted; None for a table, which has none."""
    if reading.format() != "anki":
        return None
    from repetita.backtesting import review_intervals
    from repetita.reviews.anki.reading import read_collection

    locked = bool(reading.arguments.get("allow_locked"))
    return review_intervals(read_collection(reading.path, allow_locked=locked), log)


def _write(found: Backtest, targets: Mapping[str, Target]) -> list[str]:
    """Writes what was asked for; the paths."""
    if targets["csv"].path is not None:
        targets["csv"].write(found.to_frame().write_csv())
    if targets["plot"].path is not None:
        from repetita.report.figures import backtest_figure

        targets["plot"].write(figure_bytes(backtest_figure(found), targets["plot"].path))
    return [target.path for target in targets.values() if target.path is not None]


def _show(found: Backtest, written: list[str]) -> None:
    rows = [
        (begins.isoformat(), *map(_cell, week))
        for begins, week in zip(found.week_begins(), found.weeks(), strict=True)
    ]
    print_table(("week from", *(name.replace("_", " ") for name in found.metrics)), rows)
    say("what happened (forecast); ! lies outside", "")
    say(*found.summary().splitlines())
    say(*(f"wrote {path}" for path in written))


def _cell(forecast: Forecast) -> str:
    low, high, actual = (forecast.shown(x) for x in (forecast.low, forecast.high, forecast.actual))
    return f"{actual} ({low} to {high})" + (" !" if forecast.inside is False else "")
