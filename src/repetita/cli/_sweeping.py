"""Options of a sweep, and the arguments of `repetita.sweep` that they stand for."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from repetita.cli import _simulation as simulation
from repetita.cli._arguments import one_of, option
from repetita.cli._comparing import names
from repetita.cli._simulation import number, simulation_options_but
from repetita.errors import CorruptInput, InputMissing, UsageError, unknown_name

F = TypeVar("F", bound=Callable[..., Any])

SWEPT, POLICIES, WORK, OUTPUT = "What is swept", "Policies", "Work", "Output"
LEFT_OUT = (
    *("engine", "device", "environment", "scheduler", "desired_retention", "start", "user_id", "cost_weight"),
    *("policy", "sspmmc_policy", "fsrs6_adr_policy", "fsrs6_ap_policy", "anki_sm2_ap_policy"),
    *("log_dir", "no_log", "no_plot", "plot", "report", "force", "fuzz"),
)
SOURCES = ("policy", "policy_root", "train_run_root", "policy_manifest")
FAMILIES = {
    "fsrs6_adr": ("fsrs6_adr", "fsrs6_adr_time", "fsrs6_default_adr", "fsrs6_cost_adr"),
    "fsrs6_ap": ("fsrs6_ap",),
    "anki_sm2_ap": ("anki_sm2_ap",),
}
"""Schedulers by the options that say where their policies are."""
MANIFESTS = {"fsrs6": "fsrs6_dr_manifest", "fsrs3": "fsrs3_dr_manifest"}
SSPMMC = ("sspmmc_policy", "sspmmc_policy_dir", "sspmmc_policies")
# options that say how a sweep is run, not what comes out
ABOUT_WORK = (
    *("config", "output", "executor", "workers", "shard", "max_lanes_per_batch", "batch_size", "device"),
    *(
        "log_dir",
        "no_log",
        "log_layout",
        "diagnostic_csv_logs",
        "log_reviews",
        "jsonl",
        "dry_run",
        "fail_fast",
    ),
    *("progress_events", "no_progress", "no_summary", "json", "quiet", "debug"),
)
TABLE = "command"


def _config(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Takes defaults of options from a file; what is given on the command line goes before."""
    if value is None:
        return None
    try:
        content = tomllib.loads(Path(value).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputMissing(f"no file {value!r}", where="--config") from None
    except (OSError, ValueError) as error:
        raise CorruptInput(f"{value!r} is no TOML: {error}", where="--config") from None
    given = content.get(TABLE, content) if content.get("kind") == "sweep" else content
    known = {_spelled(p): p for p in ctx.command.params if isinstance(p, click.Option) and p.name != "config"}
    found: dict[str, Any] = {}
    for name, entry in given.items():
        key = name.replace("_", "-")
        if key not in known:
            raise unknown_name(f"option in {value!r}", name, known)
        target = known[key]
        if isinstance(entry, list) and not target.multiple:
            entry = ",".join(map(str, entry))
        if isinstance(entry, dict):
            raise UsageError(f"{name} in {value!r} is a table, expected a value or a list", where="--config")
        found[str(target.name)] = entry
    ctx.default_map = {**(ctx.default_map or {}), **found}
    return value


def _spelled(parameter: click.Option) -> str:
    """An option as it is written, without dashes in front."""
    return max(parameter.opts, key=len).lstrip("-")


def _file(name: str, help: str, *, metavar: str = "FILE") -> Any:
    return option(name, section=POLICIES, metavar=metavar, help=help)


def _family(name: str) -> tuple[Any, ...]:
    flag, first = name.replace("_", "-"), FAMILIES[name][0]
    return (
        _file(f"--{flag}-policy", f"One policy for {first}, for all users.", metavar="FILE[,FILE]"),
        _file(f"--{flag}-policy-root", "Each user's: a folder with policy.json.", metavar="FOLDER"),
        _file(f"--{flag}-train-run-root", "The same: what a training run left.", metavar="FOLDER"),
        _file(f"--{flag}-policy-manifest", "Each user's: a TOML list of policies."),
        _file(f"--{flag}-lambda", "Only policies of these lambdas.", metavar="X[,X]"),
    )


OPTIONS = (
    option(
        "--config",
        section=SWEPT,
        metavar="FILE",
        is_eager=True,
        callback=_config,
        help="TOML with options by name, or the run.toml of a sweep; the command line goes before.",
    ),
    option(
        "--env",
        section=SWEPT,
        metavar="NAME[,NAME]",
        default="fsrs6",
        show_default=True,
        help="How cards are truly remembered.",
    ),
    option(
        "--sched",
        section=SWEPT,
        metavar="SPEC[,SPEC]",
        default="fsrs6,anki_sm2,memrise",
        show_default=True,
        help="Schedulers.",
    ),
    number("--user-id", section=SWEPT, default=None, help="One user. Default: user 1."),
    number("--start-user", section=SWEPT, default=None, help="First user."),
    number("--end-user", section=SWEPT, default=None, help="Last user."),
    number("--start-retention", section=SWEPT, default=0.5, help="First desired retention."),
    number("--end-retention", section=SWEPT, default=0.98, help="Last desired retention."),
    option(
        "--step",
        section=SWEPT,
        type=float,
        metavar="N",
        default=0.02,
        show_default=True,
        help="From one to the next; negative to go down.",
    ),
    option("--desired-retentions", section=SWEPT, metavar="R[,R]", help="These in place of the three above."),
    option("--fuzz", section=SWEPT, is_flag=True, help="Fuzz intervals as Anki does."),
    option("--cost-weights", section=POLICIES, metavar="X[,X]", default="0", help="For fsrs6_cost_adr."),
    _file("--fsrs6-dr-manifest", "Desired retentions of fsrs6 for each user."),
    _file("--fsrs3-dr-manifest", "Desired retentions of fsrs3 for each user."),
    _file("--sspmmc-policy", "One policy for sspmmc."),
    _file("--sspmmc-policy-dir", "All of a folder.", metavar="FOLDER"),
    _file("--sspmmc-policies", "Several policies.", metavar="FILE[,FILE]"),
    option(
        "--sspmmc-policy-glob", section=POLICIES, metavar="PATTERN", default="*.json", help="In the folder."
    ),
    number("--sspmmc-max", section=POLICIES, default=None, low=1, help="Only so many of the folder."),
    number("--sspmmc-desired-retention", section=POLICIES, default=0.9, help="Written into results."),
    *(one for name in FAMILIES for one in _family(name)),
    option("-o", "--output", section=WORK, metavar="FOLDER", help="Of the run; a stopped one goes on."),
    option(
        "--executor",
        section=WORK,
        metavar="NAME",
        default="serial",
        help="serial (threads, default), processes, ray, or ray:ADDRESS of a running cluster.",
    ),
    option(
        "--workers",
        "--max-parallel",
        "workers",
        section=WORK,
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes, or threads. Default: one a processor.",
    ),
    option("--shard", section=WORK, metavar="I/N", help="Only the I-th of N parts of the users."),
    number("--max-lanes-per-batch", section=WORK, default=None, low=1, help="Default: what fits in memory."),
    number("--batch-size", section=WORK, default=None, low=1, help="Most users in a batch."),
    option(
        "--device",
        "--torch-device",
        "device",
        section=WORK,
        default="cpu",
        **one_of("device", ("cpu", "cuda")),
        help="Default: cpu.",
    ),
    option("--fail-fast", section=WORK, is_flag=True, help="End with the first run that fails."),
    option("--dry-run", section=WORK, is_flag=True, help="Say what would be run, and run nothing."),
    option(
        "--log-dir",
        section=OUTPUT,
        metavar="FOLDER",
        help="Also a log a run in the ecosystem's layout.",
    ),
    option(
        "--no-log", section=OUTPUT, is_flag=True, help="No logs, even where a configuration names a folder."
    ),
    option(
        "--log-layout",
        section=OUTPUT,
        default="user",
        **one_of("layout of logs", ("user", "sweep")),
        help="A folder a user (default), or all logs in one.",
    ),
    option("--diagnostic-csv-logs", section=OUTPUT, is_flag=True, help="A table of days beside each log."),
    option("--jsonl", section=OUTPUT, is_flag=True, help="Keep the table as results.jsonl, too."),
    option(
        "--progress-events", section=OUTPUT, is_flag=True, help="Progress as JSON lines, on standard error."
    ),
    option("--no-summary", section=OUTPUT, is_flag=True, help="No table of means."),
)


def sweep_options(command: F) -> F:
    """Every option of a sweep; the command receives them by name."""
    wrapped: Any = simulation_options_but(*LEFT_OUT)(command)
    for decorate in reversed(OPTIONS):
        wrapped = decorate(wrapped)
    return wrapped  # type: ignore[no-any-return]


def sweep_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of `repetita.sweeps.plan_sweep`."""
    from repetita.simulation.inputs import JsonLines, people

    short = simulation.short_term(given)
    worlds, schedulers = names(given["env"]) or [], names(given["sched"]) or []
    if given["review_markov_transition"] and given["button_usage"] is None:
        raise UsageError("--review-markov-transition needs --button-usage", where="--button-usage")
    usage = None if given["button_usage"] is None else JsonLines(given["button_usage"])
    results = simulation.benchmark_results(given, short is not None)
    everyone = people(
        _users(given),
        results=results,
        models=[*worlds, *schedulers],
        usage=usage,
        markov=given["review_markov_transition"],
        short_term=short is not None,
        habits=simulation.habits(given),
        costs=simulation.costs(given),
    )
    options = {
        "scheduler_priority": given["scheduler_priority"],
        "short_term": short,
        "fuzz": given["fuzz"],
        "leech_lapses": given["leech_lapses"],
        "compat": given["compat"],
        "switches": simulation.switches(given["switches"]),
    }
    if usage is None:
        options |= {"behavior": simulation.person(given), "cost": simulation.cost(given, None, short)}
    return {
        "users": everyone,
        "environments": worlds,
        "schedulers": list(_schedulers(given, schedulers)),
        "desired_retention": _retentions(given),
        "seeds": range(given["seed"], given["seed"] + given["seeds"]),
        "days": given["days"],
        "deck": simulation.DECK if given["deck"] is None else given["deck"],
        "output": given["output"],
        "shard": given["shard"],
        "executor": given["executor"],
        "workers": given["workers"],
        "max_lanes_per_batch": given["max_lanes_per_batch"],
        "device": given["device"],
        "log_dir": None if given["no_log"] else given["log_dir"],
        "log_layout": given["log_layout"],
        "log_days": given["diagnostic_csv_logs"],
        "log_reviews": given["log_reviews"],
        "json_lines": given["jsonl"],
        "fail_fast": given["fail_fast"],
        "files": [] if usage is None else [usage.path],
        **options,
    }


def told_again(context: click.Context) -> dict[str, Any]:
    """Options that were given, by name, for run.toml: what makes the same sweep with ``--config``."""
    from click.core import ParameterSource

    told = {}
    for parameter in context.command.params:
        name = str(parameter.name)
        source = context.get_parameter_source(name)
        if source in (None, ParameterSource.DEFAULT) or name in ABOUT_WORK:
            continue
        value = context.params[name]
        if isinstance(parameter, click.Option):
            told[_spelled(parameter)] = list(value) if isinstance(value, tuple) else value
    return told


def _users(given: Mapping[str, Any]) -> range:
    one, first, last = given["user_id"], given["start_user"], given["end_user"]
    if one is not None:
        if first is not None or last is not None:
            raise UsageError("--user-id is one user, --start-user and --end-user are many", where="--user-id")
        return range(one, one + 1)
    first = 1 if first is None else first
    last = first if last is None else last
    if last < first:
        raise UsageError(f"users {first} to {last} are none", where="--end-user")
    return range(first, last + 1)


def _retentions(given: Mapping[str, Any]) -> Sequence[float]:
    from repetita.sweeps import retention_grid

    if given["desired_retentions"] is not None:
        return _numbers(given["desired_retentions"], "--desired-retentions")
    return retention_grid(given["start_retention"], given["end_retention"], given["step"])


def _numbers(text: str, name: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise UsageError(f"{name} is {text!r}, expected numbers such as 0.8,0.9", where=name) from None
    if not found:
        raise UsageError(f"{name} holds no number", where=name)
    return found


def _schedulers(given: Mapping[str, Any], schedulers: Sequence[str]) -> Iterator[Any]:
    """Schedulers with what options say of their settings."""
    from repetita.sweeps import retention_manifest

    used = set()
    for scheduler in schedulers:
        family = next((name for name, kin in FAMILIES.items() if scheduler in kin), None)
        if family is not None:
            used.add(family)
            yield from _with_policies(given, scheduler, family)
        elif scheduler == "sspmmc":
            used.add("sspmmc")
            yield _sspmmc(given)
        elif scheduler in MANIFESTS and given[MANIFESTS[scheduler]] is not None:
            used.add(MANIFESTS[scheduler])
            yield retention_manifest(scheduler, given[MANIFESTS[scheduler]])
        else:
            yield scheduler
    _require_used(given, used)


def _with_policies(given: Mapping[str, Any], scheduler: str, family: str) -> Iterator[Any]:
    from dataclasses import replace

    from repetita.sweeps import policy_files, policy_manifest, policy_root

    source = _one_source(given, scheduler, [f"{family}_{kind}" for kind in SOURCES])
    value, kind = given[source], source.removeprefix(f"{family}_")
    chosen = given[f"{family}_lambda"]
    weights = None if chosen is None else _numbers(chosen, f"--{family}-lambda".replace("_", "-"))
    if kind == "policy":
        files = policy_files(scheduler, [part.strip() for part in value.split(",")])
        if scheduler != "fsrs6_cost_adr":
            yield files
            return
        cost_weights = _numbers(given["cost_weights"], "--cost-weights")
        yield tuple(replace(one, cost_weight=weight) for one in files for weight in cost_weights)
    elif kind == "policy_manifest":
        yield policy_manifest(scheduler, value, weights=weights)
    else:
        yield policy_root(scheduler, value, weights=weights)


def _sspmmc(given: Mapping[str, Any]) -> Any:
    from repetita.sweeps import policy_files

    source = _one_source(given, "sspmmc", SSPMMC)
    paths = given[source].split(",") if source == "sspmmc_policies" else given[source]
    return policy_files(
        "sspmmc",
        paths,
        pattern=given["sspmmc_policy_glob"],
        most=given["sspmmc_max"],
        desired_retention=given["sspmmc_desired_retention"],
    )


def _one_source(given: Mapping[str, Any], scheduler: str, known: Sequence[str]) -> str:
    flags = ["--" + name.replace("_", "-") for name in known]
    there = [(name, flag) for name, flag in zip(known, flags, strict=True) if given[name] is not None]
    if len(there) != 1:
        found = "none is given" if not there else f"{there[0][1]} and {there[1][1]} are given"
        raise UsageError(
            f"scheduler {scheduler} needs its policies from one place, {found}",
            hint="one of " + ", ".join(flags),
            where=flags[0],
        )
    return there[0][0]


def _require_used(given: Mapping[str, Any], used: set[str]) -> None:
    """Raises where policies are given for a scheduler that does not take part."""
    wanted = {f"{family}_{kind}": (family, family) for family in FAMILIES for kind in (*SOURCES, "lambda")}
    wanted |= dict.fromkeys(SSPMMC, ("sspmmc", "sspmmc"))
    wanted |= {option: (option, scheduler) for scheduler, option in MANIFESTS.items()}
    for name, (key, scheduler) in wanted.items():
        if given[name] is not None and key not in used:
            flag = "--" + name.replace("_", "-")
            raise UsageError(f"{flag} is given, but --sched has no {scheduler}", where=flag)
