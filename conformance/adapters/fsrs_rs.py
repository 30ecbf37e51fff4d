"""fsrs-rs-python as a program that answers conformance requests: pip install fsrs-rs-python==0.9.3.

repetita conformance --run "python conformance/adapters/fsrs_rs.py"
"""

from __future__ import annotations

from functools import lru_cache

import fsrs_rs_python as rs

from line_loop import Body, Request, Unsupported, serve

NAMES = {1: "again", 2: "hard", 3: "good", 4: "easy"}


@lru_cache(maxsize=64)
def built(parameters: tuple[float, ...]) -> rs.FSRS:
    return rs.FSRS(list(parameters))


def model(request: Request) -> rs.FSRS:
    return built(tuple(request["parameters"]))


def after(request: Request, memory: rs.MemoryState | None, days: float, rating: int) -> rs.MemoryState:
    made = model(request).next_states(memory, 0.9, int(days))
    return getattr(made, NAMES[rating]).memory


def numbers(memory: rs.MemoryState) -> list[float]:
    return [memory.stability, memory.difficulty]


def first_state(request: Request) -> Body:
    return {"state": numbers(after(request, None, 0, request["rating"]))}


def next_state(request: Request) -> Body:
    memory = rs.MemoryState(*request["state"])
    return {"state": numbers(after(request, memory, request["elapsed_days"], request["rating"]))}


def states(request: Request) -> Body:
    memory, made = None, []
    for days, rating in request["reviews"]:
        memory = after(request, memory, days, rating)
        made.append(numbers(memory))
    return {"states": made}


def interval(request: Request) -> Body:
    stability = request["state"][0]
    return {"interval_days": model(request).next_interval(stability, request["desired_retention"], 3)}


def migrate(request: Request) -> Body:
    if request.get("clip"):
        raise Unsupported
    return {"parameters": rs.check_and_fill_parameters(request["parameters"])}


if __name__ == "__main__":
    operations = (first_state, next_state, states, interval, migrate)
    serve({operation.__name__: operation for operation in operations}, models=("fsrs6",))
