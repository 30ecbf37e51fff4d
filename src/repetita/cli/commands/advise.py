"""``repetita advise``: which desired retention to set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._figures import check_figure_name, figure_bytes
from repetita.cli._log_facts import log_facts
from repetita.cli._options import Fitting, answer_options, fit_options
from repetita.cli._reading import Reading, reader_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, print_table, say

if TYPE_CHECKING:
    from repetita.retention_advice import RetentionAdvice

GOAL, ASSUMED, OUTPUT = "Goal (one of them)", "Looking ahead", "Output"
COLUMNS = (
    *("retention", "minutes a day", "9 of 10 cases", "cards known", "9 of 10 cases", "reviews a day"),
    "new a day",
)
SHOWN = 5  # every so many percent
NO_WORLD = "none"
OPTIONS = (
    option(
        "--minutes",
        "minutes_per_day",
        section=GOAL,
        type=float,
        metavar="M",
        help="Minutes a day. Default: as in the last 90 days of LOG.",
    ),
    option("--known", "known_cards", section=GOAL, type=int, metavar="N", help="Cards known at the end."),
    option("--by", section=GOAL, metavar="DATE", help="With --known: by that day, e.g. 2027-06-01."),
    option(
        "--deck-size",
        section=GOAL,
        type=int,
        metavar="N",
        help="New cards, for the least time each.",
    ),
    option(
        "--new-per-day",
        section=ASSUMED,
        type=int,
        metavar="N",
        help="New cards a day. Default: as in the last 90 days of LOG.",
    ),
    option(
        "--new-cards-only",
        section=ASSUMED,
        is_flag=True,
        help="Leave out the cards of LOG, with the time that they take.",
    ),
    option("--days", section=ASSUMED, type=int, metavar="N", help="How long. Default: 365, or until --by."),
    option(
        "--range",
        "retention_range",
        section=ASSUMED,
        type=float,
        nargs=2,
        metavar="LOW HIGH",
        default=(0.70, 0.99),
        show_default=True,
        help="Settings to look at.",
    ),
    option("--model", section=ASSUMED, default="fsrs6", show_default=True, help="Memory model."),
    option(
        "--world",
        "worlds",
        section=ASSUMED,
        multiple=True,
        metavar="MODEL",
        help="Ask what comes of it if memory works as this model says. Default: fsrs7; none: do not ask.",
    ),
    option(
        "--no-repeats",
        section=ASSUMED,
        is_flag=True,
        help="Do not simulate repeats within a day, even if LOG has them.",
    ),
    option(
        "--runs",
        section=ASSUMED,
        type=int,
        metavar="N",
        default=40,
        show_default=True,
        help="Draws of bands.",
    ),
    option("--csv", section=OUTPUT, metavar="FILE", help="All settings as a table."),
    option("--figure", section=OUTPUT, metavar="FILE", help="A figure as .png, .svg or .pdf."),
    option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there."),
)
ARGUMENTS = (
    *("minutes_per_day", "known_cards", "by", "new_per_day", "new_cards_only", "days", "retention_range"),
    *("model", "runs"),
)


def advice_options(command: Any) -> Any:
    """Options of the goal, of what lies ahead, and of what is written."""
    for decorate in reversed(OPTIONS):
        command = decorate(command)
    return command


@click.command("advise", cls=Command, short_help="Advise a desired retention.")
@reader_options
@advice_options
@fit_options
@answer_options
def command(reading: Reading, fitting: Fitting, manner: Manner, **given: Any) -> Answer:
    """Say which desired retention to set, from your own LOG and for what you want.

    Memory, buttons, times and new cards a day are measured in LOG. Minutes a day and cards known at the end
    follow for every setting, with bands, for the cards of LOG and new ones at your pace; the goal picks the
    answer. An Anki collection has due dates and unseen cards, too.
    """
    from repetita.retention_advice import advise_retention

    check_figure_name(given["figure"], "--figure")
    targets = {name: Target(given[name], force=given["force"]) for name in ("csv", "figure")}
    for target in targets.values():
        target.check()
    if given["figure"]:
        from repetita.report.figures import require_matplotlib

        require_matplotlib()
    log = reading.read(manner)
    with manner.progress("looking ahead") as progress:
        advice = advise_retention(
            log,
            deck=given["deck_size"],
            start=_start(reading, given["new_cards_only"]),
            worlds=_worlds(given["worlds"]),
            repeats=not given["no_repeats"],
            seed=fitting.seed,
            progress=progress,
            **{name: given[name] for name in ARGUMENTS},
            **fitting.options,
        )
    written = _write(advice, targets)
    document = {**advice.to_dict(), "log": log_facts(log), "output": written}
    return Answer(document, lambda: _show(advice, written))


def _start(reading: Reading, new_cards_only: bool) -> Any:
    """Where the cards stand, if LOG is a collection that says so."""
    if new_cards_only or reading.format() != "anki":
        return None
    from repetita.reviews.anki.reading import read_collection
    from repetita.simulation.start import start_of

    named = reading.arguments
    collection = read_collection(reading.path, allow_locked=named.get("allow_locked", False))
    start = start_of(collection, now=named.get("now"))
    return replace(start, new_cards=0) if {"deck", "preset"} & named.keys() else start


def _worlds(given: tuple[str, ...]) -> tuple[str, ...] | None:
    """Other models; None for the usual one."""
    if not given:
        return None
    return tuple(name.replace("-", "_") for name in given if name != NO_WORLD)


def _write(advice: RetentionAdvice, targets: dict[str, Target]) -> list[str]:
    """Writes what was asked for; the paths."""
    if targets["csv"].path is not None:
        targets["csv"].write(advice.to_frame().write_csv())
    if targets["figure"].path is not None:
        from repetita.report.figures import retention_figure

        targets["figure"].write(figure_bytes(retention_figure(advice), targets["figure"].path))
    return [target.path for target in targets.values() if target.path is not None]


def _show(advice: RetentionAdvice, written: list[str]) -> None:
    say(*advice.summary().splitlines())
    print_table(COLUMNS, _rows(advice))
    say(*(f"wrote {path}" for path in written))


def _rows(advice: RetentionAdvice) -> list[tuple[str, ...]]:
    from repetita.retention_advice.words import minutes_text, percent_text

    last = len(advice.curve) - 1
    rows: list[tuple[str, ...]] = []
    for place, row in enumerate(advice.to_frame().to_dicts()):
        percent = round(100 * row["desired_retention"])
        if percent % SHOWN and place not in (0, advice.choice.place, last):
            continue
        mark = " *" if place == advice.choice.place else ""
        rows.append(
            (
                percent_text(row["desired_retention"]) + mark,
                minutes_text(row["minutes_per_day"]),
                f"{minutes_text(row['minutes_low'])} to {minutes_text(row['minutes_high'])}",
                f"{row['known']:,.0f}",
                f"{row['known_low']:,.0f} to {row['known_high']:,.0f}",
                f"{row['reviews_per_day']:,.0f}",
                minutes_text(row["introduced"] / advice.days),
            )
        )
    return rows
