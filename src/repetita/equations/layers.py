"""Layers of small recurrent networks, written on flat lists of numbers, one element after the other.

Every function reads and writes places of lists that it is given: ``c`` holds the constants of a network,
``x`` is room for intermediate values, ``s`` holds states of cards. So the same text runs in Python on lists,
is compiled for arrays, and needs no memory of its own. A matrix lies in ``c`` with the weights of one *input*
side by side, the transpose of what files hold: neighboring numbers are then added to neighboring sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, log, sqrt
from typing import Any, TypeAlias

from repetita.equations.parameter import Parameter

Vector = Sequence[float]
Numbers: TypeAlias = Any  # a list that is written to, or an array
Layout: TypeAlias = Mapping[str, tuple[int, ...]]

# what LayerNorm adds to a variance
LEAST_VARIANCE = 1e-5
# below, the exponential of the negative overflows
LOWEST = -700.0
# of a time scale or decay: the exponential is cut off beyond
MOST_EXPONENT = 25.0
SHORTEST_SCALE = 1e-7  # days
USUAL_DURATION_MS = 2500.0
SHORTEST_MS, LONGEST_MS = 100.0, 60_000.0


# ------------------------------------------------------------------ layers
def sigmoid(value: float) -> float:
    """1 / (1 + exp(-value))."""
    return 1.0 / (1.0 + exp(-max(value, LOWEST)))


def hyperbolic_tangent(value: float) -> float:
    """The odd function from -1 to 1."""
    return 2.0 * sigmoid(2.0 * value) - 1.0


def linear(c: Vector, at: int, x: Numbers, source: int, inputs: int, target: int, outputs: int) -> None:
    """Weights times inputs plus bias. ``c`` holds both, one after the other."""
    bias = at + inputs * outputs
    for j in range(outputs):
        x[target + j] = c[bias + j]
    for i in range(inputs):
        value = x[source + i]
        row = at + i * outputs
        for j in range(outputs):
            x[target + j] += c[row + j] * value


def silu(x: Numbers, at: int, count: int) -> None:
    """Each number times its sigmoid, in place."""
    for j in range(count):
        value = x[at + j]
        x[at + j] = value * sigmoid(value)


def layer_norm(c: Vector, at: int, x: Numbers, source: int, target: int, count: int) -> None:
    """Numbers moved and scaled to mean 0 and variance 1, then multiplied by weights."""
    mean = 0.0
    for j in range(count):
        mean += x[source + j]
    mean /= count
    variance = 0.0
    for j in range(count):
        variance += (x[source + j] - mean) * (x[source + j] - mean)
    scale = 1.0 / sqrt(variance / count + LEAST_VARIANCE)
    for j in range(count):
        x[target + j] = (x[source + j] - mean) * scale * c[at + j]


def add(c: Vector, at: int, x: Numbers, target: int, count: int) -> None:
    """A bias."""
    for j in range(count):
        x[target + j] += c[at + j]


def lstm_cell(
    c: Vector, at: int, x: Numbers, source: int, gates: int, s: Numbers, hidden: int, n: int
) -> None:
    """One step of an LSTM; the new hidden state and cell take the place of the old ones in ``s``.

    Args:
        c: Input weights, recurrent weights, input bias, recurrent bias.
        at: Where they begin.
        x: Inputs at ``source``; room for ``4 n`` numbers at ``gates``.
        source: See ``x``.
        gates: See ``x``.
        s: Hidden state at ``hidden``, the cell after it.
        hidden: See ``s``.
        n: Units; inputs are as many.
    """
    bias = at + 8 * n * n
    for j in range(4 * n):
        x[gates + j] = c[bias + j] + c[bias + 4 * n + j]
    for i in range(n):
        value, before = x[source + i], s[hidden + i]
        row, recurrent = at + i * 4 * n, at + (n + i) * 4 * n
        for j in range(4 * n):
            x[gates + j] += c[row + j] * value + c[recurrent + j] * before
    for j in range(n):
        taken = sigmoid(x[gates + j]) * hyperbolic_tangent(x[gates + 2 * n + j])
        cell = sigmoid(x[gates + n + j]) * s[hidden + n + j] + taken
        s[hidden + n + j] = cell
        s[hidden + j] = sigmoid(x[gates + 3 * n + j]) * hyperbolic_tangent(cell)


def gru_cell(
    c: Vector, at: int, x: Numbers, source: int, inputs: int, gates: int, s: Numbers, hidden: int, n: int,
    target: int,
) -> None:  # fmt: skip
    """One step of a GRU: the new hidden state at ``target`` of ``x``; ``s`` stays.

    Args:
        c: Input weights, recurrent weights, input bias, recurrent bias.
        at: Where they begin.
        x: Inputs at ``source``; room for ``6 n`` numbers at ``gates``.
        source: See ``x``.
        inputs: Number of inputs.
        gates: See ``x``.
        s: Hidden state at ``hidden``.
        hidden: See ``s``.
        n: Units.
        target: Where the result goes.
    """
    bias, new = at + 3 * n * (inputs + n), gates + 3 * n
    for j in range(3 * n):
        x[gates + j] = c[bias + j]
        x[new + j] = c[bias + 3 * n + j]
    for i in range(inputs):
        value, row = x[source + i], at + i * 3 * n
        for j in range(3 * n):
            x[gates + j] += c[row + j] * value
    for i in range(n):
        value, row = s[hidden + i], at + (inputs + i) * 3 * n
        for j in range(3 * n):
            x[new + j] += c[row + j] * value
    for j in range(n):
        reset = sigmoid(x[gates + j] + x[new + j])
        kept = sigmoid(x[gates + n + j] + x[new + n + j])
        candidate = hyperbolic_tangent(x[gates + 2 * n + j] + reset * x[new + 2 * n + j])
        x[target + j] = candidate + kept * (s[hidden + j] - candidate)


def curve_heads(c: Vector, at: int, x: Numbers, source: int, inputs: int, s: Numbers, b: int, n: int) -> None:
    """Weights, time scales and decays of ``n`` forgetting curves, from three linear layers, into ``s``."""
    size = (inputs + 1) * n
    for head in range(3):
        linear(c, at + head * size, x, source, inputs, source + inputs, n)
        most = x[source + inputs]
        for j in range(1, n):
            most = max(most, x[source + inputs + j])
        total = 0.0
        for j in range(n):
            value = x[source + inputs + j]
            if head == 0:
                value -= most
            else:
                value = min(max(value, -MOST_EXPONENT), MOST_EXPONENT)
            s[b + head * n + j] = exp(value)
            total += s[b + head * n + j]
        if head == 0:
            for j in range(n):
                s[b + j] /= total


def mixed_curve(s: Vector, b: int, n: int, elapsed_days: float) -> float:
    """Recall after some days on a mixture of ``n`` power curves: weights, time scales, decays in ``s``."""
    total = 0.0
    for j in range(n):
        base = 1.0 + elapsed_days / (SHORTEST_SCALE + s[b + n + j])
        total += s[b + j] * exp(-s[b + 2 * n + j] * log(base))
    return (1.0 - SHORTEST_SCALE) * min(max(total, 0.0), 1.0)


def review_inputs(
    c: Vector, at: int, x: Numbers, elapsed_days: float, duration_ms: float, rating: int
) -> None:
    """What a network is told of a review, into the first six places of ``x``.

    Logarithms of days and of the duration, each less its mean and divided by its standard deviation, then a 1
    at the place of the rating. ``c`` holds at ``at``: the days added before the logarithm is taken, both
    means, both standard deviations.
    """
    x[0] = (log(c[at] + elapsed_days) - c[at + 1]) / c[at + 3]
    x[1] = (log(min(max(duration_ms, SHORTEST_MS), LONGEST_MS)) - c[at + 2]) / c[at + 4]
    for j in range(4):
        x[2 + j] = 0.0
    x[1 + rating] = 1.0


# ------------------------------------------------------------------ tables
def offsets(layout: Layout) -> dict[str, int]:
    """Where each tensor of a layout begins, and at "" where the last one ends.

    Example:
        >>> offsets({"weight": (2, 3), "bias": (2,)})
        {'weight': 0, 'bias': 6, '': 8}
    """
    places, at = {}, 0
    for name, shape in layout.items():
        places[name] = at
        at += size_of(shape)
    return {**places, "": at}


def size_of(shape: tuple[int, ...]) -> int:
    """Numbers of a tensor."""
    size = 1
    for length in shape:
        size *= length
    return size


def arranged(w: Vector, layout: Layout) -> list[float]:
    """The parameters as the layers read them: matrices turned over."""
    constants: list[float] = []
    at = 0
    for shape in layout.values():
        size = size_of(shape)
        if len(shape) == 2:
            for column in range(shape[1]):
                constants += w[at + column : at + size : shape[1]]
        else:
            constants += w[at : at + size]
        at += size
    return constants


def parameter_table(layout: Layout, defaults: Vector) -> tuple[Parameter, ...]:
    """One row a parameter, named after its tensor and its place in it."""
    infinite = float("inf")
    names = [(tensor, place) for tensor, shape in layout.items() for place in range(size_of(shape))]
    return tuple(
        Parameter(f"{tensor}[{place}]", value, -infinite, infinite, infinite, "1", "weight of the network")
        for (tensor, place), value in zip(names, defaults, strict=True)
    )


def numbered(name: str, count: int) -> tuple[str, ...]:
    """A name with numbers from 1."""
    return tuple(f"{name}_{i + 1}" for i in range(count))


def pure_functions(
    start: Callable[..., None],
    advance: Callable[..., None],
    curve: Callable[..., float],
    states: int,
    room: int,
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """``first``, ``recall`` and ``after`` of a network, with states as tuples, as other models have them.

    Args:
        start: Writes the state after a first review.
        advance: Moves a state on by a review.
        curve: Probability of recall from a state.
        states: Numbers of a state.
        room: Intermediate values.
    """

    def first(
        w: Vector, c: Vector, o: Vector, rating: int, duration_ms: float = USUAL_DURATION_MS
    ) -> tuple[float, ...]:
        """State after the first review."""
        state = [0.0] * states
        start(c, state, 0, [0.0] * room, duration_ms, int(rating))
        return tuple(state)

    def recall(w: Vector, c: Vector, o: Vector, state: Vector, days: float) -> float:
        """Probability of recall ``days`` after the last review."""
        return curve(c, state, 0, [0.0] * room, days)

    def after(
        w: Vector, c: Vector, o: Vector, state: Vector, days: float, rating: int,
        duration_ms: float = USUAL_DURATION_MS,
    ) -> tuple[float, ...]:  # fmt: skip
        """State after a later review."""
        moved = list(state)
        advance(c, moved, 0, [0.0] * room, days, duration_ms, int(rating))
        return tuple(moved)

    return first, recall, after
