"""Options of a scheduler: checked when they come in, written and read as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from repetita.arguments import whole_number
from repetita.equations import declared
from repetita.errors import UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.scheduling.calls import ModelCalls
from repetita.scheduling.card import checked_retention
from repetita.scheduling.day_rule import DayGrid, DayRule, rule_from_dict
from repetita.scheduling.easy_days import weekday_loads
from repetita.scheduling.elapsed import counts_whole_days
from repetita.scheduling.steps import read_steps, step_rows, step_text

if TYPE_CHECKING:
    from repetita.scheduling.scheduler import Scheduler

__all__ = ["READERS", "checked_settings", "stored_settings"]

CHOICES: dict[str, tuple[Any, ...]] = {
    "short_term": ("without steps", "after steps", "never"),
    "fuzz": (None, "repetita", "anki"),
    "ordered": (True, False),
    "buttons": (2, 4),
    "leech_action": ("flag", "suspend"),
    "due_at": ("day", "answer time"),
}
LONGEST_INTERVAL = 36500
HIGHEST_SEED = 2**64 - 1


def checked_settings(scheduler: Scheduler) -> dict[str, Any]:
    """The fields that are stored in another form than they were given.

    Raises:
        UsageError: An option out of range, or of another kind.
    """
    for name, choices in CHOICES.items():
        _check_choice(name, getattr(scheduler, name), choices)
    if not isinstance(scheduler.day_rule, DayRule | DayGrid):
        raise UsageError(
            f"day_rule is {scheduler.day_rule!r}, expected a DayRule", hint='DayRule("Europe/Paris", 4)'
        )
    most = whole_number(scheduler.maximum_interval, "maximum_interval", low=1, high=LONGEST_INTERVAL)
    model = _model(scheduler.model)
    easy = _easy_days(scheduler.easy_days)
    learning = read_steps(scheduler.learning_steps, "learning_steps")
    relearning = read_steps(scheduler.relearning_steps, "relearning_steps")
    retention = checked_retention(scheduler.desired_retention)
    return {
        "model": model,
        "desired_retention": retention,
        "deck_retention": _deck_retention(scheduler.deck_retention),
        "learning_steps": learning,
        "relearning_steps": relearning,
        "learning_rows": step_rows(learning),
        "relearning_rows": step_rows(relearning),
        "maximum_interval": most,
        "minimum_interval": whole_number(scheduler.minimum_interval, "minimum_interval", low=1, high=most),
        "easy_days": easy,
        "day_loads": weekday_loads(easy),
        "seed": whole_number(scheduler.seed, "seed", high=HIGHEST_SEED),
        "leech_threshold": whole_number(scheduler.leech_threshold, "leech_threshold"),
        "calls": ModelCalls(model, retention),
        "_short_term": scheduler.short_term != "never"
        and declared(model.equations).same_day(model.parameters),
    }


def stored_settings(scheduler: Scheduler) -> dict[str, Any]:
    """The options as JSON holds them."""
    body = {option.name: getattr(scheduler, option.name) for option in fields(scheduler) if option.init}
    return {
        **body,
        "model": scheduler.model.to_dict(),
        "deck_retention": [[deck, value] for deck, value in scheduler.deck_retention.items()],
        "easy_days": list(scheduler.easy_days),
        "day_rule": scheduler.day_rule.to_dict(),
        "learning_steps": [step_text(step) for step in scheduler.learning_steps],
        "relearning_steps": [step_text(step) for step in scheduler.relearning_steps],
    }


READERS: dict[str, Callable[[Any], Any]] = {
    "model": MemoryModel.from_dict,
    "deck_retention": dict,
    "day_rule": rule_from_dict,
}


def _model(given: Any) -> MemoryModel:
    if isinstance(given, str):
        given = model_of(given)
    if not isinstance(given, MemoryModel):
        raise UsageError(f"model is {given!r}, expected a MemoryModel or its name", hint='model("fsrs6")')
    module = given.equations
    if declared(module).kind in ("features", "pairs") and not counts_whole_days(module.UNIT):
        raise UsageError(
            f"{given.name} needs exact times and days of every past review, and its state holds no days",
            hint="predict(log) is what it is for; a Scheduler takes a model such as fsrs6",
            where="model",
        )
    return given


def _check_choice(name: str, value: Any, choices: Iterable[Any]) -> None:
    known = tuple(choices)
    if value not in known or isinstance(value, bool) != isinstance(known[-1], bool):
        if isinstance(value, str):
            raise unknown_name(name, value, [choice for choice in known if isinstance(choice, str)])
        raise UsageError(f"{name} is {value!r}, expected one of {', '.join(map(repr, known))}", where=name)


def _easy_days(given: Any) -> tuple[float, ...]:
    try:
        return tuple(float(percentage) for percentage in given)
    except (TypeError, ValueError):
        raise UsageError(
            f"easy_days are {given!r}, expected seven fractions from 0 to 1", where="easy_days"
        ) from None


def _deck_retention(given: Any) -> dict[Any, float]:
    if not isinstance(given, Mapping):
        raise UsageError(f"deck_retention is {given!r}, expected a mapping from deck id to retention")
    return {deck: checked_retention(value) for deck, value in given.items()}
