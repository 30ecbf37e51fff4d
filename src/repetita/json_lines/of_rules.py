"""Operations on rules: fuzz, days, and the items that a log trains a model with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.arguments import whole_number
from repetita.errors import UsageError, unknown_name
from repetita.json_lines.fields import Schedulers, day_rule, instant
from repetita.scheduling.fuzz import fuzz_bounds as bounds_of
from repetita.scheduling.fuzz import fuzzed_interval

Request = Mapping[str, Any]
Body = dict[str, Any]

MOST_DRAWS = 100_000
MOST_DAYS = 10_000_000
HIGHEST_SEED = 2**64 - 1
RULES = ("anki", "plain")


def fuzz_bounds(request: Request, schedulers: Schedulers) -> Body:
    """Shortest and longest interval."""
    lower, upper = bounds_of(*_wish(request))
    return {"lower": lower, "upper": upper}


def fuzz_draws(request: Request, schedulers: Schedulers) -> Body:
    """Fuzzed intervals of as many cards."""
    from repetita.scheduling.addressed_fuzz import fuzz_fraction

    days, minimum, maximum = _wish(request)
    draws = whole_number(request["draws"], "draws", low=1, high=MOST_DRAWS)
    seed = whole_number(request.get("seed", 0), "seed", high=HIGHEST_SEED)
    fractions = (fuzz_fraction(seed, card, 0) for card in range(draws))
    return {"days": [fuzzed_interval(days, fraction, minimum, maximum) for fraction in fractions]}


def anki_fuzz(request: Request, schedulers: Schedulers) -> Body:
    """The interval of one seed."""
    from repetita.scheduling.anki_random import AnkiRandom
    from repetita.scheduling.single_precision import single

    days, minimum, maximum = _wish(request)
    seed = whole_number(request["seed"], "seed", high=HIGHEST_SEED)
    fraction = AnkiRandom(seed).fraction()
    return {"days": fuzzed_interval(single(days), fraction, minimum, maximum, rounded=single)}


def elapsed_days(request: Request, schedulers: Schedulers) -> Body:
    """Whole days between two instants."""
    earlier, later = (instant(request[name], name) for name in ("earlier", "later"))
    return {"elapsed_days": day_rule(request["day_rule"]).elapsed_days(earlier, later)}


def training_items(request: Request, schedulers: Schedulers) -> Body:
    """Histories, each up to a review that a model is to predict, in the order of these reviews."""
    from repetita.json_lines.training import anki_items, plain_items

    rule = request["rule"]
    if rule not in RULES:
        raise unknown_name("rule", rule, RULES)
    if not isinstance(request["rows"], list):
        raise UsageError(f"rows is {request['rows']!r}, expected a list of rows", where="rows")
    if "day_rule" not in request:
        raise UsageError("training_items needs the field 'day_rule'", where="day_rule")
    days = day_rule(request["day_rule"])
    if rule == "anki":
        cut = whole_number(request.get("ignore_before", 0), "ignore_before")
        return {"items": anki_items(request["rows"], days, cut)}
    return {"items": plain_items(request["rows"], days)}


def _wish(request: Request) -> tuple[float, int, int]:
    days = request["interval_days"]
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0.0 <= days <= MOST_DAYS:
        raise UsageError(
            f"interval_days is {days!r}, expected a number of days from 0 to {MOST_DAYS}",
            where="interval_days",
        )
    maximum = whole_number(request["maximum"], "maximum", low=1, high=MOST_DAYS)
    return days, whole_number(request["minimum"], "minimum", low=0, high=MOST_DAYS), maximum
