"""``repetita sweep``: users, worlds, schedulers and their settings, simulated into one table."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command
from repetita.cli._options import answer_options
from repetita.cli._sweeping import sweep_arguments, sweep_options, told_again
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repetita.sweeps import Sweep, SweepPlan

EXIT_SOME_FAILED = 3
SHOWN = 10


@click.command("sweep", cls=Command, short_help="Simulate many users under many schedulers and settings.")
@sweep_options
@answer_options
@click.pass_context
def command(context: click.Context, /, manner: Manner, **given: Any) -> Answer:
    """Simulate users in worlds under schedulers, each at all its settings, into one table of results.

    The run is a folder: what was asked for, the table (results.parquet), what failed, a summary. Kill it and
    start it again: it goes on, and makes nothing twice. A run that fails is listed and stops none; the exit
    code is 3 then. Read it with repetita pareto, aggregate and report.
    """
    from repetita.sweeps import plan_sweep

    if given["output"] is None and not given["dry_run"]:
        raise UsageError("a sweep is kept in a folder", hint="name it with -o, or see --dry-run", where="-o")
    planned = plan_sweep(**sweep_arguments(given), command=told_again(context))
    if given["batch_size"] is not None:
        facts = planned.to_dict()
        of_user = max(facts["runs"] // max(facts["users"], 1), 1)
        planned = replace(planned, most=min(planned.most, given["batch_size"] * of_user))
    if given["dry_run"]:
        return _dry(planned)
    with _progress(given, manner) as tell:
        result = planned.run(tell)
    return sweep_answer(result, summary=not given["no_summary"])


def sweep_answer(result: Sweep, *, summary: bool = True) -> Answer:
    """What is told of a sweep.

    Raises:
        InputError: Not one run has a result.
    """
    if not result.table.height:
        told = f": {result.failures[0]['failure']}" if result.failures else ""
        raise InputError(f"no run has a result{told}", where="results")
    code = EXIT_SOME_FAILED if result.failures else 0
    return Answer(result.to_dict(), lambda: _show(result, summary), exit_code=code)


def _dry(planned: SweepPlan) -> Answer:
    facts = planned.to_dict()

    def show() -> None:
        say(
            f"{facts['runs']} runs of {facts['users']} users in {facts['batches']} batches of at most "
            f"{facts['lanes_per_batch']} lanes, about {facts['megabytes']:g} MB of results at a time"
        )
        print_table(("", ""), [(name, _worded(value)) for name, value in facts["config"].items()])

    return Answer({"dry_run": True, **facts}, show)


def _worded(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={entry}" for name, entry in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@contextmanager
def _progress(given: Mapping[str, Any], manner: Manner) -> Iterator[Callable[[int, int], None]]:
    if given["progress_events"]:
        yield _told_as_json
        return
    with (Manner(True) if given["no_progress"] else manner).progress("runs") as tell:
        yield tell


def _told_as_json(done: int, total: int) -> None:
    sys.stderr.write(json.dumps({"event": "progress", "done": done, "total": total}) + "\n")
    sys.stderr.flush()


def _show(result: Sweep, summary: bool) -> None:
    from repetita.sweeps.selection import label_of

    say(repr(result))
    if summary:
        rows = [
            (
                row["environment"],
                row["scheduler"],
                label_of(row),
                row["users"],
                f"{row['memorized_average']:.1f}",
                f"{row['time_average']:.2f}",
            )
            for row in result.summary["settings"]
        ]
        print_table(("environment", "scheduler", "setting", "users", "remembered", "minutes a day"), rows)
    if result.failures:
        cells = [
            (row["run"], row["user_id"], row["environment"], row["scheduler"], row["failure"])
            for row in result.failures[:SHOWN]
        ]
        title = f"{len(result.failures)} runs have no result"
        print_table(("run", "user", "environment", "scheduler", "reason"), cells, title=title)
    if result.folder is not None:
        say("", f"wrote {result.folder}")
