"""Topics of each memory model: curve, states, intervals, parameters, loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from repetita.conformance.making import RATINGS, STATES, Maker
from repetita.conformance.vector import Tolerance, Topic
from repetita.equations import declared, equations
from repetita.memory_model import model

__all__ = ["VERSIONS", "topics_of"]

VERSIONS = ("fsrs4_5", "fsrs5", "fsrs6", "fsrs7")
RETENTIONS = (0.7, 0.8, 0.9, 0.95, 0.99)
# published solvers of curves without a closed form stop when recall is this near the desired one
SOLVED_TO = 1e-3
# parameters that are stabilities after a first review
INITIAL = 4
# intervals this near to half a day are not asked for whole: the last digit would decide
TIE = 1e-3
SLOPES = Tolerance(single=5e-3, double=1e-7, absolute=1e-6)
EXACT_NUMBERS = Tolerance(single=1e-6, double=1e-9, absolute=1e-9)

# stability and difficulty; the first below a day, the last near the upper bound
STATE_GRID = ((0.4, 9.5), (2.5, 5.0), (10.0, 1.0), (10.0, 5.0), (120.0, 7.3), (30000.0, 3.0))
WHOLE_DAYS = (0, 1, 3, 10, 45, 400)
EXACT_DAYS = (0.0, 0.002, 0.25, 1.0, 3.6, 45.0, 400.0)

HISTORIES: dict[str, Sequence[Sequence[float]]] = {
    "goods": [[0, 3], [2, 3], [11, 3], [46, 3], [160, 3], [500, 3]],
    "lapses": [[0, 3], [3, 3], [9, 1], [0, 3], [1, 3], [4, 1], [1, 2], [2, 3]],
    "all four": [[0, 2], [1, 4], [6, 3], [14, 2], [20, 1], [2, 4], [9, 3]],
    "same day": [[0, 1], [0, 1], [0, 3], [0, 2], [0, 3], [0, 4], [1, 3], [0, 2], [5, 3]],
    "long gaps": [[0, 3], [365, 3], [1, 1], [730, 1], [730, 3], [2000, 2]],
    "again and again": [[0, 1], *([[1, 1]] * 12)],
    "easy up to the bound": [[0, 4], *([[9000, 4]] * 6)],
}
FRACTIONS: dict[str, Sequence[Sequence[float]]] = {
    "minutes": [[0, 1], [0.0007, 3], [0.007, 3], [0.98, 3], [3.2, 3]],
    "exact time": [[0, 3], [1.93, 3], [7.41, 1], [0.012, 3], [0.73, 2], [2.08, 3]],
}
SCORED = ("goods", "lapses", "all four", "same day")


def topics_of(version: str) -> list[Topic]:
    """All topics of a model.

    Args:
        version: One of `VERSIONS`.
    """
    sets = _parameter_sets(version)
    makers = (_curve, _first_states, _next_states, _histories, _intervals, _whole_intervals, _loss)
    made = [make(version, sets) for make in makers]
    return [*made, _parameters(version)]


def _parameter_sets(version: str) -> dict[str, tuple[float, ...]]:
    """The defaults, and a set a tenth beside them."""
    defaults = tuple(p.default for p in equations(version).PARAMETERS)
    beside = [round(value * (0.9 if i % 2 else 1.1), 4) for i, value in enumerate(defaults)]
    return {"default": defaults, "beside": model(version, beside, clip=True).parameters}


def _topic(maker: Maker, about: str) -> Topic:
    return Topic(maker.group, maker.topic, about, maker.sets, tuple(maker.vectors))


def _states(version: str) -> Iterator[tuple[str, list[float]]]:
    """States by name, in the order of the model's numbers."""
    for stability, difficulty in STATE_GRID:
        named = {"stability": stability, "fast_stability": 0.6 * stability, "difficulty": difficulty}
        yield f"S{stability:g} D{difficulty:g}", [named[name] for name in equations(version).STATE]


def _days(version: str) -> tuple[float, ...]:
    return EXACT_DAYS if equations(version).UNIT == "fractional days" else WHOLE_DAYS


def _curve(version: str, sets: dict[str, tuple[float, ...]]) -> Topic:
    maker = Maker(version, "curve", sets)
    for chosen in sets:
        for name, state in _states(version):
            for days in _days(version):
                request: dict[str, Any] = {"model": version, "parameters": chosen, "state": state}
                maker.add(f"{chosen} {name} t{days:g}", STATES, op="curve", **request, elapsed_days=days)
    return _topic(maker, "Retrievability of a memory state some days after the review that led to it.")


def _first_states(version: str, sets: dict[str, tuple[float, ...]]) -> Topic:
    maker = Maker(version, "first_states", sets)
    for chosen in sets:
        for rating, name in RATINGS.items():
            maker.add(
                f"{chosen} {name}", STATES, op="first_state", model=version, parameters=chosen, rating=rating
            )
    return _topic(maker, "Memory state after the first review of a card.")


def _next_states(version: str, sets: dict[str, tuple[float, ...]]) -> Topic:
    maker = Maker(version, "next_states", sets)
    for name, state in _states(version):
        for days in _days(version)[:5]:
            for rating, button in RATINGS.items():
                request = {"model": version, "parameters": "default", "state": state, "elapsed_days": days}
                maker.add(f"{name} t{days:g} {button}", STATES, op="next_state", **request, rating=rating)
    return _topic(
        maker,
        "Memory state after a review, from the state before it. Days of 0 are a review on the same day.",
    )


def _histories(version: str, sets: dict[str, tuple[float, ...]]) -> Topic:
    maker = Maker(version, "histories", sets)
    given = HISTORIES | (FRACTIONS if equations(version).UNIT == "fractional days" else {})
    for chosen in sets:
        for name, reviews in given.items():
            request = {"model": version, "parameters": chosen, "reviews": reviews}
            maker.add(f"{chosen} {name}", STATES, op="states", **request)
    return _topic(
        maker,
        "Memory states after each review of a history of pairs: days since the review before, rating.",
    )


def _intervals(version: str, sets: dict[str, tuple[float, ...]]) -> Topic:
    maker = Maker(version, "intervals", sets)
    for chosen in sets:
        for name, state in _states(version):
            for retention in RETENTIONS:
                request = {"model": version, "parameters": chosen, "state": state}
                tolerance = STATES
                if not declared(equations(version)).closed_interval:
                    tolerance = _of_a_solver(maker, request, retention)
                maker.add(
                    f"{chosen} {name} R{retention:g}",
                    tolerance,
                    op="interval",
                    **request,
                    desired_retention=retention,
                )
    return _topic(
        maker, "Days until retrievability has fallen to the desired retention: not rounded, no limits."
    )


def _of_a_solver(maker: Maker, request: dict[str, Any], retention: float) -> Tolerance:
    """How far an interval may be off whose recall is off by as much as published solvers leave."""
    days = [
        maker.figures({"op": "interval", **request, "desired_retention": value})["interval_days"]
        for value in (retention - SOLVED_TO, retention, retention + SOLVED_TO)
    ]
    off = max(abs(days[0] - days[1]), abs(days[2] - days[1])) / max(days[1], 1e-9)
    return Tolerance(max(STATES.single, float(f"{off:.2g}")), STATES.double, STATES.absolute)


def _whole_intervals(version: str, sets: dict[str, tuple[float, ...]]) -> Topic:
    maker = Maker(version, "whole_intervals", sets)
    for name, state in _states(version):
        for retention, limits in ((0.9, (1, 36500)), (0.7, (1, 365)), (0.97, (1, 36500)), (0.9, (4, 9))):
            minimum, maximum = limits
            request: dict[str, Any] = {"model": version, "parameters": "default", "state": state}
            request["desired_retention"] = retention
            exact = maker.figures({"op": "interval", **request})["interval_days"]
            if abs(exact % 1.0 - 0.5) < TIE:
                continue
            request |= {"minimum": minimum, "maximum": maximum}
            maker.add(f"{name} R{retention:g} {minimum}..{maximum}", None, op="whole_interval", **request)
    return _topic(maker, "The interval as whole days, the nearest within limits, without fuzz.")


def _loss(version: str, sets: dict[str, tuple[float, ...]]) -> Topic:
    maker = Maker(version, "loss", sets)
    given = HISTORIES | FRACTIONS
    scored = [*SCORED, *(FRACTIONS if equations(version).UNIT == "fractional days" else ())]
    for chosen in sets:
        for name in scored:
            request = {"model": version, "parameters": chosen, "histories": [given[name]]}
            maker.add(f"{chosen} {name}", STATES, op="loss", **request)
            maker.add(f"{chosen} {name}, slopes", SLOPES, op="gradient", **request)
    return _topic(
        maker,
        "Summed cross-entropy of the predictions of all reviews but a card's first and those with no day "
        "since the one before, and its derivative by each parameter.",
    )


def _parameters(version: str) -> Topic:
    maker = Maker(version, "parameters")
    module = equations(version)
    lists = {f"own {len(module.PARAMETERS)}": [p.default for p in module.PARAMETERS]}
    for count in module.MIGRATIONS:
        older = next(v for v in VERSIONS if len(equations(v).PARAMETERS) == count)
        lists[f"{count} of {older}"] = [p.default for p in equations(older).PARAMETERS]
        lists[f"{count} of {older}, others"] = list(_parameter_sets(older)["beside"])
    for name, values in lists.items():
        maker.add(name, EXACT_NUMBERS, op="migrate", model=version, parameters=values)
    defaults = [p.default for p in module.PARAMETERS]
    # published clippers of FSRS-4.5 leave the initial stabilities alone, those of later versions do not
    kept = INITIAL if version == "fsrs4_5" else 0
    outside = {
        "below": [*defaults[:kept], *(p.low - 1.0 for p in module.PARAMETERS[kept:])],
        "above": [*defaults[:kept], *(p.high + 1.0 for p in module.PARAMETERS[kept:])],
        "one above": [*defaults[:INITIAL], module.PARAMETERS[INITIAL].high * 2, *defaults[INITIAL + 1 :]],
    }
    for name, values in outside.items():
        maker.add(
            f"clipped, {name}", EXACT_NUMBERS, op="migrate", model=version, parameters=values, clip=True
        )
    maker.refuse("20 numbers", op="migrate", model=version, parameters=[1.0] * 20)
    maker.refuse("a word", op="migrate", model=version, parameters=["one"] * len(module.PARAMETERS))
    return _topic(
        maker,
        "Parameters as the model takes them today: older lists migrated, values out of bounds moved to the "
        "bounds where clip is asked for. Lists that fit no version are refused.",
    )
