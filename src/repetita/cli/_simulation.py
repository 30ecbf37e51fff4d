"""Options of a simulation, under the names that srs-simulator gave them, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from repetita.cli._arguments import device_option, one_of, option, with_options
from repetita.cli._terminal import Manner
from repetita.errors import InputMissing, UsageError

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.simulation import ShortTerm
    from repetita.simulation.inputs import BenchmarkResults, ButtonUsage

F = TypeVar("F", bound=Callable[..., Any])

PARTS, PERSON, SHORT, FILES, OUTPUT = "Simulation", "Person", "Within a day", "Input files", "Output"
PRIORITIES = (
    *("low_retrievability", "high_retrievability", "low_difficulty", "high_difficulty", "low_stability"),
    *("high_stability", "short_interval", "long_interval", "early_due", "late_due", "shuffled"),
)
ENGINES = {"event": "event", "lanes": "lanes", "vectorized": "lanes", "batched": "lanes"}
"""Engines by the names they have here and in srs-simulator."""
SOURCES = ("none", "steps", "sched")
DEFAULT_STEPS = {"learning_steps": "1,10", "relearning_steps": "10"}
POLICY_OPTIONS = ("policy", "sspmmc_policy", "fsrs6_adr_policy", "fsrs6_ap_policy", "anki_sm2_ap_policy")
DECK = 10_000
PARTITION = "0"


def number(name: str, *, section: str, default: float | int | None, help: str, low: float = 0.0) -> Any:
    """An option that takes a number: a whole one, unless the default has a point."""
    kind: Any = click.FloatRange(min=low) if isinstance(default, float) else click.IntRange(min=int(low))
    return option(
        name,
        section=section,
        type=kind,
        metavar="N",
        default=default,
        show_default=default is not None,
        help=help,
    )


OPTIONS = (
    option(
        "--engine",
        section=PARTS,
        default="event",
        **one_of("engine", tuple(ENGINES)),
        help="event: plain Python. lanes (or vectorized, batched): compiled, the same events. "
        "Default: event.",
    ),
    device_option(PARTS, "What lanes run on."),
    option(
        "--env",
        "environment",
        section=PARTS,
        metavar="NAME",
        default="fsrs6",
        show_default=True,
        help="How cards are truly remembered.",
    ),
    option(
        "--sched",
        "scheduler",
        section=PARTS,
        metavar="SPEC",
        default="fsrs6",
        show_default=True,
        help="Scheduler, e.g. fsrs6, anki_sm2, fixed@7.",
    ),
    option(
        "--desired-retention",
        section=PARTS,
        type=float,
        metavar="R",
        default=0.9,
        show_default=True,
        help="What the scheduler aims at.",
    ),
    option(
        "--scheduler-priority",
        section=PARTS,
        default="low_retrievability",
        **one_of("scheduler priority", PRIORITIES),
        help="Order of due reviews.",
    ),
    number("--days", section=PARTS, default=1825, low=1, help="Length of the run."),
    number("--deck", section=PARTS, default=None, help="New cards. Default: 10000; with --start its own."),
    number("--seed", section=PARTS, default=42, help="Of all random numbers."),
    number(
        "--seeds", section=PARTS, default=1, low=1, help="Runs, with seeds from --seed on; shows intervals."
    ),
    option("--fuzz", section=PARTS, is_flag=True, help="Fuzz intervals as Anki does."),
    option(
        "--compat",
        section=PARTS,
        **one_of("program", ("srs-simulator",)),
        help="Follow that program, faults included.",
    ),
    option(
        "--switch",
        "switches",
        section=PARTS,
        multiple=True,
        metavar="NAME=VALUE",
        help="One departure by name; may be repeated.",
    ),
    option(
        "--priority",
        section=PERSON,
        default="new-first",
        **one_of("priority", ("new-first", "review-first")),
        help="What comes first.",
    ),
    number("--learn-limit", section=PERSON, default=10, help="New cards a day."),
    number("--review-limit", section=PERSON, default=9999, help="Reviews a day."),
    number("--cost-limit-minutes", section=PERSON, default=720.0, help="Minutes a day."),
    number("--attendance", section=PERSON, default=1.0, help="Probability to study on a day."),
    number("--lazy-good-bias", section=PERSON, default=0.0, help="Probability of a thoughtless Good."),
    number("--base-seconds", section=PERSON, default=0.0, help="Time that every review takes in addition."),
    number("--latency-penalty", section=PERSON, default=0.0, help="How much longer that is at recall 0."),
    number("--leech-lapses", section=PERSON, default=None, help="Lapses after which a card is suspended."),
    option(
        "--vacation",
        "vacations",
        section=PERSON,
        multiple=True,
        metavar="FIRST-LAST",
        help="Days without study; may be repeated.",
    ),
    option(
        "--short-term-source",
        section=SHORT,
        default="none",
        **one_of("source", SOURCES),
        help="Presses within a day. Default: none.",
    ),
    option(
        "--learning-steps", section=SHORT, metavar="MINUTES", help='Default with steps: 1,10; "" for none.'
    ),
    option(
        "--relearning-steps", section=SHORT, metavar="MINUTES", help='Default with steps: 10; "" for none.'
    ),
    number("--short-term-threshold", section=SHORT, default=0.5, help="Days; with sched only."),
    number(
        "--short-term-loops-limit", section=SHORT, default=10, help="Loops a day; with steps and sched only."
    ),
    option(
        "--start",
        section=FILES,
        metavar="LOG",
        help="Go on from these cards: a review log, or an Anki file. --deck then counts new cards.",
    ),
    number("--user-id", section=FILES, default=None, help="Row of the input files. Default: 1."),
    option("--button-usage", section=FILES, metavar="FILE", help="Shares and costs of real people."),
    option(
        "--review-markov-transition",
        section=FILES,
        is_flag=True,
        help="Ratings by the previous one, from that file.",
    ),
    option(
        "--srs-benchmark-root",
        section=FILES,
        metavar="FOLDER",
        help="Folder with result/*.jsonl: fitted parameters.",
    ),
    option("--benchmark-result", section=FILES, metavar="MODEL=NAME,…", help="Other result files."),
    option(
        "--benchmark-partition",
        section=FILES,
        metavar="KEY",
        default=PARTITION,
        show_default=True,
        help="Which list of a user.",
    ),
    option(
        "--policy",
        section=FILES,
        metavar="FILE",
        help="Policy of the scheduler; the four below are the same.",
    ),
    option("--sspmmc-policy", section=FILES, metavar="FILE", help="For sspmmc."),
    option("--fsrs6-adr-policy", section=FILES, metavar="FILE", help="For fsrs6_adr and its kin."),
    option("--fsrs6-ap-policy", section=FILES, metavar="FILE", help="For fsrs6_ap."),
    option("--anki-sm2-ap-policy", section=FILES, metavar="FILE", help="For anki_sm2_ap."),
    number("--cost-weight", section=FILES, default=0.0, help="For fsrs6_cost_adr."),
    option(
        "--log-dir",
        section=OUTPUT,
        metavar="FOLDER",
        default="logs",
        show_default=True,
        help="Where logs go.",
    ),
    option("--no-log", section=OUTPUT, is_flag=True, help="Write no logs."),
    option("--log-reviews", section=OUTPUT, is_flag=True, help="A line a press in the log."),
    option("--no-plot", section=OUTPUT, is_flag=True, help="No dashboard beside the log."),
    option("--plot", section=OUTPUT, metavar="FILE", help="The dashboard as .png, .svg or .pdf there."),
    option("--report", section=OUTPUT, metavar="FILE", help="One HTML page: numbers, settings, dashboard."),
    option("--no-progress", section=OUTPUT, is_flag=True, help="No progress bar."),
    option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there."),
)


def simulation_options(command: F) -> F:
    """Every option of a simulation; the command receives them by name."""
    return simulation_options_but()(command)


def simulation_options_but(*left_out: str) -> Callable[[F], F]:
    """Options of a simulation, but for those whose values a command would receive by these names."""
    return with_options([one for one in OPTIONS if _parameter(one) not in left_out])


def _parameter(decorator: Callable[[Any], Any]) -> str:
    """The name by which a command receives the value of an option."""

    def carrier() -> None:
        """Carries the option."""

    parameters: list[click.Parameter] = vars(decorator(carrier))["__click_params__"]
    return str(parameters[0].name)


def plan_options(given: Mapping[str, Any], manner: Manner) -> dict[str, Any]:
    """Arguments of `repetita.simulation.running.plan`."""
    short = short_term(given)
    usage = _usage(given, manner)
    parameters, belief = _fitted(given, short is not None, manner)
    return {
        "environment": parameters or given["environment"],
        "scheduler": given["scheduler"],
        "desired_retention": given["desired_retention"],
        "days": given["days"],
        "deck": deck_of(given),
        "start": given["start"],
        "scheduler_parameters": belief,
        "scheduler_priority": given["scheduler_priority"],
        "policy": policy_path(given),
        "cost_weight": given["cost_weight"],
        "behavior": person(given, usage),
        "cost": cost(given, usage, short),
        "short_term": short,
        "fuzz": given["fuzz"],
        "leech_lapses": given["leech_lapses"],
        "compat": given["compat"],
        "switches": switches(given["switches"]),
        "user": given["user_id"] or 0,
    }


def deck_of(given: Mapping[str, Any]) -> int | None:
    """New cards; None: those of the start."""
    deck: int | None = given["deck"]
    return DECK if deck is None and given["start"] is None else deck


def short_term(given: Mapping[str, Any]) -> ShortTerm | None:
    """Presses within a day.

    Raises:
        UsageError: Steps where they have no place, or that are no minutes.
    """
    from repetita.simulation import ShortTerm

    source = given["short_term_source"]
    for name in DEFAULT_STEPS:
        if given[name] and source != "steps":
            option_name = "--" + name.replace("_", "-")
            raise UsageError(f"{option_name} needs --short-term-source steps", where=option_name)
    if source == "none":
        return None
    steps = {name: _minutes(name, given[name], default) for name, default in DEFAULT_STEPS.items()}
    return ShortTerm(
        source=source,
        threshold_days=given["short_term_threshold"],
        loops_limit=given["short_term_loops_limit"],
        **(steps if source == "steps" else dict.fromkeys(steps, ())),
    )


def policy_path(given: Mapping[str, Any]) -> str | None:
    """The one policy file that is given.

    Raises:
        UsageError: Several are.
    """
    named = [name for name in POLICY_OPTIONS if given[name]]
    if len(named) > 1:
        raise UsageError(f"--{named[1].replace('_', '-')} is given beside another policy", hint="give one")
    path: str | None = given[named[0]] if named else None
    return path


def _minutes(name: str, text: str | None, default: str) -> tuple[float, ...]:
    given = default if text is None else text
    try:
        return tuple(float(part) for part in given.split(",") if part.strip())
    except ValueError:
        raise UsageError(
            f"--{name.replace('_', '-')} is {given!r}, expected minutes such as 1,10",
            where=f"--{name.replace('_', '-')}",
        ) from None


def _usage(given: Mapping[str, Any], manner: Manner) -> ButtonUsage | None:
    if given["button_usage"] is None:
        if given["review_markov_transition"]:
            raise UsageError("--review-markov-transition needs --button-usage", where="--button-usage")
        return None
    from repetita.simulation.inputs import JsonLines, button_usage

    usage = button_usage(JsonLines(given["button_usage"]), user_of_files(given))
    manner.notes(usage.notes)
    return usage


def _fitted(
    given: Mapping[str, Any], short: bool, manner: Manner
) -> tuple[MemoryModel | None, MemoryModel | None]:
    """Fitted models of the environment and of the scheduler, where a benchmark folder is given."""
    results = benchmark_results(given, short)
    if results is None:
        return None, None
    user = user_of_files(given)
    return _model_of(given["environment"], results, user), _model_of(given["scheduler"], results, user)


def user_of_files(given: Mapping[str, Any]) -> int:
    """The user whose row of the input files is taken."""
    return 1 if given["user_id"] is None else int(given["user_id"])


def benchmark_results(given: Mapping[str, Any], short: bool) -> BenchmarkResults | None:
    """The benchmark folder with fitted parameters, where one is given.

    Raises:
        UsageError: Options about it without it.
        InputMissing: No such folder.
    """
    if given["srs_benchmark_root"] is None:
        if given["benchmark_result"]:
            raise UsageError("--benchmark-result needs --srs-benchmark-root", where="--srs-benchmark-root")
        if given["benchmark_partition"] != PARTITION:
            raise UsageError("--benchmark-partition needs --srs-benchmark-root", where="--srs-benchmark-root")
        return None
    from repetita.simulation.inputs import BenchmarkResults, benchmark_bases

    if not Path(given["srs_benchmark_root"]).is_dir():
        raise InputMissing(f"no folder {given['srs_benchmark_root']!r}", where="--srs-benchmark-root")
    return BenchmarkResults(
        given["srs_benchmark_root"],
        bases=benchmark_bases(given["benchmark_result"]),
        partition=given["benchmark_partition"],
        short_term=short,
    )


def _model_of(spec: str, results: BenchmarkResults, user: int) -> MemoryModel | None:
    from repetita.simulation.inputs.people import fitted_model

    name = fitted_model(spec)
    return results.model(name, user) if results.fits(name) else None


def person(given: Mapping[str, Any], usage: ButtonUsage | None = None) -> Any:
    """The person that options describe, with shares of ratings from button usage."""
    from repetita.simulation import Behavior

    if usage is not None:
        return usage.behavior(markov=given["review_markov_transition"], **habits(given))
    return Behavior(**habits(given))


def habits(given: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a `repetita.simulation.Behavior` that options set."""
    return {
        "attendance": given["attendance"],
        "lazy_good_bias": given["lazy_good_bias"],
        "new_limit": given["learn_limit"],
        "review_limit": given["review_limit"],
        "minutes_limit": given["cost_limit_minutes"],
        "priority": given["priority"],
        "vacations": tuple(_vacation(text) for text in given["vacations"]),
    }


def costs(given: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a `repetita.simulation.Cost` that options set."""
    return {"base_seconds": given["base_seconds"], "penalty": given["latency_penalty"]}


def cost(given: Mapping[str, Any], usage: ButtonUsage | None, short: ShortTerm | None) -> Any:
    """What presses cost, by button usage or by default."""
    from dataclasses import replace

    from repetita.simulation.running import default_cost
    from repetita.simulation.switches import switches_for

    base = (
        usage.cost(short_term=short is not None)
        if usage
        else default_cost(short, switches_for(given["compat"], switches(given["switches"])))
    )
    return replace(base, **costs(given))


def _vacation(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    try:
        return int(first), int(last if dash else first)
    except ValueError:
        raise UsageError(f"--vacation is {text!r}, expected days such as 30-44", where="--vacation") from None


def switches(texts: tuple[str, ...]) -> dict[str, Any]:
    """Switches as they are written: true and false, numbers, or words."""
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--switch is {text!r}, expected NAME=VALUE", where="--switch")
        word = value.strip().lower()
        found[name.strip()] = {"true": True, "false": False}.get(word, word)
        if word.replace(".", "", 1).isdigit() or word == "inf":
            found[name.strip()] = float(word)
    return found
