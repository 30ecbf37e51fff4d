"""py-fsrs as a program that answers conformance requests: pip install fsrs==6.3.2.

repetita conformance --run "python conformance/adapters/py_fsrs.py"
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import fsrs

from line_loop import Body, Request, Unsupported, serve

START = datetime(2024, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def built(parameters: tuple[float, ...], retention: float, maximum: int) -> fsrs.Scheduler:
    """A scheduler without steps and fuzz, so that a review changes memory and nothing else."""
    return fsrs.Scheduler(
        parameters=parameters,
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=maximum,
        enable_fuzzing=False,
    )


def scheduler(request: Request) -> fsrs.Scheduler:
    retention = request.get("desired_retention", 0.9)
    return built(tuple(request["parameters"]), retention, request.get("maximum", 36500))


def card(state: list[float]) -> fsrs.Card:
    stability, difficulty = state
    return fsrs.Card(
        card_id=1,
        state=fsrs.State.Review,
        stability=stability,
        difficulty=difficulty,
        due=START,
        last_review=START,
    )


def reviewed(by: fsrs.Scheduler, before: fsrs.Card, days: float, rating: int) -> fsrs.Card:
    at = (before.last_review or START) + timedelta(days=days)
    return by.review_card(before, fsrs.Rating(rating), at)[0]


def state_of(after: fsrs.Card) -> list[float]:
    assert after.stability is not None
    assert after.difficulty is not None
    return [after.stability, after.difficulty]


def curve(request: Request) -> Body:
    at = START + timedelta(days=request["elapsed_days"])
    by = scheduler(request)
    return {"retrievability": by.get_card_retrievability(card(request["state"]), at)}


def first_state(request: Request) -> Body:
    return {"state": state_of(reviewed(scheduler(request), fsrs.Card(card_id=1), 0, request["rating"]))}


def next_state(request: Request) -> Body:
    before, days = card(request["state"]), request["elapsed_days"]
    return {"state": state_of(reviewed(scheduler(request), before, days, request["rating"]))}


def states(request: Request) -> Body:
    by, now, made = scheduler(request), fsrs.Card(card_id=1), []
    for days, rating in request["reviews"]:
        now = reviewed(by, now, days, rating)
        made.append(state_of(now))
    return {"states": made}


def whole_interval(request: Request) -> Body:
    if request["minimum"] != 1:
        raise Unsupported
    return {"interval_days": scheduler(request)._next_interval(stability=request["state"][0])}


def migrate(request: Request) -> Body:
    if request.get("clip") or len(request["parameters"]) in (17, 19):
        raise Unsupported
    return {"parameters": list(scheduler(request).parameters)}


def fuzz_draws(request: Request) -> Body:
    days = request["interval_days"]
    if days % 1:
        raise Unsupported  # it fuzzes whole days only
    by = fsrs.Scheduler(maximum_interval=request["maximum"])
    wish = timedelta(days=days)
    return {"days": [by._get_fuzzed_interval(interval=wish).days for _ in range(request["draws"])]}


def elapsed_days(request: Request) -> Body:
    """As `Scheduler.review_card` counts; it takes no zone and no hour."""
    earlier, later = (datetime.fromisoformat(request[name]) for name in ("earlier", "later"))
    return {"elapsed_days": (later - earlier).days}


if __name__ == "__main__":
    operations = (
        *(curve, first_state, next_state, states, whole_interval, migrate),
        *(fuzz_draws, elapsed_days),
    )
    serve({operation.__name__: operation for operation in operations}, models=("fsrs6",))
