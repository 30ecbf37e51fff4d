"""The log a command works on: the argument LOG and every option of the readers, gathered into `Reading`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from repetita.cli._arguments import gathering, moment, one_of, option
from repetita.cli._terminal import Manner
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "anki")
TIME_UNITS = ("auto", "s", "ms", "us", "ns", "iso")
AS_PRESET_SAYS = "preset"
READING = "Reading the log"


def _columns(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str] | None:
    pairs = [value.partition("=") for value in values]
    for name, equals, column in pairs:
        if not (name and equals and column):
            raise UsageError(
                f"--column {name + equals + column!r} is not NAME=COLUMN", hint="e.g. --column rating=grade"
            )
    return {name.strip(): column.strip() for name, _, column in pairs} or None


OPTIONS = (
    option("--format", section=READING, **one_of("format", FORMATS), help="Instead of looking."),
    option(
        "--column",
        "columns",
        section=READING,
        multiple=True,
        metavar="NAME=COLUMN",
        callback=_columns,
        help="Which column holds what, e.g. rating=my_grade. May be given again.",
    ),
    option("--time-unit", section=READING, **one_of("time unit", TIME_UNITS), help="Of review times."),
    option(
        "--zone",
        section=READING,
        metavar="ZONE",
        help="Of the learner, e.g. Europe/Paris. Anki: its own days, as in that zone.",
    ),
    option(
        "--rollover-hour",
        section=READING,
        type=int,
        metavar="H",
        help="Hour at which a day begins (4). Anki: with --zone, for calendar days instead of its own.",
    ),
    option("--deck", section=READING, metavar="NAME", help="Anki: only this deck and those below it."),
    option("--preset", section=READING, metavar="NAME", help="Anki: only decks of this preset."),
    option("--skip-suspended", section=READING, is_flag=True, help="Anki: leave out suspended cards."),
    option("--skip-deleted", section=READING, is_flag=True, help="Anki: leave out cards that are gone."),
    option("--allow-locked", section=READING, is_flag=True, help="Anki: read though Anki has it open."),
    option("--user", section=READING, metavar="ID", help="Only this user of a table with many."),
    option(
        "--ignore-before",
        section=READING,
        metavar="WHEN",
        help="Leave out cards first reviewed earlier: a date, a time, an age (365d); Anki: 'preset'.",
    ),
    option("--now", section=READING, metavar="TIME", help="Take this as the present moment."),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a log is to be read.

    Attributes:
        path: The file.
        arguments: Those of `repetita.read_reviews`.
        hour_alone: Whether an hour was given at which days begin, and no zone.
    """

    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    hour_alone: bool = False

    def read(self, manner: Manner, *, tell: bool = True) -> ReviewLog:
        """The log; what was guessed and dropped is said on standard error, unless ``tell`` is off."""
        from repetita.reviews import read_reviews

        with manner.stage(f"reading {self.path}"):
            self._check_days()
            log: ReviewLog = read_reviews(self.path, **self.arguments)
        if tell:
            manner.notes(f"assumed: {guess}" for guess in log.funnel.guesses)
            if losses := log.funnel.losses():
                manner.note(f"{losses}; repetita inspect shows examples")
        return log

    def format(self) -> str:
        """What the file is, by its content or as said."""
        from repetita.reviews.sniff import detect_format, existing_file

        return detect_format(existing_file(self.path), self.arguments.get("format"))

    def _check_days(self) -> None:
        if self.hour_alone and self.format() == "anki":
            raise UsageError(
                "--rollover-hour needs --zone for an Anki collection, which has an hour of its own",
                hint="e.g. --zone Europe/Paris --rollover-hour 4 for calendar days there",
                where="--rollover-hour",
            )


def reader_options(command: F) -> F:
    """The argument LOG and every option of the readers; the command receives ``reading``."""
    return optional_reader_options(command, required=True)


def optional_reader_options(command: F, *, required: bool = False) -> F:
    """The same where LOG may be left out; ``reading`` is None then."""
    names = (
        *("format", "columns", "time_unit", "zone", "deck", "preset", "user", "ignore_before", "now"),
        "allow_locked",
    )

    def gather(given: dict[str, Any]) -> Reading | None:
        arguments = {name: given.pop(name) for name in names}
        zone, rollover_hour = arguments["zone"], given.pop("rollover_hour")
        if zone is not None or rollover_hour is not None:
            from repetita.scheduling import DayRule

            # made even for a zone alone, so that a mistyped one is told before anything is read
            rule = DayRule(zone or "UTC", 4 if rollover_hour is None else rollover_hour)
            if rollover_hour is not None:
                arguments["zone"], arguments["day_rule"] = None, rule
        now = arguments["now"] and moment(arguments["now"], name="--now")
        before = arguments["ignore_before"]
        arguments["now"] = now
        arguments["include_suspended"] = not given.pop("skip_suspended")
        arguments["include_deleted_cards"] = not given.pop("skip_deleted")
        if before not in (None, AS_PRESET_SAYS):
            arguments["ignore_before"] = moment(
                before, name="--ignore-before", age_from=now or datetime.now(UTC)
            )
        path = given.pop("log")
        arguments = {name: value for name, value in arguments.items() if value is not None}
        if path is None:
            return None
        return Reading(path, arguments, hour_alone=rollover_hour is not None and zone is None)

    log = click.argument("log", metavar="LOG" if required else "[LOG]", required=required)
    return gathering("reading", gather, log, *OPTIONS)(command)
