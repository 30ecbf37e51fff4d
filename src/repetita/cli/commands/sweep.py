"""``repetita sweep``: users, worlds, schedulers and their settings, simulated into one table."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._fan_out import ForwardingCommand, WorkersTally, shows_commands, tells_of_workers, uv_note
from repetita.cli._options import answer_options
from repetita.cli._shown_commands import commands_of_parts, commands_of_users, print_commands
from repetita.cli._sweeping import sweep_arguments, sweep_options, told_again
from repetita.cli._terminal import Manner, Teller, print_table, say
from repetita.errors import InputError, RepetitaError, UsageError

if TYPE_CHECKING:
    from repetita.sweeps import Sweep, SweepPlan

EXIT_SOME_FAILED = 3
SHOWN = 10
FIGURE, PLOT_REPLICATES = "pareto.png", 1000


@click.command(
    "sweep", cls=ForwardingCommand, short_help="Simulate many users under many schedulers and settings."
)
@sweep_options
@answer_options
@click.pass_context
def command(context: click.Context, /, manner: Manner, **given: Any) -> Answer:
    """Simulate users in worlds under schedulers, each at all its settings, into one table of results.

    The run is a folder: what was asked for, the table (results.parquet), what failed, a summary. Kill it and
    start it again: it goes on, and makes nothing twice. A run that fails is listed and stops none; the exit
    code is 3 then. Read it with repetita pareto, aggregate and report. Options after -- are options, too.
    """
    from repetita.report.figures import require_matplotlib
    from repetita.sweeps import plan_sweep

    if given["plot"]:
        require_matplotlib()
    if given["output"] is None and not given["dry_run"]:
        raise UsageError("a sweep is kept in a folder", hint="name it with -o, or see --dry-run", where="-o")
    planned = plan_sweep(**sweep_arguments(given), command=told_again(context))
    if given["batch_size"] is not None:
        facts = planned.to_dict()
        of_user = max(facts["runs"] // max(facts["users"], 1), 1)
        planned = replace(planned, most=min(planned.most, given["batch_size"] * of_user))
    manner.notes(uv_note(given))
    commands = _commands(context, given, planned) if shows_commands(given) else []
    told: dict[str, Any] = {"commands": commands} if shows_commands(given) else {}
    if given["dry_run"]:
        return _dry(planned, told)
    print_commands(commands, manner)
    with _progress(given, manner, tells_of_workers(given, planned.crew.workers)) as tell:
        tally = WorkersTally(tell)
        result = planned.run(tell, tally.note)
    if given["plot"]:
        _plot(result, manner)
    shown = tally if given["child_summary"] else None
    return sweep_answer(result, summary=not given["no_summary"], tally=shown, **told)


def _commands(context: click.Context, given: Mapping[str, Any], planned: SweepPlan) -> list[str]:
    """Commands of parts where this is one of some, else of users."""
    asked, folder = planned.asked, given["output"] or "sweep"
    part, parts = asked.shard
    numbers = [user.number for user in asked.users]
    if given["shard"] is not None:
        return commands_of_parts(context, given, numbers, parts, folder)
    return commands_of_users(context, given, numbers[part - 1 :: parts], folder)


def _plot(result: Sweep, manner: Manner) -> None:
    from repetita.cli._figures import figure_bytes
    from repetita.output import write_atomically
    from repetita.report.figures import trade_off_figure
    from repetita.sweeps import pareto

    assert result.folder is not None
    try:
        figure = trade_off_figure(pareto(result.table, replicates=PLOT_REPLICATES))
    except RepetitaError as error:  # what was simulated is there, whatever can be drawn of it
        manner.note(f"no figure: {error}")
        return
    path = Path(result.folder) / FIGURE
    write_atomically(path, figure_bytes(figure, path), force=True)
    manner.note(f"drew {path}")


def sweep_answer(
    result: Sweep, *, summary: bool = True, tally: WorkersTally | None = None, **told: Any
) -> Answer:
    """What is told of a sweep.

    Args:
        result: The sweep.
        summary: Show the means.
        tally: Show what each worker did.
        **told: More for the document.

    Raises:
        InputError: Not one run has a result.
    """
    if not result.table.height:
        why = f": {result.failures[0]['failure']}" if result.failures else ""
        raise InputError(f"no run has a result{why}", where="results")
    code = EXIT_SOME_FAILED if result.failures else 0
    if tally is not None:
        told["workers"] = tally.to_list()
    return Answer({**result.to_dict(), **told}, partial(_show, result, summary, tally), exit_code=code)


def _dry(planned: SweepPlan, told: Mapping[str, Any]) -> Answer:
    facts = planned.to_dict()

    def show() -> None:
        say(
            f"{facts['runs']} runs of {facts['users']} users in {facts['batches']} batches of at most "
            f"{facts['lanes_per_batch']} lanes, about {facts['megabytes']:g} MB of results at a time"
        )
        print_table(("", ""), [(name, _worded(value)) for name, value in facts["config"].items()])
        say(*(["", *told["commands"]] if told else []))

    return Answer({"dry_run": True, **facts, **told}, show)


def _worded(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={entry}" for name, entry in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@contextmanager
def _progress(given: Mapping[str, Any], manner: Manner, workers: bool) -> Iterator[Teller]:
    if given["progress_events"]:
        yield Events(workers=given["child_progress"] == "on")
        return
    with (Manner(True) if given["no_progress"] else manner).progress("runs", workers=workers) as tell:
        yield tell


class Events(Teller):
    """Progress as JSON lines on standard error."""

    def __init__(self, *, workers: bool) -> None:
        self.workers = workers

    def __call__(self, done: int, total: int) -> None:
        """So many of all runs are done."""
        self._write({"event": "progress", "done": done, "total": total})

    def worker(self, name: str, done: int, facts: Mapping[str, Any]) -> None:
        """A worker has ended a batch."""
        if self.workers:
            self._write({"event": "batch", **facts})

    def _write(self, event: Mapping[str, Any]) -> None:
        sys.stderr.write(json.dumps(event) + "\n")
        sys.stderr.flush()


def _show(result: Sweep, summary: bool, tally: WorkersTally | None) -> None:
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
    if tally is not None:
        tally.show()
    if result.failures:
        cells = [
            (row["run"], row["user_id"], row["environment"], row["scheduler"], row["failure"])
            for row in result.failures[:SHOWN]
        ]
        title = f"{len(result.failures)} runs have no result"
        print_table(("run", "user", "environment", "scheduler", "reason"), cells, title=title)
    if result.folder is not None:
        say("", f"wrote {result.folder}")
