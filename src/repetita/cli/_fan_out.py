"""Options of commands that hand their users out to workers, and what is told of the workers."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._arguments import Command, one_of, option
from repetita.cli._terminal import Teller, is_terminal, print_table
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.sweeps import BatchDone

WORK = "Work"
SHOWN = ("auto", "on", "off")
MPS_VARIABLE = "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"
FAN_OUT = (
    *("workers", "cuda_devices", "mps_active_thread_percentage", "set_env", "child_progress"),
    *("child_summary", "show_commands", "uv_cmd", "sleep_seconds", "fail_fast", "dry_run"),
)
"""Names by which a command receives these options."""
MOST_SLEEP_SECONDS = 86_400.0


class ForwardingCommand(Command):
    """A command whose words after ``--`` are options like those before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the first ``--`` out: programs that start others have it before what they hand on."""
        words = list(args)
        if "--" in words:
            words.remove("--")
        return super().parse_args(ctx, words)


def fan_out_options(**help_texts: str) -> tuple[Any, ...]:
    """The options of a command.

    Args:
        **help_texts: What differs: ``workers``: who works; ``cuda``: what graphics processors are for;
            ``item``: what may fail; ``batch``: what is handed out.
    """
    item, batch, cuda = (help_texts[name] for name in ("item", "batch", "cuda"))
    return (
        option(
            "--workers",
            "--max-parallel",
            "workers",
            section=WORK,
            type=click.IntRange(min=1),
            metavar="N",
            help=help_texts["workers"],
        ),
        option("--cuda-devices", section=WORK, metavar="N[,N]", help=cuda),
        option(
            "--mps-active-thread-percentage",
            section=WORK,
            type=click.IntRange(1, 100),
            metavar="PERCENT",
            help=f"Sets {MPS_VARIABLE} of worker processes.",
        ),
        option(
            "--set-env",
            section=WORK,
            multiple=True,
            metavar="NAME=VALUE",
            help="A variable of the environment of worker processes; may be repeated.",
        ),
        option(
            "--child-progress",
            section=WORK,
            default="auto",
            **one_of("value", SHOWN),
            help="Progress of each worker, too. Default: auto, on a terminal where there are several.",
        ),
        option("--child-summary", section=WORK, is_flag=True, help="A table of what each worker did."),
        option(
            "--show-commands",
            section=WORK,
            is_flag=False,
            flag_value="on",
            default="off",
            **(one_of("value", SHOWN) | {"metavar": "[on|auto|off]"}),
            help="Print the command that does the work of each user (with --shard: of each part) alone; "
            "auto: with --dry-run only.",
        ),
        option(
            "--uv-cmd",
            section=WORK,
            metavar="PROGRAM",
            help="Begin these commands with PROGRAM run, such as uv run; nothing else is started by it.",
        ),
        option(
            "--sleep-seconds",
            section=WORK,
            type=click.FloatRange(0.0, MOST_SLEEP_SECONDS),
            metavar="N",
            default=0.0,
            help=f"Rest after each {batch}, before the next is handed out.",
        ),
        option("--fail-fast", section=WORK, is_flag=True, help=f"End with the first {item} that fails."),
        option("--dry-run", section=WORK, is_flag=True, help="Say what would be done, and do nothing."),
    )


def worker_environment(given: Mapping[str, Any]) -> dict[str, str] | None:
    """Variables of the environment of workers; None where none are asked for.

    Raises:
        UsageError: Not ``NAME=VALUE``, or one name twice.
    """
    found: dict[str, str] = {}
    percent = given["mps_active_thread_percentage"]
    for text in (*given["set_env"], *([] if percent is None else [f"{MPS_VARIABLE}={percent}"])):
        name, equals, value = text.partition("=")
        if not (name.strip() and equals) or "\0" in text:
            raise UsageError(f"--set-env is {text!r}, expected NAME=VALUE", where="--set-env")
        if name.strip() in found:
            raise UsageError(f"{name.strip()} is set twice", where="--set-env")
        found[name.strip()] = value
    return found or None


def cuda_devices(given: Mapping[str, Any]) -> list[str] | None:
    """Graphics processors that workers take in turn; None where none are named."""
    asked = given["cuda_devices"]
    return None if asked is None else [part.strip() for part in asked.split(",")]


def tells_of_workers(given: Mapping[str, Any], workers: int) -> bool:
    """Whether progress of each worker is shown."""
    how = given["child_progress"]
    return bool(how == "on" or (how == "auto" and workers > 1 and is_terminal(sys.stderr)))


class WorkersTally:
    """What each worker did: told while it works, summed up at the end.

    Args:
        tell: Where progress is told.
    """

    def __init__(self, tell: Teller) -> None:
        self._tell = tell
        self._rows: dict[int | None, dict[str, Any]] = {}

    def note(self, done: BatchDone) -> None:
        """A batch has ended."""
        blank = {"worker": done.worker, "batches": 0, "runs": 0, "failed": 0, "seconds": 0.0}
        row = self._rows.setdefault(done.worker, blank)
        row["batches"] += 1
        row["runs"] += done.runs
        row["failed"] += done.failed
        row["seconds"] = None if done.seconds is None else row["seconds"] + done.seconds
        self._tell.worker(_named(done.worker), row["runs"], done._asdict())

    def to_list(self) -> list[dict[str, Any]]:
        """A row a worker, JSON-safe."""
        return sorted(self._rows.values(), key=lambda row: (row["worker"] is None, row["worker"]))

    def show(self) -> None:
        """The same as a table."""
        rows = [
            (
                _named(row["worker"]),
                row["batches"],
                row["runs"],
                row["failed"],
                "" if row["seconds"] is None else f"{row['seconds']:.1f}",
            )
            for row in self.to_list()
        ]
        print_table(("", "batches", "runs", "failed", "seconds"), rows, title="Workers")


def _named(worker: int | None) -> str:
    return "cluster" if worker is None else f"worker {worker}"


def uv_note(given: Mapping[str, Any]) -> list[str]:
    """A note where ``--uv-cmd`` has nothing to begin."""
    idle = given["uv_cmd"] is not None and not shows_commands(given)
    return ["--uv-cmd begins what --show-commands prints, which is not asked for"] if idle else []


def shows_commands(given: Mapping[str, Any]) -> bool:
    """Whether commands are printed: asked for, ``auto`` being only where nothing is run."""
    return bool(given["show_commands"] == "on" or (given["show_commands"] == "auto" and given["dry_run"]))
