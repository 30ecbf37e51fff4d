"""``repetita dominance``: for how many users one scheduler beats another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._comparing import (
    CHOOSING,
    COMPARING,
    Files,
    epsilon_option,
    figure_options,
    pairs,
    results_argument,
    selection_options,
)
from repetita.cli._options import answer_options
from repetita.cli._terminal import Manner, print_table, say

if TYPE_CHECKING:
    from repetita.sweeps import Dominance

F = TypeVar("F", bound=Callable[..., Any])

PRIORITIES = ("review-first", "new-first", "any")


def _retention(name: str) -> Callable[[F], F]:
    return option(
        f"--{name}-default-dr",
        section=COMPARING,
        type=float,
        metavar="R",
        default=0.9,
        show_default=True,
        help=f"Desired retention of {name}_default.",
    )


@click.command("dominance", cls=Command, short_help="Say for how many users one scheduler beats another.")
@results_argument
@selection_options
@option(
    "--priority",
    section=CHOOSING,
    default="any",
    **one_of("priority", PRIORITIES),
    help="What came first on a day. Default: any.",
)
@option(
    "--pairs",
    "asked",
    section=COMPARING,
    metavar="A:B[,A:B]",
    help="Such as fsrs6@0.9:anki_sm2. Default: all pairs of --sched, which are fsrs3_default, fsrs6_default, "
    "anki_sm2 and memrise where not given.",
)
@_retention("fsrs6")
@_retention("fsrs3")
@epsilon_option("Differences of cards, and of cards for a minute, up to this are none.")
@figure_options
@answer_options
def command(
    manner: Manner,
    results: tuple[str, ...],
    selection: dict[str, Any],
    files: Files,
    asked: str | None,
    priority: str,
    epsilon: float,
    fsrs6_default_dr: float,
    fsrs3_default_dr: float,
) -> Answer:
    """Say for how many users one scheduler is better than another, in memory and in cards for a minute a day.

    RESULTS are tables (.parquet), logs of simulations (.jsonl), or folders with such files. A scheduler
    dominates where it is better in one respect and no worse in the other; else the two are a trade-off.
    """
    from repetita.sweeps import dominance, results_table
    from repetita.sweeps.outcomes import SCHEDULERS, usual_schedulers

    files.check()
    settings = {**SCHEDULERS, "fsrs6_default": fsrs6_default_dr, "fsrs3_default": fsrs3_default_dr}
    if priority != "any":
        selection["where"] = {**selection["where"], "priority": priority}
    named = selection.pop("schedulers")
    chosen = [(_at(a, settings), _at(b, settings)) for a, b in pairs(asked, "--pairs")]
    with manner.stage("comparing"):
        table = results_table(list(results))
        if not chosen and named is None:
            schedulers = usual_schedulers(table, settings)
        else:
            schedulers = [_at(name, settings) for name in named or []]
        found = dominance(table, chosen or None, schedulers=schedulers, epsilon=epsilon, **selection)
    files.save_list([one.to_dict() for one in found])
    files.save_figure(partial(_figure, found), "dominance")
    document = {"dominance": [one.to_dict() for one in found], "output": files.written}
    return Answer(document, lambda: _show(found, files.written))


def _at(spec: str, settings: Mapping[str, float | None]) -> str:
    """A scheduler with the desired retention that an option gives it."""
    retention = settings.get(spec)
    return spec if retention is None else f"{spec}@{retention:g}"


def _figure(found: tuple[Dominance, ...]) -> Any:
    from repetita.report.figures import dominance_figure

    return dominance_figure(found)


def _show(found: tuple[Dominance, ...], written: list[str]) -> None:
    rows = []
    for one in found:
        counts = one.counts
        shown = [f"{count} ({100.0 * count / one.users:.1f} %)" for count in counts.values()]
        rows.append((one.environment, one.left, one.right, str(one.users), *shown))
    headings = ("a dominates", "b dominates", "a more memory", "b more memory", "equal")
    print_table(("environment", "a", "b", "users", *headings), rows)
    say(*(f"wrote {path}" for path in written))
