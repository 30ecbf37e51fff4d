"""The curve, the interval and the next state for arrays: as `MemoryModel` has them, element by element.

Arguments are broadcast against each other. Short arrays go through the equations in plain Python, which is
faster than loading compiled code; long ones through a compiled loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.equations import declared, equations, source_name
from repetita.errors import UsageError
from repetita.intervals import LONGEST, SHORTEST, searched_interval, solved_interval
from repetita.ratings import RATING_NAMES, RATINGS_IN_WORDS, Rating

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel

__all__ = ["interval", "next_states", "next_states_by_rating", "retrievability"]

FloatArray: TypeAlias = NDArray[np.float64]

# elements; below, loading compiled code costs more than it saves
SHORT = 1000
SHORT_FOR_NETWORKS = 200
# of the time in which an interval is sought, on the log scale: leaves a relative 1e-13
HALVINGS = 48


def retrievability(model: MemoryModel, state: Sequence[ArrayLike], elapsed_days: ArrayLike) -> FloatArray:
    """Probability of recall some time after the last review, in the shape all arguments broadcast to.

    Args:
        model: The memory model.
        state: State after the last review: one array or number a name of `MemoryModel.state_names`.
        elapsed_days: Days since the last review, at least 0.

    Raises:
        UsageError: A negative time, a state that is not finite and positive, shapes that do not fit.

    Example:
        >>> from repetita.memory_model import model
        >>> retrievability(model("fsrs6"), (10.0, 5.0), [0, 10, 30]).round(4).tolist()
        [1.0, 0.9, 0.8094]
    """
    _check_days(elapsed_days)
    states, (days,), shape = _broadcast(model, state, elapsed_days)
    (recalled,) = _applied(model, "recall", states, [days], 1)
    return recalled.reshape(shape)


def interval(model: MemoryModel, state: Sequence[ArrayLike], desired_retention: ArrayLike) -> FloatArray:
    """Days until retrievability has fallen to the desired retention, in the shape the arguments broadcast to.

    Args:
        model: The memory model.
        state: State after the last review: one array or number a name of `MemoryModel.state_names`.
        desired_retention: In (0, 1).

    Raises:
        UsageError: A desired retention outside (0, 1), a bad state, shapes that do not fit.

    Example:
        >>> from repetita.memory_model import model
        >>> interval(model("fsrs6"), ([10.0, 20.0], 5.0), 0.9).round(6).tolist()
        [10.0, 20.0]
    """
    wanted = _checked_retention(desired_retention)
    states, (retention,), shape = _broadcast(model, state, wanted)
    if declared(model.equations).closed_interval:
        (days,) = _applied(model, "interval", states, [retention], 1)
    else:
        days = _solved(model, states, retention)
    return days.reshape(shape)


def next_states(
    model: MemoryModel, state: Sequence[ArrayLike], elapsed_days: ArrayLike, rating: ArrayLike
) -> tuple[FloatArray, ...]:
    """States after a review, one array a name of `MemoryModel.state_names`.

    Args:
        model: The memory model.
        state: State before the review: one array or number a name of `MemoryModel.state_names`.
        elapsed_days: Days since the previous review, at least 0.
        rating: 1 Again, 2 Hard, 3 Good, 4 Easy.

    Raises:
        UsageError: A rating, state or time out of range, shapes that do not fit.

    Example:
        >>> from repetita.memory_model import model
        >>> stability, difficulty = next_states(model("fsrs6"), (10.0, 5.0), 10, [1, 3])
        >>> stability.round(3).tolist()
        [1.392, 32.027]
    """
    _check_days(elapsed_days)
    given = _floats(rating)
    _check("rating", given, np.isin(given, tuple(RATING_NAMES)), RATINGS_IN_WORDS)
    states, (days, ratings), shape = _broadcast(model, state, elapsed_days, given)
    after = _applied(model, "after", states, [days, ratings], len(model.state_names))
    return tuple(values.reshape(shape) for values in after)


def next_states_by_rating(
    model: MemoryModel, state: Sequence[ArrayLike], elapsed_days: ArrayLike, desired_retention: ArrayLike
) -> dict[Rating, tuple[tuple[FloatArray, ...], FloatArray]]:
    """For each rating the states after a review, and their intervals, in one pass.

    Args:
        model: The memory model.
        state: State before the review: one array or number a name of `MemoryModel.state_names`.
        elapsed_days: Days since the previous review, at least 0.
        desired_retention: In (0, 1).

    Raises:
        UsageError: A state, time or retention out of range, shapes that do not fit.

    Example:
        >>> from repetita.memory_model import model
        >>> buttons = next_states_by_rating(model("fsrs6"), ([10.0, 20.0], 5.0), 10, 0.9)
        >>> (stability, difficulty), days = buttons[Rating.GOOD]
        >>> stability.round(2).tolist(), days.round(2).tolist()
        ([32.03, 43.04], [32.03, 43.04])
    """
    _check_days(elapsed_days)
    wanted = _checked_retention(desired_retention)
    states, others, shape = _broadcast(model, state, elapsed_days, wanted)
    told = declared(model.equations)
    if len(others[0]) < SHORT or not told.fitted or told.kind != "recursive":
        parts = [values.reshape(shape) for values in states]
        every = {rating: next_states(model, parts, elapsed_days, rating) for rating in Rating}
        return {rating: (after, interval(model, after, wanted)) for rating, after in every.items()}
    size, closed = len(states), told.closed_interval
    results = np.empty((4 * (size + closed), len(others[0])))
    vectors = (model.parameters, model.prepared, model.options)
    kernel = _buttons_kernel(model.name)
    kernel(*(np.asarray(v, dtype=np.float64) for v in vectors), np.array(states), np.array(others), results)
    rows = results.reshape(4, size + closed, *shape)
    return {
        rating: (tuple(row[:size]), row[size] if closed else interval(model, tuple(row[:size]), wanted))
        for rating, row in zip(Rating, rows, strict=True)
    }


def _broadcast(
    model: MemoryModel, state: Sequence[ArrayLike], *others: ArrayLike
) -> tuple[list[FloatArray], list[FloatArray], tuple[int, ...]]:
    """State and other arguments as flat float64 arrays of one length, and their common shape."""
    expected = model.state_names
    kind = declared(model.equations).kind
    if kind not in ("recursive", "network"):
        raise UsageError(
            f"a state of {model.name} is the history of one card, so there are no arrays of states",
            hint="MemoryModel.predict takes a log",
        )
    entries = model.state_entries(state)
    arrays = [_floats(values) for values in (*entries, *others)]
    zeros = declared(model.equations).may_be_zero
    # checked before they are broadcast: a number that holds for all elements is looked at once
    for name, values, zero in zip(expected, arrays[: len(expected)], zeros, strict=True):
        if kind == "network":
            _check(name, values, np.isfinite(values), "a finite number")
            continue
        large, least = (values >= 0.0, "at least 0") if zero else (values > 0.0, "above 0")
        _check(name, values, np.isfinite(values) & large, f"a finite number {least}")
    try:
        common = np.broadcast_arrays(*arrays)
    except ValueError as error:
        raise UsageError(f"arguments must be numbers or arrays that broadcast: {error}") from None
    flat = [np.ascontiguousarray(values).ravel() for values in common]
    return flat[: len(expected)], flat[len(expected) :], common[0].shape


def _floats(values: ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"arguments must be numbers or arrays that broadcast: {error}") from None


def _check_days(elapsed_days: ArrayLike) -> None:
    days = _floats(elapsed_days)
    _check("elapsed_days", days, np.isfinite(days) & (days >= 0.0), "a finite number of days, at least 0")


def _checked_retention(desired_retention: ArrayLike) -> FloatArray:
    wanted = _floats(desired_retention)
    _check("desired_retention", wanted, (wanted > 0.0) & (wanted < 1.0), "a number in (0, 1)")
    return wanted


def _check(name: str, values: FloatArray, good: NDArray[np.bool_], expected: str) -> None:
    if not good.all():
        place = int(np.argmin(good))
        raise UsageError(f"{name} is {values.flat[place]:g} at element {place}, expected {expected}")


def _solved(model: MemoryModel, states: list[FloatArray], retention: FloatArray) -> FloatArray:
    """Days at which the curve of each state meets the desired retention, for models without a closed form."""
    told = declared(model.equations)
    if len(retention) < SHORT or told.steps or not told.fitted:
        vectors, recall = (model.parameters, model.prepared, model.options), model.equations.recall
        search = searched_interval if told.steps else solved_interval
        rows = zip(*(values.tolist() for values in states), strict=True)
        return np.array(
            [
                search(lambda days, state=state: recall(*vectors, state, days), wanted)  # type: ignore[misc]
                for state, wanted in zip(rows, retention.tolist(), strict=True)
            ]
        )
    low, high = np.full(len(retention), np.log(SHORTEST)), np.full(len(retention), np.log(LONGEST))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        (recalled,) = _applied(model, "recall", states, [np.exp(middle)], 1)
        below = recalled < retention
        high, low = np.where(below, middle, high), np.where(below, low, middle)
    (start,) = _applied(model, "recall", states, [np.zeros(len(retention))], 1)
    (shortest,) = _applied(model, "recall", states, [np.full(len(retention), SHORTEST)], 1)
    (longest,) = _applied(model, "recall", states, [np.full(len(retention), LONGEST)], 1)
    solved = np.where(shortest < retention, SHORTEST, np.exp(0.5 * (low + high)))
    solved = np.where(start < retention, 0.0, solved)
    return np.where(longest >= retention, LONGEST, solved)


def _applied(
    model: MemoryModel, equation: str, states: list[FloatArray], others: list[FloatArray], outputs: int
) -> list[FloatArray]:
    """What an equation gives for each element, one array a result."""
    count = len(states[0])
    if declared(model.equations).kind == "network" and count >= SHORT_FOR_NETWORKS:
        from repetita.kernels.networks import network_applied

        return network_applied(model, equation, states, others, outputs)
    results = np.empty((outputs, count))
    vectors = (model.parameters, model.prepared, model.options)
    if count < SHORT or not declared(model.equations).fitted:
        function = getattr(model.equations, equation)
        for i in range(count):
            state = tuple(float(values[i]) for values in states)
            try:
                results[:, i] = function(*vectors, state, *(float(values[i]) for values in others))
            except OverflowError:
                raise UsageError(f"no float holds the {equation} of element {i}") from None
        return list(results)
    kernel = _kernel(model.name, equation, len(others), outputs)
    kernel(*(np.asarray(v, dtype=np.float64) for v in vectors), np.array(states), np.array(others), results)
    return list(results)


@cache
def _kernel(name: str, equation: str, others: int, outputs: int) -> Callable[..., Any]:
    from repetita.kernels.rendering import render_elementwise
    from repetita.kernels.source_cache import entry

    source = source_name(name)
    text = render_elementwise(source, equations(name), equation, others, outputs)
    return entry(f"{source}_{equation}", text, "elementwise")


@cache
def _buttons_kernel(name: str) -> Callable[..., Any]:
    from repetita.kernels.rendering import render_buttons
    from repetita.kernels.source_cache import entry

    source = source_name(name)
    return entry(f"{source}_buttons", render_buttons(source, equations(name)), "buttons")
