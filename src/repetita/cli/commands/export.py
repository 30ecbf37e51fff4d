"""``repetita export``: results of each user as JSON lines, one file a configuration."""

from __future__ import annotations

from typing import Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._comparing import results_argument, selection_options
from repetita.cli._options import answer_options
from repetita.cli._target import option_named
from repetita.cli._terminal import Manner, say

OUTPUT = "Output"


@click.command("export", cls=Command, short_help="Write each user's results as JSON lines.")
@results_argument
@selection_options
@option(
    "--out-dir",
    section=OUTPUT,
    metavar="FOLDER",
    default="user_results",
    show_default=True,
    help="Where the files go.",
)
@option("--no-config", section=OUTPUT, is_flag=True, help="Leave out what was simulated.")
@option(
    "--mean-retention",
    section=OUTPUT,
    is_flag=True,
    help="Add the mean share of passed reviews, from the tables of days beside the logs.",
)
@option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there.")
@answer_options
def command(
    manner: Manner,
    results: tuple[str, ...],
    selection: dict[str, Any],
    out_dir: str,
    no_config: bool,
    mean_retention: bool,
    force: bool,
) -> Answer:
    """Write one JSON line a user, one file for each scheduler at a setting in an environment.

    RESULTS are tables (.parquet), logs of simulations (.jsonl), or folders with such files. Of runs that are
    there several times the newest counts.
    """
    from repetita.sweeps import export_users

    with manner.stage("exporting"), option_named():
        paths = export_users(
            list(results),
            out_dir,
            config=not no_config,
            mean_retention=mean_retention,
            force=force,
            **selection,
        )
    written = [str(path) for path in paths]
    return Answer({"output": written}, lambda: say(*(f"wrote {path}" for path in written)))
