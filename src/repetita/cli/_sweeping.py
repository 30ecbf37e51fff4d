"""Options of a sweep, and the arguments of `repetita.sweep` that they stand for."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from repetita.cli import _simulation as simulation
from repetita.cli._arguments import device_option, given_parameters, one_of, option, with_options
from repetita.cli._comparing import names, numbers
from repetita.cli._fan_out import FAN_OUT, WORK, cuda_devices, fan_out_options, worker_environment
from repetita.cli._simulation import number, simulation_options_but
from repetita.cli._sweep_policies import POLICY_OPTIONS, swept_schedulers
from repetita.errors import CorruptInput, InputMissing, UsageError, unknown_name

F = TypeVar("F", bound=Callable[..., Any])

SWEPT, OUTPUT = "What is swept", "Output"
LEFT_OUT = (
    *("engine", "device", "environment", "scheduler", "desired_retention", "start", "user_id", "cost_weight"),
    *("policy", "sspmmc_policy", "fsrs6_adr_policy", "fsrs6_ap_policy", "anki_sm2_ap_policy"),
    *("log_dir", "no_log", "no_plot", "plot", "report", "force", "fuzz"),
)
# options that say how a sweep is run, not what comes out
ABOUT_WORK = (
    *("config", "output", "executor", "shard", "max_lanes_per_batch", "batch_size", "device", *FAN_OUT),
    *("log_dir", "no_log", "log_layout", "diagnostic_csv_logs", "log_reviews", "jsonl", "plot"),
    *("progress_events", "no_progress", "no_summary", "json", "quiet", "debug"),
)
ABOUT_LOGS = ("log_layout", "diagnostic_csv_logs", "log_reviews")
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
    options = [p for p in ctx.command.params if isinstance(p, click.Option) and p.name != "config"]
    known = {word.lstrip("-"): option for option in options for word in option.opts}
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
    option(
        "--desired-retentions",
        "--desired-retention",
        "desired_retentions",
        section=SWEPT,
        metavar="R[,R]",
        help="These in place of the three above.",
    ),
    option(
        "--engine",
        section=SWEPT,
        default="lanes",
        **one_of("engine", ("lanes", "event")),
        help="lanes: compiled (default). event: plain Python, the same events.",
    ),
    option("--fuzz", section=SWEPT, is_flag=True, help="Fuzz intervals as Anki does."),
    *POLICY_OPTIONS,
    option("-o", "--output", section=WORK, metavar="FOLDER", help="Of the run; a stopped one goes on."),
    option(
        "--executor",
        section=WORK,
        metavar="NAME",
        help="serial (threads), processes, ray, or ray:ADDRESS of a running cluster. Default: processes "
        "where something is asked of worker processes, else serial.",
    ),
    option("--shard", section=WORK, metavar="I/N", help="Only the I-th of N parts of the users."),
    number("--max-lanes-per-batch", section=WORK, default=None, low=1, help="Default: what fits in memory."),
    number("--batch-size", section=WORK, default=None, low=1, help="Most users in a batch."),
    device_option(WORK, "What lanes run on."),
    *fan_out_options(
        item="run",
        batch="batch",
        workers="Processes, or threads. Default: one a processor; with --cuda-devices one a device.",
        cuda="Graphics processors that worker processes take in turn; in place of --device.",
    ),
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
        **one_of("layout of logs", ("user", "sweep")),
        help="Folders user_<id> (default), or sched_<scheduler>/user_<id>.",
    ),
    option("--diagnostic-csv-logs", section=OUTPUT, is_flag=True, help="A table of days beside each log."),
    option("--jsonl", section=OUTPUT, is_flag=True, help="Keep the table as results.jsonl, too."),
    option(
        "--progress-events", section=OUTPUT, is_flag=True, help="Progress as JSON lines, on standard error."
    ),
    option(
        "--plot/--no-plot",
        section=OUTPUT,
        default=False,
        help="Draw memory against minutes as pareto.png in the folder.",
    ),
    option("--no-summary", section=OUTPUT, is_flag=True, help="No table of means."),
)


def sweep_options(command: F) -> F:
    """Every option of a sweep; the command receives them by name."""
    return with_options(OPTIONS)(simulation_options_but(*LEFT_OUT)(command))


def sweep_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of `repetita.sweeps.plan_sweep`.

    Raises:
        UsageError: Options that do not go together, or that would have no effect.
    """
    from repetita.simulation.inputs import JsonLines, people

    _require_effect(given)
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
        "schedulers": list(swept_schedulers(given, schedulers)),
        "desired_retention": _retentions(given),
        "seeds": range(given["seed"], given["seed"] + given["seeds"]),
        "days": given["days"],
        "deck": simulation.DECK if given["deck"] is None else given["deck"],
        "output": given["output"],
        "shard": given["shard"],
        "executor": given["executor"],
        "workers": given["workers"],
        "max_lanes_per_batch": given["max_lanes_per_batch"],
        "engine": given["engine"],
        "device": given["device"] or "cpu",
        "cuda_devices": cuda_devices(given),
        "worker_environment": worker_environment(given),
        "pause_seconds": given["sleep_seconds"],
        "log_dir": None if given["no_log"] else given["log_dir"],
        "log_layout": given["log_layout"] or "user",
        "log_days": given["diagnostic_csv_logs"],
        "log_reviews": given["log_reviews"],
        "json_lines": given["jsonl"],
        "fail_fast": given["fail_fast"],
        "files": [] if usage is None else [usage.path],
        **options,
    }


def told_again(context: click.Context) -> dict[str, Any]:
    """Options that were given, by name, for run.toml: what makes the same sweep with ``--config``."""
    told = {}
    for parameter, value in given_parameters(context, ABOUT_WORK):
        if isinstance(parameter, click.Option):
            told[_spelled(parameter)] = list(value) if isinstance(value, tuple) else value
    return told


def _require_effect(given: Mapping[str, Any]) -> None:
    if given["cuda_devices"] is not None and given["device"] is not None:
        raise UsageError(
            "--cuda-devices and --device (--torch-device) are given", hint="give one", where="--cuda-devices"
        )
    if given["log_dir"] is None and not given["no_log"]:
        for name in ABOUT_LOGS:
            if given[name]:
                flag = "--" + name.replace("_", "-")
                raise UsageError(f"{flag} is about logs, which need --log-dir", where=flag)


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
        return numbers(given["desired_retentions"], "--desired-retentions")
    return retention_grid(given["start_retention"], given["end_retention"], given["step"])
