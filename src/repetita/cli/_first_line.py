"""The first line of the log of a simulation: what was asked for, and the command that asks for it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import click

from repetita.cli._simulation import DEFAULT_STEPS, deck_of, policy_path, short_term, simulation_options

FURTHER = (
    *("base_seconds", "latency_penalty", "leech_lapses"),
    *("srs_benchmark_root", "benchmark_result", "benchmark_partition"),
)
"""Further options that the first line of a log names, so that it says how to run the same again."""


def meta(given: Mapping[str, Any]) -> dict[str, Any]:
    """The first line of a log."""
    from repetita.simulation.specs import aims_at_retention, split_spec

    name, days = split_spec(given["scheduler"])
    short = short_term(given)
    return {
        "engine": given["engine"],
        "days": given["days"],
        "deck_size": deck_of(given),
        "start": given["start"],
        "learn_limit": given["learn_limit"],
        "review_limit": given["review_limit"],
        "cost_limit_minutes": given["cost_limit_minutes"],
        "priority": given["priority"],
        "environment": given["environment"].replace("-", "_"),
        "scheduler": name,
        "scheduler_spec": given["scheduler"],
        "user_id": given["user_id"],
        "button_usage": given["button_usage"],
        "desired_retention": given["desired_retention"] if aims_at_retention(name) else None,
        "scheduler_priority": given["scheduler_priority"],
        "sspmmc_policy": given["sspmmc_policy"],
        "policy": policy_path(given),
        "cost_weight": given["cost_weight"] if name == "fsrs6_cost_adr" else None,
        "fixed_interval": float(days or 1.0) if name == "fixed" else None,
        "seed": given["seed"],
        "fuzz": given["fuzz"],
        "short_term": short is not None,
        "short_term_source": short and short.source,
        "learning_steps": [float(x) for x in short.learning_steps] if short else [],
        "relearning_steps": [float(x) for x in short.relearning_steps] if short else [],
        "short_term_threshold": given["short_term_threshold"],
        "short_term_loops_limit": given["short_term_loops_limit"] if short else None,
        "review_markov_transition": given["review_markov_transition"],
        "compat": given["compat"],
        "switches": list(given["switches"]),
        "attendance": given["attendance"],
        "lazy_good_bias": given["lazy_good_bias"],
        **{name: given[name] for name in FURTHER},
        "vacations": list(given["vacations"]),
    }


def command_line(about: Mapping[str, Any]) -> str | None:
    """The command that runs again what the first line of a log describes; None for logs of other programs."""
    if not set(FURTHER) <= set(about):
        return None
    known = {**about, "scheduler": about.get("scheduler_spec"), "deck": about.get("deck_size")}
    if about.get("short_term_source") != "steps":
        known |= dict.fromkeys(DEFAULT_STEPS)
    words = ["repetita", "simulate"]
    options = click.command("simulate")(simulation_options(lambda **_given: None))
    for parameter in options.params:
        value = known.get(str(parameter.name))
        # no steps at all are something else than the default ones
        given = value not in (parameter.default, False, "", []) or parameter.name in DEFAULT_STEPS
        if value is not None and given:
            words += _as_words(parameter.opts[0], value)
    return shlex.join(words)


def _as_words(name: str, value: Any) -> list[str]:
    if value is True:
        return [name]
    if name.endswith("-steps"):
        return [name, ",".join(f"{minutes:g}" for minutes in value)]
    several = value if isinstance(value, list) else [value]
    return [word for one in several for word in (name, str(one))]
