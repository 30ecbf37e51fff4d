"""Initial stabilities fitted alone: a forgetting curve through each card's first review on a later day.

The reference trainers start from this fit and pull towards it. It looks at one number a first rating, so it
is a one-dimensional search each, followed by rules that put the four in order and fill in those without data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np

from repetita.equations import declared, equations
from repetita.errors import UsageError
from repetita.fitting.outliers import first_intervals

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

INITIAL_NAMES = ("initial_again", "initial_hard", "initial_good", "initial_easy")
ORDER_PAIRS = ((1, 2), (2, 3), (3, 4), (1, 3), (2, 4), (1, 4))
DISTANCE_COST = 1.0 / 16.0  # nats a day away from the default
GRID_POINTS = 48
GOLDEN_STEPS = 40
GOLDEN = (5.0**0.5 - 1.0) / 2.0

# Exponents with which a missing stability lies between its neighbors, on the log scale: figures of the
# reference trainers, s2 = s1^U s3^(1-U) and s3 = s2^(1-V) s4^V.
U = 0.41
V = 0.54

Table = Iterable[tuple[int, int, int, int]]


def fitted_initial_stabilities(
    model: str,
    log: ReviewLog,
    cards: np.ndarray | None = None,
    *,
    centers: Sequence[float] | None = None,
) -> tuple[float, ...]:
    """The four initial stabilities that fit the first later-day answers of a log, in days.

    Args:
        model: A model with initial stabilities by first rating.
        log: A review log.
        cards: Cards to look at, shape (cards,) of bool; default: all.
        centers: As in `initial_stabilities`.

    Raises:
        UsageError: The model has no such parameters.
    """
    rating, days, answer = first_intervals(log)
    seen = days > 0 if cards is None else (days > 0) & cards
    keys = days[seen].astype(np.int64) * 8 + rating[seen]
    cells, place = np.unique(keys, return_inverse=True)
    count = np.bincount(place, minlength=len(cells))
    passes = np.bincount(place, weights=answer[seen] > 1, minlength=len(cells))
    later = log.later_day if cards is None else log.later_day & cards[log.card_index]
    average = float((log.ratings[later] > 1).mean()) if later.any() else 0.9
    table = [(int(k) % 8, int(k) // 8, int(n), int(y)) for k, n, y in zip(cells, count, passes, strict=True)]
    return initial_stabilities(model, table, average, centers=centers)


def initial_stabilities(
    model: str, table: Table, average_recall: float, *, centers: Sequence[float] | None = None
) -> tuple[float, ...]:
    """The four initial stabilities that fit a table of first later-day answers, in days.

    Minimizes ``sum n * cross_entropy(smoothed recall, R(days; s)) + |s - default| / 16`` for each first
    rating, R being the model's curve with its default parameters; then orders and fills. Method and
    constants: the initial-stability fit of fsrs-optimizer and fsrs-rs.

    Args:
        model: A model with initial stabilities by first rating.
        table: Rows (first rating, days, cards, cards that passed).
        average_recall: Share of passes among all scored reviews; smooths cells with few cards.
        centers: What the four are pulled to, and scaled from where they are missing; default: the model's
            own defaults.

    Raises:
        UsageError: The model has no such parameters.

    Example:
        >>> fitted = initial_stabilities("fsrs6", [(3, 3, 22, 20), (3, 10, 29, 26), (3, 21, 56, 47)], 0.9)
        >>> [round(s, 2) for s in fitted]
        [0.68, 4.17, 7.43, 26.73]
    """
    places = initial_places(model)
    parameters = equations(model).PARAMETERS
    defaults = {g: parameters[i].default for g, i in places.items()}
    if centers is not None:
        defaults = dict(enumerate(centers, start=1))
    low, high = parameters[places[1]].low, parameters[places[1]].high
    rows: dict[int, list[tuple[int, int, float]]] = {}
    for g, days, count, passes in table:
        rows.setdefault(g, []).append((days, count, (passes + average_recall) / (count + 1.0)))
    fitted = {g: fit_one(model, g, rows[g], defaults[g])[0] for g in sorted(rows)}
    counts = {g: sum(count for _, count, _ in rows[g]) for g in rows}
    known = ordered(fitted, counts)
    return tuple(min(max(s, low), high) for s in filled(known, defaults))


def initial_places(model: str) -> dict[int, int]:
    """Index of the initial stability among a model's parameters, by first rating.

    Raises:
        UsageError: The model has none.
    """
    names = [p.name for p in equations(model).PARAMETERS]
    if not set(INITIAL_NAMES) <= set(names):
        raise UsageError(f"{model} has no initial stabilities by first rating", hint="use center='defaults'")
    return {g: names.index(name) for g, name in enumerate(INITIAL_NAMES, start=1)}


def ordered(fitted: Mapping[int, float], counts: Mapping[int, int]) -> dict[int, float]:
    """Stabilities made to rise with the rating; of a pair in the wrong order the better counted one wins.

    Example:
        >>> ordered({2: 9.0, 3: 5.0}, {2: 10, 3: 40})
        {2: 5.0, 3: 5.0}
    """
    known = dict(fitted)
    for small, big in ORDER_PAIRS:
        if small in known and big in known and known[small] > known[big]:
            winner = small if counts[small] > counts[big] else big
            known[small] = known[big] = known[winner]
    return known


def filled(known: Mapping[int, float], defaults: Mapping[int, float]) -> tuple[float, float, float, float]:
    """All four stabilities from those that are known, by fixed proportions on the log scale.

    Example:
        >>> filled({}, {1: 0.2, 2: 1.3, 3: 2.3, 4: 8.3})
        (0.2, 1.3, 2.3, 8.3)
    """
    if len(known) < 2:
        ratio = next((s / defaults[g] for g, s in known.items()), 1.0)
        return (defaults[1] * ratio, defaults[2] * ratio, defaults[3] * ratio, defaults[4] * ratio)
    s = dict(known)
    if 2 not in s and 3 not in s:
        q = U + V - U * V
        s[2] = _between(s[1], s[4], U / q)
        s[3] = _between(s[1], s[4], 1.0 - V / q)
    elif 2 not in s:
        s[2] = _between(s[1], s[3], U) if 1 in s else _between(s[3], s[4], 1.0 / (1.0 - V))
    elif 3 not in s:
        s[3] = _between(s[2], s[4], 1.0 - V) if 4 in s else _between(s[1], s[2], 1.0 - 1.0 / (1.0 - U))
    if 1 not in s:
        s[1] = _between(s[2], s[3], 1.0 / U)
    if 4 not in s:
        s[4] = _between(s[2], s[3], 1.0 - 1.0 / V)
    return s[1], s[2], s[3], s[4]


def _between(a: float, b: float, share: float) -> float:
    return exp(share * log(a) + (1.0 - share) * log(b))


def fit_one(
    model: str,
    rating: int,
    cells: Sequence[tuple[float, int, float]],
    center: float,
    *,
    base: Sequence[float] | None = None,
) -> tuple[float, float]:
    """The stability after one first rating that fits a table of answers, and what it costs, in nats.

    Args:
        model: A model with initial stabilities by first rating.
        rating: First rating, 1 to 4.
        cells: Rows (days, cards, smoothed recall).
        center: What the stability is pulled to.
        base: The other parameters; default: the model's defaults.
    """
    module = equations(model)
    place = initial_places(model)[rating]
    row = module.PARAMETERS[place]
    w = [p.default for p in module.PARAMETERS] if base is None else list(base)
    o = module.VARIANTS["default"]
    least = max(module.PREDICTION_FLOOR, 1e-12)
    most = min(declared(module).ceiling, 1.0 - 1e-12)

    def cost(log_stability: float) -> float:
        w[place] = stability = exp(log_stability)
        c = module.prepare(w, o)
        state = module.first(w, c, o, rating)
        total = abs(stability - center) * DISTANCE_COST
        for days, count, recall in cells:
            p = min(max(float(module.recall(w, c, o, state, float(days))), least), most)
            total -= count * (recall * log(p) + (1.0 - recall) * log(1.0 - p))
        return total

    ends = (log(row.low), log(center), log(row.high))  # where a kink or the box may hold the minimum
    candidates = [_minimum(cost, ends[0], ends[2]), *ends]
    best = min(candidates, key=cost)
    exact = {ends[0]: row.low, ends[1]: center, ends[2]: row.high}
    return float(exact.get(best, exp(best))), cost(best)


def _minimum(cost: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with few minima is least: a grid finds the valley, golden sections its floor."""
    grid = np.linspace(low, high, GRID_POINTS)
    best = int(np.argmin([cost(float(x)) for x in grid]))
    a, b = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, GRID_POINTS - 1)])
    left, right = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
    f_left, f_right = cost(left), cost(right)
    for _ in range(GOLDEN_STEPS):
        if f_left < f_right:
            b, right, f_right = right, left, f_left
            left = b - GOLDEN * (b - a)
            f_left = cost(left)
        else:
            a, left, f_left = left, right, f_right
            right = a + GOLDEN * (b - a)
            f_right = cost(right)
    return 0.5 * (a + b)
