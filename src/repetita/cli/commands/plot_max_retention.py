"""``repetita plot max-retention``: at which desired retention each user remembers most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._comparing import results_argument, selection_options
from repetita.cli._options import answer_options
from repetita.cli._plotting import OUTPUT, Picture, picture_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.sweeps import BestRetentions

MEASURES = {"memorized": "memorized_average", "per-minute": "memorized_per_minute"}


@click.command("max-retention", cls=Command, short_help="Draw at which desired retention users do best.")
@results_argument
@selection_options
@option(
    "--metric",
    section="Drawing",
    default="memorized",
    **one_of("metric", tuple(MEASURES)),
    help="What is highest: remembered cards (default), or those for a minute a day.",
)
@option("--out-csv", section=OUTPUT, metavar="FILE", help="Write each user's as a table.")
@picture_options("max_retention.png")
@answer_options
def command(
    manner: Manner,
    results: tuple[str, ...],
    selection: dict[str, Any],
    metric: str,
    out_csv: str | None,
    picture: Picture,
) -> Answer:
    """Draw for how many users each desired retention is the one that remembers most.

    RESULTS are tables (.parquet), logs of simulations (.jsonl), or folders with such files. --sched names the
    scheduler, fsrs6 unless given; several environments need --env.
    """
    from repetita.report.figures import best_retentions_figure
    from repetita.sweeps import best_retentions

    picture.check()
    table = Target(out_csv, force=picture.target.force)
    table.check()
    schedulers = selection.pop("schedulers") or ["fsrs6"]
    if len(schedulers) > 1:
        raise UsageError(f"--sched names {len(schedulers)} schedulers, expected one", where="--sched")
    with manner.stage("comparing"):
        found = best_retentions(list(results), scheduler=schedulers[0], measure=MEASURES[metric], **selection)
    if len(found) > 1:
        told = "; ".join(f"{one.line} in {one.environment}" for one in found)
        raise UsageError(f"there are several curves: {told}", hint="choose one with --env", where="--env")
    (one,) = found
    picture.write(best_retentions_figure(one))
    table.write(one.users.write_csv())
    written = [picture.path, *([out_csv] if out_csv else [])]
    return Answer(one.to_dict() | {"output": written}, lambda: _show(one, written))


def _show(one: BestRetentions, written: list[str]) -> None:
    say(repr(one))
    people = one.users.height
    rows = [(f"{100.0 * r:.4g} %", str(n), f"{100.0 * n / people:.1f}") for r, n in one.counts.items()]
    print_table(("desired retention", "users", "percent"), rows)
    say(*(f"wrote {Path(path)}" for path in written))
