"""Options that choose rows of a table of results, and where figures and lists go."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from repetita.cli._answer import plain
from repetita.cli._arguments import gathering, one_of, option
from repetita.cli._figures import figure_bytes
from repetita.cli._target import Target
from repetita.errors import OutputError, UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

F = TypeVar("F", bound=Callable[..., Any])

CHOOSING, COMPARING, OUTPUT = "Choosing runs", "Comparing", "Output"
SWITCH = ("on", "off", "any")


def names(text: str | None) -> list[str] | None:
    """Names that a comma separates; None where none were asked for."""
    return (
        None if text is None else [name.strip().replace("-", "_") for name in text.split(",") if name.strip()]
    )


def numbers(text: str, name: str) -> list[float]:
    """Numbers that a comma separates.

    Raises:
        UsageError: Something else among them, or none at all.
    """
    try:
        found = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise UsageError(f"{name} is {text!r}, expected numbers such as 0.8,0.9", where=name) from None
    if not found:
        raise UsageError(f"{name} holds no number", where=name)
    return found


def pairs(text: str | None, name: str) -> list[tuple[str, str]]:
    """Pairs of names such as ``a:b,c:d``.

    Raises:
        UsageError: A part without a colon, or with nothing on one side.
    """
    found = []
    for part in names(text) or []:
        left, colon, right = part.partition(":")
        if not (left and colon and right):
            raise UsageError(f"{name} is {text!r}, expected pairs such as fsrs3:fsrs6", where=name)
        found.append((left, right))
    return found


def selection_options(command: F) -> F:
    """Options that choose runs; the command receives ``selection``, arguments of `repetita.pareto`."""

    def gather(given: dict[str, Any]) -> dict[str, Any]:
        taken = {parameter: given.pop(parameter) for parameter in PARAMETERS}
        first = last = taken["user_id"]
        if first is None:
            first, last = taken["start_user"], taken["end_user"]
        elif taken["start_user"] is not None or taken["end_user"] is not None:
            raise UsageError("--user-id is one user, --start-user and --end-user are many", where="--user-id")
        return {
            "environments": names(taken["env"]),
            "schedulers": names(taken["sched"]),
            "users": (first, last),
            "retentions": (taken["start_retention"], taken["end_retention"]),
            "retention_step": taken["step"],
            "where": _where(taken),
            "compare": [name for name in ("fuzz", "short_term", "engine") if taken[f"compare_{name}"]],
        }

    return gathering("selection", gather, *_selecting())(command)


def results_argument(command: F) -> F:
    """``RESULTS...`` or ``--log-dir``; the command receives ``results``, all of them."""

    def gather(given: dict[str, Any]) -> tuple[str, ...]:
        found = (*given.pop("results"), *given.pop("log_dir"))
        if not found:
            raise UsageError("nothing to read: no RESULTS, and no --log-dir", where="RESULTS")
        return found

    return gathering(
        "results",
        gather,
        click.argument("results", nargs=-1, metavar="RESULTS..."),
        option(
            "--log-dir",
            section=CHOOSING,
            multiple=True,
            metavar="FOLDER",
            help="One of RESULTS, as srs-simulator names it; may be repeated.",
        ),
    )(command)


PARAMETERS = (
    *("env", "sched", "user_id", "start_user", "end_user", "start_retention", "end_retention"),
    *("step", "where", "fuzz", "short_term", "short_term_source", "engine"),
    *("compare_fuzz", "compare_short_term", "compare_engine"),
)


def _selecting() -> tuple[Callable[[Any], Any], ...]:
    def number(name: str, kind: Any, help: str) -> Any:
        return option(name, section=CHOOSING, type=kind, metavar="N", help=help)

    def flag(name: str, help: str) -> Any:
        return option(name, section=CHOOSING, is_flag=True, help=help)

    return (
        option("--env", section=CHOOSING, metavar="NAME[,NAME]", help="Environments. Default: all."),
        option("--sched", section=CHOOSING, metavar="NAME[,NAME]", help="Schedulers. Default: all."),
        number("--user-id", int, "One user."),
        number("--start-user", int, "First user."),
        number("--end-user", int, "Last user."),
        number("--start-retention", float, "Lowest desired retention."),
        number("--end-retention", float, "Highest desired retention."),
        number("--step", float, "Only desired retentions in whole steps from the lowest, or from 0.5."),
        option("--fuzz", section=CHOOSING, default="any", **one_of("value", SWITCH), help="Default: any."),
        option(
            "--short-term", section=CHOOSING, default="any", **one_of("value", SWITCH), help="Default: any."
        ),
        option("--short-term-source", section=CHOOSING, metavar="NAME", help="steps or sched. Default: any."),
        option(
            "--engine",
            section=CHOOSING,
            metavar="NAME",
            default="any",
            help="Default: any, and batched ones first.",
        ),
        option(
            "--where",
            section=CHOOSING,
            multiple=True,
            metavar="NAME=VALUE",
            help="A column of the results, such as days=1825; may be repeated.",
        ),
        flag("--compare-fuzz", "A line of its own with fuzz."),
        flag("--compare-short-term", "A line of its own with presses within a day."),
        flag("--compare-engine", "A line of its own for each engine."),
    )


axes_option = option(
    "--axes",
    section=COMPARING,
    default="total",
    **one_of("pair of axes", ("total", "gain")),
    help="gain: what reviews add to what is remembered anyway. Default: total.",
)


def bootstrap_options(command: F) -> F:
    """How often the bootstrap draws, and its seed."""
    number: dict[str, Any] = {"section": COMPARING, "metavar": "N", "show_default": True}
    seed = option("--seed", type=click.IntRange(min=0), default=0, help="Of its draws.", **number)
    count = option(
        "--replicates", type=click.IntRange(min=1), default=1000, help="Of the bootstrap.", **number
    )
    return count(seed(command))


def epsilon_option(help: str) -> Callable[[F], F]:
    """The difference up to which two are equal."""
    return option(
        "--epsilon", section=COMPARING, type=float, metavar="N", default=0.0, show_default=True, help=help
    )


def _where(taken: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in taken["where"]:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals):
            raise UsageError(f"--where is {text!r}, expected NAME=VALUE such as days=1825", where="--where")
        found[name.strip()] = _value(value.strip())
    for name in ("fuzz", "short_term"):
        if taken[name] != "any":
            found[name] = taken[name] == "on"
    for name in ("short_term_source", "engine"):
        if taken[name] not in (None, "any"):
            found[name] = taken[name]
    return found


def _value(text: str) -> Any:
    word = text.lower()
    if word in ("true", "false", "none"):
        return {"true": True, "false": False, "none": None}[word]
    try:
        return float(text)
    except ValueError:
        return text


def figure_options(command: F) -> F:
    """``--results-path``, ``--plot-dir``, ``--no-plot``, ``--force``; the command receives ``files``."""

    def gather(given: dict[str, Any]) -> Files:
        folder = None if given.pop("no_plot") else given["plot_dir"]
        given.pop("plot_dir")
        return Files(given.pop("results_path"), folder, force=given.pop("force"))

    return gathering(
        "files",
        gather,
        option("--results-path", section=OUTPUT, metavar="FILE", help="Write the list of results as JSON."),
        option("--plot-dir", section=OUTPUT, metavar="FOLDER", help="Draw figures into a folder."),
        option("--no-plot", section=OUTPUT, is_flag=True, help="Draw none, whatever --plot-dir says."),
        option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there."),
    )(command)


class Files:
    """Where lists and figures go; what was written is noted.

    Args:
        results_path: File of the list, or None.
        plot_dir: Folder of figures, or None.
        force: Overwrite what is there.
    """

    def __init__(self, results_path: str | None, plot_dir: str | None, *, force: bool) -> None:
        self.results_path, self.plot_dir, self.force = results_path, plot_dir, force
        self.written: list[str] = []

    def check(self) -> None:
        """Make sure that writing has a chance before the work.

        Raises:
            MissingExtra: Figures are asked for and matplotlib is not installed.
            OutputError: The folder cannot be made.
            OutputExists: The list is there already.
        """
        if self.results_path is not None:
            Target(self.results_path, force=self.force).check()
        if self.plot_dir is not None:
            from repetita.report.figures import require_matplotlib

            require_matplotlib()
            try:
                Path(self.plot_dir).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise OutputError(
                    f"cannot make the folder {self.plot_dir!r}: {error.strerror}", where="--plot-dir"
                ) from None

    def save_list(self, records: Sequence[Mapping[str, Any]], *, suffix: str = "") -> None:
        """Write a list of records, under the name of ``--results-path`` with a suffix."""
        if self.results_path is None:
            return
        self._save(self.list_path(suffix), (json.dumps(plain(records), indent=1) + "\n").encode())

    def list_path(self, suffix: str = "") -> Path:
        """The file of a list: ``--results-path`` with a suffix."""
        path = Path(str(self.results_path))
        return path.with_name(f"{path.stem}{suffix}{path.suffix}")

    def save_figure(self, figure: Callable[[], Figure], name: str) -> None:
        """Draw a figure into the folder, if there is one."""
        if self.plot_dir is None:
            return
        path = Path(self.plot_dir) / f"{name}.png"
        Target(str(path), force=self.force).check()
        self._save(path, figure_bytes(figure(), path))

    def save_picture(self, content: bytes, name: str) -> None:
        """Write a figure that is drawn into the folder, if there is one."""
        if self.plot_dir is not None:
            self._save(Path(self.plot_dir) / name, content)

    def _save(self, path: Path, content: bytes) -> None:
        Target(str(path), force=self.force).write(content)
        self.written.append(str(path))
