"""Anki-SM-2, the scheduler of Anki before FSRS, as a memory model with seven trained constants.

Formulas and figures: the trainable Anki-SM-2 of the public benchmark, and (`scheduled_first`, `scheduled`)
the scheduler itself with its rounding, as srs-simulator has it. Letters: ``w`` parameters, ``c`` what
`prepare` returned (nothing), ``o`` the options named in `OPTIONS`, ``state`` (interval in days, ease),
``days`` since the last review. No spread is published: the prior has ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, floor, inf, log
from typing import NamedTuple

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float]

TITLE = "Anki-SM-2"
UNIT = "days"
STATE = ("interval", "ease")
STATE_UNITS = ("days", "1")
PREDICTION_FLOOR = 1e-300  # exponential forgetting: after long gaps even 1e-80 is a prediction

SYMBOLS = {
    "interval": "V",
    "ease": "E",
    "interval_min": r"V_{\min}",
    "interval_max": r"V_{\max}",
    "bonus_rating": r"G_{\mathrm{bonus}}",
}
SOURCES = (
    "Anki's manual, deck options and the scheduler: <https://docs.ankiweb.net/deck-options.html>",
    "srs-benchmark: <https://github.com/open-spaced-repetition/srs-benchmark>",
    "srs-simulator: <https://github.com/open-spaced-repetition/srs-simulator>",
)

OPTIONS = ("interval_min", "interval_max", "bonus_rating")
VARIANTS = {
    "default": (0.01, 36500.0, 4.0),
    # older benchmarks in Python: the branches of Good and Easy are exchanged, so the bonus goes to Good
    "good_easy_exchanged": (0.01, 36500.0, 3.0),
}

PARAMETERS = (
    Parameter(
        "graduating_interval", 1.0, 1.0, 9999.0, inf, "days", "interval after a first review", "log", 0.7
    ),
    Parameter("easy_interval", 4.0, 1.0, 9999.0, inf, "days", "interval after a first Easy", "log", 0.7),
    Parameter("initial_ease", 2.5, 1.31, 5.0, inf, "1", "ease to start from", "log", 0.3),
    Parameter("easy_bonus", 1.3, 1.0, 5.0, inf, "1", "further growth after Easy", "log", 0.3),
    Parameter("hard_interval", 1.2, 0.5, 1.3, inf, "1", "growth after Hard", "log", 0.2),
    Parameter("new_interval", 0.0, 0.0, 1.0, inf, "1", "share of the interval a lapse leaves", sd=0.3),
    Parameter(
        "interval_modifier", 1.0, 0.5, 2.0, inf, "1", "factor of every interval after a success", "log", 0.3
    ),
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()

EASE_MIN, EASE_MAX = 1.3, 5.5


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: nothing."""
    return ()


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    interval = w[1] if rating == 4 else w[0]
    return clamp(interval, o[0], o[1]), clamp(w[2], EASE_MIN, EASE_MAX)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one interval."""
    return power(0.9, days / state[0])


def exponential_rate(w: Vector, c: Vector, o: Vector, state: State) -> float:
    """Rate of the forgetting curve: `recall` as ``exp(-rate days)``."""
    return -log(0.9) / state[0]


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review; an interval below a day is drawn up to just under one."""
    interval, ease = state
    if rating == 1:
        grown = interval * w[5]
    elif days < interval:
        early = max(days * w[4], interval * w[4] / 2.0) if rating == 2 else max(days * ease, interval)
        if rating > 2 and rating == o[2]:
            early = early * (w[3] + 1.0) / 2.0
        grown = early * w[6]
    elif rating == 2:
        grown = interval * w[4] * w[6]
    else:
        late = days - interval
        credited = (interval + late) * w[3] if rating == o[2] else interval + late / 2.0
        grown = credited * ease * w[6]
    soft = max(grown, 0.99 + 0.01 * grown)
    return clamp(soft, o[0], o[1]), ease_after(ease, rating)


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * log(desired_retention) / log(0.9)


MIGRATIONS: dict[int, tuple[str, object]] = {}


class Settings(NamedTuple):
    """Deck options of the scheduler, in the order in which policies for it list them.

    The functions below read them by place, so a list or an array of seven numbers does as well.

    Attributes:
        graduating_interval: Days after a first review.
        easy_interval: Days after a first Easy.
        ease_start: Ease of a new card.
        easy_bonus: Further growth after Easy.
        hard_interval_factor: Growth after Hard.
        new_interval_factor: Share of the interval a lapse leaves.
        interval_multiplier: Factor of every interval after a success.
    """

    graduating_interval: float = 1.0
    easy_interval: float = 4.0
    ease_start: float = 2.5
    easy_bonus: float = 1.3
    hard_interval_factor: float = 1.2
    new_interval_factor: float = 0.0
    interval_multiplier: float = 1.0


def ease_after(ease: float, rating: int) -> float:
    """The ease that an answer leaves, in its bounds."""
    if rating == 1:
        change = -0.2
    elif rating == 2:
        change = -0.15
    elif rating == 3:
        change = 0.0
    else:
        change = 0.15
    return clamp(ease + change, EASE_MIN, EASE_MAX)


def graduated(settings: Vector, rating: int) -> float:
    """Days after the answer with which a card leaves learning."""
    return max(1.0, settings[1] if rating == 4 else settings[0])


def scheduled_first(settings: Vector, rating: int) -> State:
    """Interval and ease that the scheduler gives a new card."""
    return graduated(settings, rating), ease_after(settings[2], rating)


def scheduled(settings: Vector, state: State, days: float, rating: int) -> State:
    """Interval and ease that the scheduler gives next; its parts are rounded, in the order of the buttons.

    Args:
        settings: Deck options.
        state: Interval in days and ease.
        days: Since the last review.
        rating: 1 Again, 2 Hard, 3 Good, 4 Easy.

    Example:
        >>> scheduled(Settings(), (10.0, 2.5), 10.0, 3)
        (25.0, 2.5)
    """
    current, ease = max(1.0, state[0]), state[1]
    if rating == 1:
        return max(1.0, current * settings[5]), ease_after(ease, rating)
    if days < current:
        grown = early(settings, current, ease, days, rating)
    else:
        grown = on_time(settings, current, ease, days, rating)
    return max(1.0, grown * settings[6]), ease_after(ease, rating)


def early(settings: Vector, current: float, ease: float, days: float, rating: int) -> float:
    """Interval after a success on a card that was not due yet."""
    if rating == 2:
        return fitted(max(days * settings[4], current * settings[4] / 2.0), 0.0)
    good = max(days * ease, current)
    if rating == 3:
        return fitted(good, 0.0)
    return fitted(good * (settings[3] - (settings[3] - 1.0) / 2.0), 0.0)


def on_time(settings: Vector, current: float, ease: float, days: float, rating: int) -> float:
    """Interval after a success on a card that was due: each button a day above the one before."""
    late, factor = days - current, settings[4]
    hard = fitted(current * factor, 0.0 if factor <= 1.0 else current + 1.0)
    if rating == 2:
        return hard
    good = fitted((current + late / 2.0) * ease, current + 1.0 if factor <= 1.0 else hard + 1.0)
    if rating == 3:
        return good
    return fitted((current + late) * ease * settings[3], good + 1.0)


def fitted(days: float, least: float) -> float:
    """An interval in whole days, rounded half up, at least 1 and at least ``least``."""
    return max(1.0, max(floor(days + 0.5) + 0.0, least))
