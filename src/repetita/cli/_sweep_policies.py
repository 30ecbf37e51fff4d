"""Where a sweep finds policies and desired retentions of users: options, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from repetita.cli._arguments import option
from repetita.cli._comparing import numbers
from repetita.cli._simulation import number
from repetita.errors import UsageError

POLICIES = "Policies"
SOURCES = ("policy", "policy_root", "train_run_root", "policy_manifest")
FAMILIES = {
    "fsrs6_adr": ("fsrs6_adr", "fsrs6_adr_time", "fsrs6_default_adr", "fsrs6_cost_adr"),
    "fsrs6_ap": ("fsrs6_ap",),
    "anki_sm2_ap": ("anki_sm2_ap",),
}
"""Schedulers by the options that say where their policies are."""
MANIFESTS = {"fsrs6": "fsrs6_dr_manifest", "fsrs3": "fsrs3_dr_manifest"}
SSPMMC = ("sspmmc_policy", "sspmmc_policy_dir", "sspmmc_policies")
SSPMMC_CHOICE = ("sspmmc_policy_glob", "sspmmc_max")
SSPMMC_RETENTION, COST_WEIGHT = 0.9, 0.0


def _file(name: str, help: str, *, metavar: str = "FILE") -> Any:
    return option(name, section=POLICIES, metavar=metavar, help=help)


def _family(name: str) -> tuple[Any, ...]:
    flag, first = name.replace("_", "-"), FAMILIES[name][0]
    return (
        _file(f"--{flag}-policy", f"One policy for {first}, for all users.", metavar="FILE[,FILE]"),
        _file(f"--{flag}-policy-root", "Each user's: a folder with policy.json.", metavar="FOLDER"),
        _file(f"--{flag}-train-run-root", "The same: what a training run left.", metavar="FOLDER"),
        _file(f"--{flag}-policy-manifest", "Each user's: a TOML list of policies."),
        _file(f"--{flag}-lambda", "Only these lambdas, of the last three.", metavar="X[,X]"),
    )


POLICY_OPTIONS = (
    option(
        "--cost-weights",
        section=POLICIES,
        metavar="X[,X]",
        help="For policies of fsrs6_cost_adr. Default: 0.",
    ),
    _file("--fsrs6-dr-manifest", "Desired retentions of fsrs6 for each user."),
    _file("--fsrs3-dr-manifest", "Desired retentions of fsrs3 for each user."),
    _file("--sspmmc-policy", "One policy for sspmmc."),
    _file("--sspmmc-policy-dir", "All of a folder; or each user's, in user_<id> there.", metavar="FOLDER"),
    _file("--sspmmc-policies", "Several policies.", metavar="FILE[,FILE]"),
    option(
        "--sspmmc-policy-glob", section=POLICIES, metavar="PATTERN", help="In the folder. Default: *.json."
    ),
    number("--sspmmc-max", section=POLICIES, default=None, low=1, help="Only the first so many of several."),
    option(
        "--sspmmc-desired-retention",
        section=POLICIES,
        type=float,
        metavar="R",
        help="Only written into results: sspmmc aims at none. Default: 0.9.",
    ),
    *(one for name in FAMILIES for one in _family(name)),
)


def swept_schedulers(given: Mapping[str, Any], schedulers: Sequence[str]) -> Iterator[Any]:
    """Schedulers with what options say of their settings.

    Raises:
        UsageError: Policies from several places or from none, or for a scheduler that does not take part.
    """
    from repetita.sweeps import retention_manifest

    used = set()
    for scheduler in schedulers:
        family = next((name for name, kin in FAMILIES.items() if scheduler in kin), None)
        if family is not None:
            used |= {family, scheduler}
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

    flag = _flag(f"{family}_lambda")
    source = _one_source(given, scheduler, [f"{family}_{kind}" for kind in SOURCES])
    value, kind = given[source], source.removeprefix(f"{family}_")
    chosen = given[f"{family}_lambda"]
    weights = None if chosen is None else numbers(chosen, flag)
    if kind == "policy":
        if weights is not None:
            told = _flag(source)
            raise UsageError(f"{flag} chooses among several policies, and {told} names them", where=flag)
        files = policy_files(scheduler, [part.strip() for part in value.split(",")])
        if scheduler != "fsrs6_cost_adr":
            yield files
            return
        asked = given["cost_weights"]
        costs = [COST_WEIGHT] if asked is None else numbers(asked, "--cost-weights")
        yield tuple(replace(one, cost_weight=weight) for one in files for weight in costs)
    elif kind == "policy_manifest":
        yield policy_manifest(scheduler, value, weights=weights)
    else:
        yield policy_root(scheduler, value, weights=weights)


def _sspmmc(given: Mapping[str, Any]) -> Any:
    from repetita.simulation.specs import checked_retention
    from repetita.sweeps import policy_files, policy_folder

    source = _one_source(given, "sspmmc", SSPMMC)
    asked = given["sspmmc_desired_retention"]
    chosen: dict[str, Any] = {
        "desired_retention": SSPMMC_RETENTION if asked is None else checked_retention(asked),
        "most": given["sspmmc_max"],
    }
    takes = {"sspmmc_policy": (), "sspmmc_policies": SSPMMC_CHOICE[1:], "sspmmc_policy_dir": SSPMMC_CHOICE}
    for name in SSPMMC_CHOICE:
        if given[name] is not None and name not in takes[source]:
            flag, told = _flag(name), _flag(source)
            raise UsageError(f"{flag} chooses among several policies, and {told} names them", where=flag)
    if source == "sspmmc_policy_dir":
        pattern = given["sspmmc_policy_glob"]
        return policy_folder(
            "sspmmc", given[source], **chosen, **({} if pattern is None else {"pattern": pattern})
        )
    files = given[source].split(",") if source == "sspmmc_policies" else [given[source]]
    return policy_files("sspmmc", [file.strip() for file in files], **chosen)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _one_source(given: Mapping[str, Any], scheduler: str, known: Sequence[str]) -> str:
    flags = [_flag(name) for name in known]
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
    wanted |= dict.fromkeys((*SSPMMC, *SSPMMC_CHOICE, "sspmmc_desired_retention"), ("sspmmc", "sspmmc"))
    wanted["cost_weights"] = ("fsrs6_cost_adr", "fsrs6_cost_adr")
    wanted |= {option: (option, scheduler) for scheduler, option in MANIFESTS.items()}
    for name, (key, scheduler) in wanted.items():
        if given[name] is not None and key not in used:
            flag = _flag(name)
            raise UsageError(f"{flag} is given, but --sched has no {scheduler}", where=flag)
