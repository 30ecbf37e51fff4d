"""``repetita plot daily-curves``: a user's runs day by day."""

from __future__ import annotations

from typing import Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._comparing import CHOOSING, results_argument, selection_options
from repetita.cli._options import answer_options
from repetita.cli._plotting import Picture, picture_options
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import UsageError

DRAWING = "Drawing"
SCALES = ("symlog", "linear", "log")


def _retentions(
    ctx: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[float, ...] | None:
    try:
        return None if value is None else tuple(float(part) for part in value.split(","))
    except ValueError:
        raise UsageError(
            f"--desired-retentions is {value!r}, expected numbers such as 0.8,0.9",
            where="--desired-retentions",
        ) from None


@click.command("daily-curves", cls=Command, short_help="Draw a user's runs day by day.")
@results_argument
@selection_options
@option(
    "--desired-retentions",
    section=CHOOSING,
    callback=_retentions,
    metavar="R[,R]",
    help="These only. Default: all there are, up to 10.",
)
@option(
    "--start-day",
    section=DRAWING,
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="First day to draw.",
)
@option(
    "--review-scale",
    section=DRAWING,
    default="symlog",
    **one_of("scale", SCALES),
    help="Of the panel of reviews. Default: symlog.",
)
@option(
    "--retention-smoothing-window",
    "window_days",
    section=DRAWING,
    type=click.IntRange(min=1),
    metavar="DAYS",
    default=30,
    show_default=True,
    help="Days over which retention is taken.",
)
@picture_options("daily_curves.png")
@answer_options
def command(
    manner: Manner,
    results: tuple[str, ...],
    selection: dict[str, Any],
    picture: Picture,
    review_scale: str,
    **shown: Any,
) -> Answer:
    """Draw new cards, reviews, remembered cards and retention of one user day by day, a curve a setting.

    RESULTS are folders with logs of simulations (.jsonl) and their tables of days (.csv) beside them. With
    several users --user-id chooses one.
    """
    from repetita.report.figures import daily_curves_figure
    from repetita.sweeps import daily_curves

    picture.check()
    with manner.stage("reading"):
        found = daily_curves(list(results), **shown, **selection)
    picture.write(daily_curves_figure(found, review_scale=review_scale))
    document = found.to_dict() | {"output": [picture.path]}
    return Answer(document, lambda: _show(document))


def _show(document: dict[str, Any]) -> None:
    names = ("new_average", "reviews_average", "memorized_average")
    rows = [(curve["name"], *(f"{curve[name]:.2f}" for name in names)) for curve in document["curves"]]
    print_table(("run", "new cards a day", "reviews a day", "remembered"), rows)
    say(*(f"wrote {path}" for path in document["output"]))
