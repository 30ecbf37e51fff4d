"""Operations on memory models: the numbers themselves, without cards and days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.arguments import whole_number
from repetita.equations import declared
from repetita.errors import UsageError
from repetita.json_lines.fields import Schedulers, memory_model
from repetita.memory_model import MemoryModel
from repetita.model_arguments import checked_days, checked_rating

Request = Mapping[str, Any]
Body = dict[str, Any]
History = list[tuple[float, int]]

LONGEST_INTERVAL = 36500


def curve(request: Request, schedulers: Schedulers) -> Body:
    """Retrievability after some days."""
    model = memory_model(request)
    return {"retrievability": model.retrievability(_state(request), _number(request, "elapsed_days"))}


def first_state(request: Request, schedulers: Schedulers) -> Body:
    """State after a first review."""
    return {"state": memory_model(request).initial_state(request["rating"])}


def next_state(request: Request, schedulers: Schedulers) -> Body:
    """State after a later review."""
    model, days = memory_model(request), _number(request, "elapsed_days")
    return {"state": _computed(model.next_state, _state(request), days, checked_rating(request["rating"]))}


def states(request: Request, schedulers: Schedulers) -> Body:
    """States after each review of a history."""
    model, history = memory_model(request), _history(request["reviews"], "reviews")
    made: list[Any] = []
    for days, rating in history:
        made.append(
            _computed(model.next_state, made[-1], days, rating) if made else model.initial_state(rating)
        )
    return {"states": made}


def interval(request: Request, schedulers: Schedulers) -> Body:
    """Days until the desired retention."""
    return {"interval_days": _interval(request)}


def whole_interval(request: Request, schedulers: Schedulers) -> Body:
    """Whole days within limits."""
    from repetita.scheduling.fuzz import fuzzed_interval

    maximum = whole_number(request.get("maximum", LONGEST_INTERVAL), "maximum", low=1)
    minimum = whole_number(request.get("minimum", 1), "minimum", low=1, high=maximum)
    return {"interval_days": fuzzed_interval(_interval(request), None, minimum, maximum)}


def migrate(request: Request, schedulers: Schedulers) -> Body:
    """Parameters as the model takes them."""
    model = memory_model(request)
    return {"parameters": model.parameters, "notes": model.notes}


def read_parameters(request: Request, schedulers: Schedulers) -> Body:
    """The model of some parameters, and what was changed."""
    from repetita.scheduling import interop_parameters

    source, to, clip = request.get("source"), request.get("to"), request.get("clip", False)
    given = request["parameters"]
    if not isinstance(given, list) or not isinstance(clip, bool):
        raise UsageError("parameters is a list of numbers, and clip true or false", where="parameters")
    found = interop_parameters.read_parameters(given, source=source, to=to, clip=clip)
    return {
        "model": found.model.name,
        "parameters": found.model.parameters,
        "source": found.source,
        "changes": found.changes,
    }


def loss(request: Request, schedulers: Schedulers) -> Body:
    """Summed cross-entropy of the predictions."""
    return {"loss": _loss_and_gradient(request)[0]}


def gradient(request: Request, schedulers: Schedulers) -> Body:
    """Loss and its derivatives."""
    value, slopes = _loss_and_gradient(request)
    return {"loss": value, "gradient": slopes}


def _loss_and_gradient(request: Request) -> tuple[float, list[float]]:
    from repetita.kernels.reference import loss_and_gradient_reference

    model, given = memory_model(request), request["histories"]
    if not declared(model.equations).fitted:
        raise UsageError(f"{model.name} has no parameters to differentiate by", where="model")
    if not isinstance(given, list):
        raise UsageError(f"histories is {given!r}, expected a list of histories", where="histories")
    histories = [_history(reviews, "histories") for reviews in given]
    found: tuple[float, list[float]] = _computed(loss_and_gradient_reference, model, histories)
    return found


def _interval(request: Request) -> float:
    model: MemoryModel = memory_model(request)
    return model.interval(_state(request), _number(request, "desired_retention"))


def _state(request: Request) -> list[Any]:
    """The numbers of a state; lists of lists would ask for arrays, which a line does not carry."""
    state = request["state"]
    if not isinstance(state, list) or any(isinstance(entry, list | str | bool) for entry in state):
        raise UsageError(f"state is {state!r}, expected a list of numbers", where="state")
    return state


def _number(request: Request, name: str) -> float:
    value = request[name]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise UsageError(f"{name} is {value!r}, expected a number", where=name)


def _history(reviews: Any, name: str) -> History:
    if not isinstance(reviews, list):
        raise UsageError(
            f"{name} holds {reviews!r}, expected a list of pairs of elapsed days and rating", where=name
        )
    return [_review(review, name) for review in reviews]


def _review(review: Any, name: str) -> tuple[float, int]:
    if not isinstance(review, list) or len(review) != 2 or isinstance(review[0], str | bool):
        raise UsageError(f"{name} holds {review!r}, expected elapsed days and rating", where=name)
    return checked_days(review[0]), checked_rating(review[1])


def _computed(call: Any, *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except ArithmeticError as error:
        raise UsageError(
            f"the equations cannot be computed: {error}", hint="are the numbers right?"
        ) from None
