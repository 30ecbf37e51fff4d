"""``repetita benchmark``: models against each other over many users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._options import answer_options
from repetita.cli._reading import READING
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import NoReviews, UsageError

if TYPE_CHECKING:
    from repetita.benchmarking import Benchmark, Verification

WHAT, WORK, OUTPUT = "Judging", "Work", "Output"
MODELS = "fsrs6,fsrs6:default,average"
EXIT_SOME_FAILED = 3
SHOWN_FAILURES = 10


@click.command("benchmark", cls=Command, short_help="Compare models over many users.")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@option(
    "--models",
    section=WHAT,
    metavar="NAMES",
    default=MODELS,
    show_default=True,
    help="Models and baselines; options of a fit after a colon, joined by +, as in fsrs6:recency+preset.",
)
@option(
    "--users", section=READING, metavar="IDS|FILE", help="Only these: 1-100,205, or a file of such lines."
)
@option(
    "--folds",
    section=WHAT,
    type=click.IntRange(1, 100),
    metavar="N",
    default=5,
    show_default=True,
    help="Forward folds.",
)
@option(
    "--same-day",
    section=READING,
    **one_of("same_day", ("history", "dropped")),
    help="Same-day reviews: kept in the history (default), or dropped.",
)
@option(
    "--rows",
    section=READING,
    **one_of("rows", ("days", "seconds")),
    help="Scored: reviews a day or more after the last (default), or all after the first.",
)
@option("--secs", section=READING, is_flag=True, help="The same as --rows seconds.")
@option(
    "--seed", section=WHAT, type=click.IntRange(min=0), metavar="N", default=0, help="Of every random draw."
)
@option(
    "--executor",
    section=WORK,
    metavar="NAME",
    help="serial, processes (default), ray, or ray:ADDRESS of a running cluster.",
)
@option("--workers", section=WORK, type=click.IntRange(min=1), metavar="N", help="Default: one a processor.")
@option("--shard", section=WORK, metavar="I/N", help="Only the I-th of N parts of the users.")
@option("--merge", section=WORK, is_flag=True, help="SOURCES are the runs of all parts: put them together.")
@option(
    "--verify",
    "published",
    section=WORK,
    metavar="ROWS",
    help="Compute the rows of this JSON-lines file again, and say whether they come out.",
)
@option(
    "--tolerance",
    section=WORK,
    type=click.FloatRange(min=0.0),
    metavar="X",
    default=1e-4,
    show_default=True,
    help="Largest difference of a figure that --verify accepts.",
)
@option(
    "--refit", section=WORK, is_flag=True, help="With --verify: fit again, even if rows carry parameters."
)
@option("-o", "--output", section=OUTPUT, metavar="FOLDER", help="Folder of the run; a stopped one goes on.")
@answer_options
def command(
    sources: Sequence[str], merge: bool, published: str | None, manner: Manner, **given: Any
) -> Answer:
    """Compare models over many users: fitted on the past, scored on what came next.

    SOURCE is a review log, a folder of review logs, or a folder with revlogs/user_id=…/*.parquet. Filters,
    splits and sizes are those of the public benchmark. A user that fails is listed and stops nobody; the exit
    code is 3 then.
    """
    if given.pop("secs"):
        given["rows"] = "seconds"
    if merge:
        return _merged(sources, given["output"])
    if len(sources) > 1:
        raise UsageError(f"{len(sources)} sources are given, expected one", hint="--merge takes several")
    if published is not None:
        return _verified(sources[0], published, given, manner)
    from repetita.benchmarking import benchmark

    with manner.progress("users") as progress:
        result = benchmark(sources[0], progress=progress, **_choices(given, "output", "shard"))
    return benchmark_answer(result)


def _choices(given: dict[str, Any], *more: str) -> dict[str, Any]:
    made = {
        name: given[name]
        for name in ("users", "folds", "same_day", "rows", "seed", "executor", "workers", *more)
        if given[name] is not None
    }
    if more:
        made["models"] = _models(given["models"])
    return made


def _models(text: str) -> list[str]:
    # the library joins options by commas, which part models here
    return [name.strip().replace("+", ",") for name in text.split(",") if name.strip()]


def _merged(sources: Sequence[str], output: str | None) -> Answer:
    if output is None:
        raise UsageError("--merge writes a run of its own", hint="name its folder with -o", where="-o")
    from repetita.benchmarking import merge

    return benchmark_answer(merge(sources, output))


def _verified(source: str, published: str, given: dict[str, Any], manner: Manner) -> Answer:
    from repetita.benchmarking import verify

    choices = _choices(given) | {"tolerance": given["tolerance"], "refit": given["refit"]}
    if given["models"] != MODELS:
        choices["model"] = _models(given["models"])[0]
    with manner.stage("computing rows again"):
        result = verify(published, source, **choices)
    return Answer(result.to_dict(), lambda: _show_verified(result), exit_code=0 if result.holds else 1)


def benchmark_answer(result: Benchmark) -> Answer:
    """What is told of a benchmark.

    Raises:
        NoReviews: No user has a result.
    """
    if not result.rows:
        listed = [*result.failures, *result.skipped]
        raise NoReviews(f"no user has a result: {listed[0]['reason']}" if listed else "there are no users")
    document = {**result.to_dict(), "folder": None if result.folder is None else str(result.folder)}
    code = EXIT_SOME_FAILED if result.failures else 0
    return Answer(document, lambda: _show(result), exit_code=code)


def _show(result: Benchmark) -> None:
    say(result.to_text().rstrip())
    if result.skipped:
        users = len({row["user"] for row in result.skipped})
        say("", f"{users} users have too few reviews and were skipped")
    if result.failures:
        cells = [(row["user"], row["model"], row["reason"]) for row in result.failures[:SHOWN_FAILURES]]
        print_table(("user", "model", "reason"), cells, title=f"{len(result.failures)} results are missing")
    if result.folder is not None:
        say("", f"wrote {result.folder}")


def _show_verified(result: Verification) -> None:
    say(result.summary())
    wrong = [
        (check.user, check.model, f"{check.size[0]} / {check.size[1]}", check.reason or _told(check.largest))
        for check in result.checks
        if not check.holds
    ]
    if wrong:
        print_table(("user", "model", "size", "what differs"), wrong[:SHOWN_FAILURES])


def _told(largest: tuple[str, float] | None) -> str:
    return "" if largest is None else f"{largest[0]} by {largest[1]:.2g}"
