"""``repetita plot short-loops``: how often a day users go through the cards in steps."""

from __future__ import annotations

from typing import Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._comparing import CHOOSING, results_argument, selection_options
from repetita.cli._options import answer_options
from repetita.cli._plotting import Picture, picture_options
from repetita.cli._terminal import Manner, say

DRAWING = "Drawing"


@click.command("short-loops", cls=Command, short_help="Draw how often a day steps are gone through.")
@results_argument
@selection_options
@option("--desired-retention", section=CHOOSING, type=float, metavar="R", help="This one only.")
@option(
    "--metric",
    section=DRAWING,
    default="avg",
    **one_of("metric", ("avg", "avg-active")),
    help="avg-active: over the days that have loops. Default: avg, over all days.",
)
@option(
    "--bins",
    section=DRAWING,
    type=click.IntRange(1, 1000),
    metavar="N",
    default=30,
    show_default=True,
    help="Of the histogram.",
)
@option(
    "--max-user-ticks",
    section=DRAWING,
    type=click.IntRange(1, 1000),
    metavar="N",
    default=20,
    show_default=True,
    help="Most users whose number is written.",
)
@picture_options("short_loops.png")
@answer_options
def command(
    manner: Manner,
    results: tuple[str, ...],
    selection: dict[str, Any],
    desired_retention: float | None,
    picture: Picture,
    metric: str,
    bins: int,
    max_user_ticks: int,
) -> Answer:
    """Draw how often a day each user goes through the cards in steps, under one scheduler at one setting.

    RESULTS are folders with logs of simulations (.jsonl) and their tables of days (.csv) beside them.
    """
    from repetita.report.figures import short_loops_figure
    from repetita.sweeps import short_loops

    picture.check()
    if desired_retention is not None:
        selection["retentions"] = (desired_retention, desired_retention)
    with manner.stage("reading"):
        found = short_loops(list(results), metric=metric, **selection)
    manner.notes(found.notes)
    picture.write(short_loops_figure(found, bins=bins, max_user_ticks=max_user_ticks))
    document = found.to_dict() | {"output": [picture.path]}
    return Answer(document, lambda: say(repr(found), f"wrote {picture.path}"))
