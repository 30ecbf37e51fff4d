"""A log of a run in the ecosystem's layout, as a row of the table of results: its first two lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

from repetita.errors import CorruptInput, InputMissing

__all__ = ["log_head", "log_row"]

POLICIES = ("policy", "sspmmc_policy", "fsrs6_adr_policy", "fsrs6_ap_policy", "anki_sm2_ap_policy")
NUMBERS = (
    *("desired_retention", "fixed_interval", "cost_weight", "learn_limit", "review_limit"),
    *("cost_limit_minutes", "memorized_average", "time_average", "reviews_average"),
    *("avg_accum_memorized_per_hour", "total_cost", "total_projected_retrievability"),
    *("learning_time_average", "review_time_average", "no_review_memorized_average"),
    "review_memory_gain_average",
)
WHOLE = ("user_id", "seed", "days", "deck_size", "total_reviews", "total_lapses")
FLAGS = ("fuzz", "short_term")
WORDS = ("environment", "scheduler", "engine", "short_term_source", "priority", "scheduler_priority")
MOST_LETTERS = 1 << 20  # of a line; the two that are read are far shorter


def log_row(path: Path) -> dict[str, Any]:
    """What a log says of its run, by column of the table of results.

    Only the first two lines are read, so a log with every press costs no more than one without.

    Args:
        path: The log. Its name means nothing here.

    Raises:
        InputMissing: It cannot be opened.
        CorruptInput: It does not begin with a ``meta`` and a ``totals`` line, or a value is of another kind.
    """
    meta, totals = log_head(path)
    policy = next((meta[name] for name in POLICIES if meta.get(name)), None)
    given = {**meta, **totals, "cost_weight": meta.get("cost_weight", meta.get("lambda_value"))}
    row: dict[str, Any] = {"policy": None if policy is None else Path(str(policy)).stem}
    row |= {name: _number(given.get(name), name, path) for name in NUMBERS}
    row |= {name: _whole(given.get(name), name, path) for name in WHOLE}
    row |= {name: _of(bool, given.get(name), name, path) for name in FLAGS}
    row |= {name: _of(str, given.get(name), name, path) for name in WORDS}
    for name in ("environment", "scheduler"):
        if row[name] is None:
            raise CorruptInput(f"the meta line of {str(path)!r} names no {name}", where=str(path))
    return row


def log_head(path: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The first two lines of a log: what was simulated, and what came out.

    Args:
        path: The log.

    Raises:
        InputMissing: It cannot be opened.
        CorruptInput: It does not begin with a ``meta`` and a ``totals`` line.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return _line(file, 1, "meta", path), _line(file, 2, "totals", path)
    except OSError as error:
        raise InputMissing(f"cannot read {str(path)!r}: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise CorruptInput(f"{str(path)!r} is no text in UTF-8", where=str(path)) from None


def _line(file: TextIO, number: int, kind: str, path: Path) -> Mapping[str, Any]:
    where = f"line {number} of {str(path)!r}"
    text = file.readline(MOST_LETTERS)
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    if not isinstance(line, Mapping) or line.get("type") != kind or not isinstance(line.get("data"), Mapping):
        shown = "nothing" if not text.strip() else repr(text.strip()[:40])
        raise CorruptInput(
            f'{where} is {shown}, expected {{"type": "{kind}", "data": {{…}}}}',
            hint="is it a log of a run?",
            where=where,
        )
    data: Mapping[str, Any] = line["data"]
    return data


def _number(value: Any, name: str, path: Path) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _wrong(value, name, "a finite number", path)
    return float(value)


def _whole(value: Any, name: str, path: Path) -> int | None:
    number = _number(value, name, path)
    if number is not None and (number != int(number) or abs(number) >= 2.0**63):
        raise _wrong(value, name, "a whole number", path)
    return None if number is None else int(number)


def _of(kind: type, value: Any, name: str, path: Path) -> Any:
    if value is not None and not isinstance(value, kind):
        raise _wrong(value, name, "true or false" if kind is bool else "text", path)
    return value


def _wrong(value: Any, name: str, expected: str, path: Path) -> CorruptInput:
    return CorruptInput(f"{name} is {value!r} in {str(path)!r}, expected {expected}", where=str(path))
