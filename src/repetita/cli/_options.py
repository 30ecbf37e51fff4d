"""Options that several commands share, each group gathered into one value.

A decorator adds a group to a command, which then receives one keyword argument: `model_options` gives
``chosen``, `fit_options` gives ``fitting``, `output_options` gives ``target``, and `answer_options` runs the
command with ``manner`` and prints the `Answer` it returns. `repetita.cli._reading` has those of the readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from repetita.cli._answer import Answer, success, write_document
from repetita.cli._arguments import gathering, one_of, option
from repetita.cli._model_text import ModelText, model_text
from repetita.cli._target import Target
from repetita.cli._terminal import Manner
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel

F = TypeVar("F", bound=Callable[..., Any])

PRIORS = ("default", "published", "none")
WEIGHTS = ("uniform", "cubic", "fsrs7", "logistic_regression")
OUTLIERS = ("none", "peer", "fsrs-rs", "fsrs-optimizer")
CENTERS = ("defaults", "initial-stability")
RECIPES = ("default", "map", "peer", "reference")
MODEL, FITTING, JUDGING, OUTPUT = "Model", "Fitting", "Judging", "Output"


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

    return gathering(
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
        names = ("prior", "weights", "outliers", "center", "recipe", "only", "threads")
        asked = {name: value for name in names if (value := given.pop(name)) is not None}
        if asked.get("prior") == "none":
            asked["prior"] = None
        if "outliers" in asked:
            asked["outliers"] = asked["outliers"] != "none" and asked["outliers"]
        if "," in asked.get("only", ""):
            asked["only"] = [name.strip() for name in asked["only"].split(",")]
        return Fitting(asked, given.pop("seed"))

    return gathering(
        "fitting",
        gather,
        option("--prior", section=FITTING, **one_of("prior", PRIORS), help="What parameters are pulled to."),
        option(
            "--weights",
            section=FITTING,
            metavar="N|SCHEME",
            callback=_weights,
            help=f"Weight of older reviews: a half-life in reviews (default 8000), or {', '.join(WEIGHTS)}.",
        ),
        option("--outliers", section=FITTING, **one_of("outlier filter", OUTLIERS), help="Default: none."),
        option("--center", section=FITTING, **one_of("center", CENTERS), help="Where the prior is centered."),
        option(
            "--recipe",
            section=FITTING,
            **one_of("recipe", RECIPES),
            help="All of the above at once; reference: the training the model was published with.",
        ),
        option(
            "--only",
            section=FITTING,
            metavar="NAME[,NAME]",
            help="Fit these parameters only, or initial-stability; the others stay.",
        ),
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
            f"--weights is {value!r}, expected a half-life in reviews above 0, or {', '.join(WEIGHTS)}",
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
    return gathering(
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
        # --debug is read where errors end up, which may be before options are parsed
        answer = command(manner=Manner(quiet), **given)
        if as_json:
            write_document(success(str(click.get_current_context().info_name), answer.document))
        else:
            answer.show()
        return answer.exit_code

    return run
