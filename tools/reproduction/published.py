"""Figures that others have published, as they stand there."""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "ADR_TABLE",
    "EQUAL_MEMORY",
    "FSRS_RS_FIRST_DAYS",
    "FSRS_RS_MEMORIZED",
    "FSRS_RS_PRIORITIES",
    "SPRING_2025",
    "SSP_MMC_DEFAULT",
    "SSP_MMC_TRAINED",
    "SSP_MMC_USER_5",
    "EqualMemory",
    "PolicyRow",
]


class PolicyRow(NamedTuple):
    """A row of a table of SSP-MMC-FSRS.

    Attributes:
        policy: A desired retention, or the name of a scheduler.
        reviews: Reviews a day.
        minutes: Minutes a day.
        memorized: Remembered cards, mean over the days.
        per_hour: Remembered cards over the mean of hours spent so far.
    """

    policy: float | str
    reviews: float
    minutes: float
    memorized: float
    per_hour: float


# The default parameters of FSRS-6 that SSP-MMC-FSRS simulates with (spring of 2025).
SPRING_2025 = (
    *(0.4002, 0.1813, 0.6958, 3.1337, 6.6154, 0.565, 2.999, 0.0759, 1.568, 0.248, 0.4816),
    *(1.7469, 0.0247, 0.5986, 1.8441, 0.4189, 1.81, 0.5784, 0.1924, 0.0658, 0.4444),
)

SSP_MMC_DEFAULT = (
    PolicyRow(0.70, 50.8, 12.2, 6052, 28.3),
    PolicyRow(0.80, 67.7, 14.1, 6490, 26.5),
    PolicyRow(0.85, 82.9, 15.9, 6692, 24.3),
    PolicyRow(0.90, 110.8, 19.3, 6886, 20.5),
    PolicyRow(0.95, 187.2, 29.2, 7072, 13.9),
    PolicyRow(0.99, 728.0, 101.5, 7217, 4.2),
    PolicyRow("memrise", 101.6, 18.6, 6710, 22.5),
    PolicyRow("anki_sm2", 122.2, 20.7, 6680, 19.0),
    PolicyRow("fixed@7", 1034.4, 144.2, 7190, 4.2),
    PolicyRow("fixed@14", 515.9, 76.1, 7062, 7.6),
    PolicyRow("fixed@20", 360.3, 56.3, 6905, 9.8),
    PolicyRow("fixed@30", 239.3, 41.5, 6575, 12.3),
    PolicyRow("fixed@50", 142.5, 30.3, 5788, 14.6),
    PolicyRow("fixed@75", 94.1, 24.1, 4857, 15.6),
    PolicyRow("fixed@100", 69.9, 20.3, 4126, 15.9),
)

SSP_MMC_USER_5 = (
    PolicyRow(0.70, 49.3, 18.8, 5946, 18.9),
    PolicyRow(0.80, 70.4, 22.6, 6454, 17.3),
    PolicyRow(0.85, 87.6, 25.6, 6676, 15.9),
    PolicyRow(0.90, 116.0, 30.5, 6881, 13.7),
    PolicyRow(0.95, 176.7, 41.3, 7072, 10.2),
    PolicyRow(0.99, 425.1, 88.1, 7218, 4.6),
    PolicyRow("memrise", 98.7, 27.7, 6753, 15.6),
    PolicyRow("anki_sm2", 93.7, 26.0, 6645, 15.0),
    PolicyRow("fixed@7", 1034.4, 208.9, 7200, 2.9),
    PolicyRow("fixed@14", 515.9, 110.3, 7098, 5.3),
    PolicyRow("fixed@20", 360.3, 81.0, 6994, 7.0),
    PolicyRow("fixed@30", 239.3, 58.4, 6810, 9.2),
    PolicyRow("fixed@50", 142.5, 40.0, 6437, 12.4),
    PolicyRow("fixed@75", 94.1, 30.3, 6011, 15.0),
    PolicyRow("fixed@100", 69.9, 25.1, 5644, 16.9),
)

SSP_MMC_TRAINED = (
    PolicyRow("SSP-MMC, maximum efficiency", 49.2, 18.6, 5953, 19.2),
    PolicyRow("SSP-MMC, balanced", 223.2, 50.0, 7056, 8.4),
    PolicyRow("SSP-MMC, maximum knowledge", 201.2, 46.5, 7080, 10.0),
)


class EqualMemory(NamedTuple):
    """A scheduler against another at equal memory, as srs-simulator published it.

    Attributes:
        target: The one whose curve is read.
        baseline: The one whose point is matched.
        users: With a match.
        superiority: Percent of users for whom the target is more efficient.
        mean_ratio: Efficiency of the target over the baseline's.
        median_ratio: The same, with quartiles beside.
        lower: Quartile.
        upper: Quartile.
        mean_retention: Of the target at equal memory.
        median_retention: The same.
    """

    target: str
    baseline: str
    users: int
    superiority: float
    mean_ratio: float
    median_ratio: float
    lower: float
    upper: float
    mean_retention: float
    median_retention: float


EQUAL_MEMORY = (
    EqualMemory("fsrs6", "anki_sm2", 7954, 78.8, 1.143, 1.124, 1.015, 1.316, 0.885, 0.895),
    EqualMemory("fsrs6", "memrise", 7544, 70.3, 1.074, 1.074, 0.980, 1.188, 0.848, 0.869),
    EqualMemory("lstm", "anki_sm2", 8281, 87.4, 1.243, 1.232, 1.091, 1.449, 0.895, 0.901),
    EqualMemory("lstm", "memrise", 8070, 82.4, 1.133, 1.132, 1.040, 1.247, 0.872, 0.885),
)

# Policies found by search, users 1 to 8: hypervolume gained over FSRS-6 at 16 desired retentions.
ADR_TABLE = (
    ("FSRS-6 world: ADR", "+3.48 % (+3.77 % with Markov ratings)"),
    ("FSRS-6 world: ADR with time", "+3.50 %"),
    ("FSRS-6 world: AP", "+3.34 %"),
    ("FSRS-6 world: Anki-SM-2 AP", "-9.27 %"),
    ("LSTM world: ADR", "+1.97 % (+2.59 % with Markov ratings)"),
    ("LSTM world: ADR with time", "+1.71 %"),
    ("LSTM world: AP", "+2.47 %"),
    ("LSTM world: Anki-SM-2 AP", "-12.12 %"),
    ("FSRS-6 world: mean of ADR's points", "6553 cards, 50.4 min, 195.9 reviews a day"),
    ("FSRS-6 world, 128 users: Cost ADR", "+1 397 642 card·min"),
    ("FSRS-6 world, 128 users: ADR", "+1 239 528 card·min"),
)

FSRS_RS_MEMORIZED = {36500: 3370.38, 100: 3354.44}
"""Remembered cards on day 365 by the longest interval, as the tests of fsrs-rs expect them for one seed."""

FSRS_RS_FIRST_DAYS = (0, 21, 62, 69, 91, 93, 124, 106, 133, 126, 156, 142, 160, 185, 180, 200, 188, 200)
"""Reviews of each day there, with 60 new cards and at most 200 reviews a day."""

FSRS_RS_PRIORITIES = {
    "low_difficulty": 69.3,
    "high_difficulty": 74.7,
    "low_retrievability": 74.9,
    "high_retrievability": 69.7,
    "low_stability": 74.4,
    "high_stability": 68.7,
    "long_interval": 69.4,
    "short_interval": 74.6,
    "early_due": 70.8,
    "late_due": 71.2,
}
"""Seconds for each card remembered in the end there, by what is reviewed first while most has to wait."""
