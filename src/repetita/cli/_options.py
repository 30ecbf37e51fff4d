"""Options that several commands share, each group gathered into one value.

A decorator adds a group to a command, which then receives one keyword argument: `reader_options` gives
``reading``, `model_options` gives ``chosen``, `fit_options` gives ``fitting``, `output_options` gives
``target``, and `answer_options` runs the command with ``manner`` and prints the `Answer` it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from repetita.cli._answer import Answer, success, write_document
from repetita.cli._arguments import moment, one_of, option
from repetita.cli._model_text import ModelText, model_text
from repetita.cli._target import Target
from repetita.cli._terminal import Manner
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "anki")
TIME_UNITS = ("auto", "s", "ms", "us", "ns", "iso")
PRIORS = ("default", "published", "none")
WEIGHTS = ("cubic", "uniform")
OUTLIERS = ("none", "peer")
CENTERS = ("defaults", "initial-stability")
AS_PRESET_SAYS = "preset"
RECIPES = ("default", "peer")
READING, MODEL, FITTING, OUTPUT = "Reading the log", "Model", "Fitting", "Output"
JUDGING = "Judging"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a log is to be read: the arguments of `repetita.read_reviews`."""

    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def read(self, manner: Manner, *, tell: bool = True) -> ReviewLog:
        """The log; what the reader had to guess is said on standard error, unless ``tell`` is off."""
        from repetita.reviews import read_reviews

        with manner.stage(f"reading {self.path}"):
            log: ReviewLog = read_reviews(self.path, **self.arguments)
        if tell:
            manner.notes(f"assumed: {guess}" for guess in log.funnel.guesses)
        return log


def reader_options(command: F) -> F:
    """The argument LOG and every option of the readers; the command receives ``reading``."""
    return optional_reader_options(command, required=True)


def optional_reader_options(command: F, *, required: bool = False) -> F:
    """The same where LOG may be left out; ``reading`` is None then."""
    names = ("format", "columns", "time_unit", "deck", "preset", "user", "ignore_before", "now")

    def gather(given: dict[str, Any]) -> Reading | None:
        arguments = {name: given.pop(name) for name in names}
        zone, rollover_hour = given.pop("zone"), given.pop("rollover_hour")
        if zone is not None or rollover_hour is not None:
            from repetita.scheduling import DayRule

            arguments["day_rule"] = DayRule(zone or "UTC", 4 if rollover_hour is None else rollover_hour)
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
        return path and Reading(path, {k: v for k, v in arguments.items() if v is not None})

    return _gathering(
        "reading",
        gather,
        click.argument("log", metavar="LOG" if required else "[LOG]", required=required),
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
        option("--zone", section=READING, metavar="ZONE", help="Of the learner, e.g. Europe/Paris."),
        option("--rollover-hour", section=READING, type=int, metavar="H", help="Hour at which a day begins."),
        option("--deck", section=READING, metavar="NAME", help="Anki: only this deck and those below it."),
        option("--preset", section=READING, metavar="NAME", help="Anki: only decks of this preset."),
        option("--skip-suspended", section=READING, is_flag=True, help="Anki: leave out suspended cards."),
        option("--skip-deleted", section=READING, is_flag=True, help="Anki: leave out cards that are gone."),
        option("--user", section=READING, metavar="ID", help="Only this user of a table with many."),
        option(
            "--ignore-before",
            section=READING,
            metavar="WHEN",
            help="Leave out earlier reviews: a date, a time, an age such as 365d; Anki: 'preset'.",
        ),
        option("--now", section=READING, metavar="TIME", help="Take this as the present moment."),
    )(command)


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


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which model, and with which parameters, if any were given."""

    name: str
    text: ModelText | None

    @property
    def variant(self) -> str:
        """Variant of the equations."""
        return self.text.variant if self.text else "default"

    def model(self, manner: Manner) -> MemoryModel:
        """The model with the given parameters, or with the published defaults."""
        return (self.text or ModelText(self.name)).model(manner)


def model_options(*, parameters: str, required_model: str = "fsrs6") -> Callable[[F], F]:
    """``--model`` and ``--parameters``; the command receives ``chosen``.

    Args:
        parameters: Help text of ``--parameters``.
        required_model: Default of ``--model``.
    """

    def gather(given: dict[str, Any]) -> Chosen:
        text, clip = given.pop("parameters"), given.pop("clip")
        name = given.pop("model")
        read = None if text is None else model_text(text, name, clip=clip)
        return Chosen(read.name if read else name, read)

    return _gathering(
        "chosen",
        gather,
        option("--model", section=MODEL, default=required_model, show_default=True, help="Memory model."),
        option(
            "--parameters",
            section=MODEL,
            metavar="LIST|FILE",
            help=f"{parameters} Numbers, a JSON list, or a file such as fit.json.",
        ),
        option("--clip", section=MODEL, is_flag=True, help="Move parameters that are out of bounds to them."),
    )


@dataclass(frozen=True, slots=True)
class Fitting:
    """How to fit: options of `repetita.fit`, and the seed of every random draw."""

    options: Mapping[str, Any]
    seed: int

    def unused(self, manner: Manner) -> None:
        """Say that options were given which nothing will use."""
        if self.options:
            manner.note("nothing is fitted, because parameters are given; options of the fit are not used")


def fit_options(command: F) -> F:
    """Every option of `repetita.fit` but the model; the command receives ``fitting``."""

    def gather(given: dict[str, Any]) -> Fitting:
        names = ("prior", "weights", "outliers", "center", "recipe", "threads")
        asked = {name: value for name in names if (value := given.pop(name)) is not None}
        if asked.get("prior") == "none":
            asked["prior"] = None
        if "outliers" in asked:
            asked["outliers"] = asked["outliers"] != "none" and asked["outliers"]
        return Fitting(asked, given.pop("seed"))

    return _gathering(
        "fitting",
        gather,
        option("--prior", section=FITTING, **one_of("prior", PRIORS), help="What parameters are pulled to."),
        option(
            "--weights",
            section=FITTING,
            metavar="N|cubic|uniform",
            callback=_weights,
            help="Weight of older reviews: a half-life in reviews (default 8000), or a scheme.",
        ),
        option("--outliers", section=FITTING, **one_of("outlier filter", OUTLIERS), help="Default: none."),
        option("--center", section=FITTING, **one_of("center", CENTERS), help="Where the prior is centered."),
        option("--recipe", section=FITTING, **one_of("recipe", RECIPES), help="All of the above at once."),
        option(
            "--seed",
            section=FITTING,
            type=click.IntRange(min=0),
            metavar="N",
            default=0,
            show_default=True,
            help="Of every random draw.",
        ),
        option("--threads", section=FITTING, type=click.IntRange(min=1), metavar="N", help="Default: all."),
    )(command)


def judged(chosen: Chosen, fitting: Fitting, manner: Manner) -> MemoryModel | str:
    """What is to be judged: the given parameters, or the name of a model to fit."""
    if chosen.text is None:
        return chosen.name
    fitting.unused(manner)
    return chosen.model(manner)


folds_option = option(
    "--folds",
    section=JUDGING,
    type=click.IntRange(2, 100),
    metavar="N",
    default=5,
    show_default=True,
    help="Parts to hold out, forward in time.",
)


def _weights(ctx: click.Context, parameter: click.Parameter, value: str | None) -> float | str | None:
    if value is None or value in WEIGHTS:
        return value
    try:
        half_life = float(value)
    except ValueError:
        half_life = float("nan")
    if not half_life > 0:
        raise UsageError(
            f"--weights is {value!r}, expected a half-life in reviews above 0, cubic or uniform",
            where="--weights",
        )
    return half_life


def output_options(
    *, what: str, default: str | None = None, to_standard_output: bool = False
) -> Callable[[F], F]:
    """``-o``, ``--force`` and ``--dry-run``; the command receives ``target``.

    Args:
        what: What is written, for the help text.
        default: Where it is written without ``-o``; None: nowhere.
        to_standard_output: Say that without ``-o`` it goes to standard output.
    """

    def gather(given: dict[str, Any]) -> Target:
        return Target(given.pop("output"), force=given.pop("force"), dry_run=given.pop("dry_run"))

    shown = default or ("standard output" if to_standard_output else None)
    suffix = f" Default: {shown}." if shown else ""
    return _gathering(
        "target",
        gather,
        option("-o", "--output", section=OUTPUT, default=default, metavar="PATH", help=f"{what}{suffix}"),
        option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there."),
        option("--dry-run", section=OUTPUT, is_flag=True, help="Say what would be written, and do not."),
    )


def answer_options(command: Callable[..., Answer]) -> Any:
    """``--json``, ``--quiet``, ``--debug``; the command receives ``manner`` and its `Answer` is printed."""

    @option("--json", "as_json", section=OUTPUT, is_flag=True, help="The result as one JSON document.")
    @option("-q", "--quiet", section=OUTPUT, is_flag=True, help="No notes and no progress.")
    @option("--debug", section=OUTPUT, is_flag=True, help="Show where an error came from.")
    @wraps(command)
    def run(*, as_json: bool, quiet: bool, debug: bool, **given: Any) -> int:
        answer = command(manner=Manner(as_json, quiet, debug), **given)
        if as_json:
            write_document(success(str(click.get_current_context().info_name), answer.document))
        else:
            answer.show()
        return answer.exit_code

    return run


def _gathering(
    name: str, gather: Callable[[dict[str, Any]], Any], *parameters: Callable[[Any], Any]
) -> Callable[[F], F]:
    """A decorator that adds parameters and hands their values on as one keyword argument."""

    def decorate(command: F) -> F:
        @wraps(command)
        def gathered(*args: Any, **given: Any) -> Any:
            given[name] = gather(given)
            return command(*args, **given)

        wrapped: Any = gathered
        for parameter in reversed(parameters):
            wrapped = parameter(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate
