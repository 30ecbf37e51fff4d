"""What retention a policy aims at, as plain scalars: constant, by a formula, by time, by a table.

Each function maps a row of numbers ``p``, the belief's stability in days and difficulty, and the time
``now`` in days to a desired retention (`sspmmc_days` and `cost_adr_days` to an interval). A row starts with
the shortest interval in days. Same restrictions as `repetita.simulation.rules`: the text is compiled, too.

Sources: the adaptive desired retention (ADR) policies and the SSP-MMC tables of the public simulators
(open-spaced-repetition/srs-simulator, SSP-MMC-FSRS).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, floor, log, sqrt

Vector = Sequence[float]

RETIRED_DAYS = 1e9
"""Interval of a card that an SSP-MMC policy does not review any more."""

# a row of an ADR policy: least days, features, retention bounds, bounds of stability and difficulty, then
# the length of the run, the weight of cost on a scale from 0 to 1, and the coefficients
FEATURES, RETENTION_MIN, RETENTION_MAX, S_MIN, S_MAX, D_MIN, D_MAX, RUN_DAYS, SCALED_COST, COEFFICIENTS = (
    range(1, 11)
)

# a row of an SSP-MMC policy
(
    TABLE_S_MIN,
    TABLE_S_MAX,
    SHORT_STEP,
    LONG_STEP,
    S_MID,
    SMALL_COUNT,
    LAST_SMALL,
    S_COUNT,
    TABLE_D_MIN,
    TABLE_D_MAX,
    D_COUNT,
    TABLE,
) = range(1, 13)


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    return exp(x) / (1.0 + exp(x))


def softplus(x: float) -> float:
    """log(1 + exp(x)), without overflow."""
    return max(x, 0.0) + log(1.0 + exp(min(x, -x)))


def scaled(value: float, low: float, high: float) -> float:
    """Place of a value between two bounds, in [0, 1]."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def constant_retention(p: Vector, stability: float, difficulty: float, now: float) -> float:
    """The desired retention of the row, always."""
    return p[1]


def adr_retention(p: Vector, stability: float, difficulty: float, now: float) -> float:
    """Desired retention by a polynomial in the scaled logarithm of stability and the scaled difficulty."""
    x = scaled(log(max(stability, p[S_MIN])), log(p[S_MIN]), log(p[S_MAX]))
    y = scaled(difficulty, p[D_MIN], p[D_MAX])
    z = p[COEFFICIENTS] + p[COEFFICIENTS + 1] * x + p[COEFFICIENTS + 2] * y
    if p[FEATURES] > 3.0:
        z = z + p[COEFFICIENTS + 3] * x * y + p[COEFFICIENTS + 4] * x * x + p[COEFFICIENTS + 5] * y * y
    return p[RETENTION_MIN] + (p[RETENTION_MAX] - p[RETENTION_MIN]) * sigmoid(z)


def adr_time_retention(p: Vector, stability: float, difficulty: float, now: float) -> float:
    """As `adr_retention`, with the share of the run that is left as a third variable."""
    x = scaled(log(max(stability, p[S_MIN])), log(p[S_MIN]), log(p[S_MAX]))
    y = scaled(difficulty, p[D_MIN], p[D_MAX])
    t = min(max((p[RUN_DAYS] - floor(now)) / p[RUN_DAYS], 0.0), 1.0)
    z = p[COEFFICIENTS] + p[COEFFICIENTS + 1] * x + p[COEFFICIENTS + 2] * y + p[COEFFICIENTS + 3] * t
    z = z + p[COEFFICIENTS + 4] * x * y + p[COEFFICIENTS + 5] * x * t + p[COEFFICIENTS + 6] * y * t
    z = z + p[COEFFICIENTS + 7] * x * x + p[COEFFICIENTS + 8] * y * y + p[COEFFICIENTS + 9] * t * t
    return p[RETENTION_MIN] + (p[RETENTION_MAX] - p[RETENTION_MIN]) * sigmoid(z)


def cost_feature(i: int, x: float, y: float) -> float:
    """Feature ``i`` of a cost-conditioned policy: 1, x, y, xy, x², y², and two hinges."""
    if i == 0:
        return 1.0
    if i == 1:
        return x
    if i == 2:
        return y
    if i == 3:
        return x * y
    if i == 4:
        return x * x
    if i == 5:
        return y * y
    if i == 6:
        return max(0.0, x - 0.5)
    return max(0.0, y - 0.5)


def cost_group(p: Vector, group: int, stability: float, difficulty: float) -> float:
    """Scalar product of the features with one group of eight coefficients."""
    x = scaled(log(max(stability, p[S_MIN])), log(p[S_MIN]), log(p[S_MAX]))
    y = scaled(difficulty, p[D_MIN], p[D_MAX])
    total = 0.0
    for i in range(8):
        total = total + p[COEFFICIENTS + 8 * group + i] * cost_feature(i, x, y)
    return total


def cost_effect(p: Vector, stability: float, difficulty: float) -> float:
    """What the weight of cost takes from a cost-conditioned policy: at least 0, and grows with it.

    The coefficients come in groups of eight, one number a feature and 0 for features that a variant drops:
    first those of the value at no cost, then one group for each of three powers of the scaled cost. A power
    that a variant drops has -1e9 at its first feature, which makes its share 0.
    """
    z = p[SCALED_COST]
    effect = softplus(cost_group(p, 1, stability, difficulty)) * sqrt(z)
    effect = effect + softplus(cost_group(p, 2, stability, difficulty)) * z
    return effect + softplus(cost_group(p, 3, stability, difficulty)) * z * z


def cost_adr_retention(p: Vector, stability: float, difficulty: float, now: float) -> float:
    """Desired retention of a cost-conditioned policy: falls with the weight of cost."""
    value = cost_group(p, 0, stability, difficulty) - cost_effect(p, stability, difficulty)
    return p[RETENTION_MIN] + (p[RETENTION_MAX] - p[RETENTION_MIN]) * sigmoid(value)


def cost_adr_days(p: Vector, stability: float, difficulty: float) -> float:
    """Interval of a cost-conditioned policy whose head gives intervals: grows with the weight of cost."""
    value = cost_group(p, 0, stability, difficulty) + cost_effect(p, stability, difficulty)
    return exp(min(max(value, -50.0), 50.0))


def table_row(p: Vector, stability: float) -> int:
    """Place of a stability in the grid of an SSP-MMC table: logarithmic up to a middle, then linear."""
    small = floor(p[SMALL_COUNT])
    if stability <= p[S_MID]:
        place = -floor(-(log(stability) - log(p[TABLE_S_MIN])) / p[SHORT_STEP])
        return min(max(place, 0), small - 1)
    place = small - floor(-(stability - p[LAST_SMALL] - p[LONG_STEP]) / p[LONG_STEP])
    return min(max(place, small), floor(p[S_COUNT]) - 1)


def retires(p: Vector, stability: float) -> bool:
    """Whether an SSP-MMC policy gives a card up as known: the last place of its grid is reached."""
    return stability >= p[TABLE_S_MAX] or table_row(p, stability) >= floor(p[S_COUNT]) - 1


def sspmmc_retention(p: Vector, stability: float, difficulty: float, now: float) -> float:
    """Desired retention of an SSP-MMC table; rows are difficulties, columns stabilities."""
    count = floor(p[D_COUNT])
    share = (difficulty - p[TABLE_D_MIN]) / (p[TABLE_D_MAX] - p[TABLE_D_MIN])
    row = min(max(floor(share * count), 0), count - 1)
    return p[TABLE + row * floor(p[S_COUNT]) + table_row(p, stability)]


def sspmmc_days(p: Vector, stability: float, days: float) -> float:
    """The interval at the looked-up retention in whole days, or `RETIRED_DAYS`."""
    if retires(p, stability):
        return RETIRED_DAYS
    return max(p[0], floor(days) + 0.0)
