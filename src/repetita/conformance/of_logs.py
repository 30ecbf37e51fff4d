"""Rows of review logs for the topic of training items: small made-up cards, each with one trap."""

from __future__ import annotations

__all__ = ["anki_rows", "plain_rows"]

START = 1717236000000  # 2024-06-01 10:00 UTC
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LEARNING, REVIEW, RELEARNING, FILTERED, MANUAL, RESCHEDULED = range(6)

Rows = list[list[int]]


def _learned(card: int, start: int = START) -> Rows:
    """A card learned in two steps."""
    return [
        [start, card, 3, -600, 0, LEARNING],
        [start + 10 * MINUTE, card, 3, 1, 2500, LEARNING],
    ]


def anki_rows() -> dict[str, Rows]:
    """Rows of Anki's log by what is special about them: time, card, ease, interval, factor, type."""
    reviews = [
        [START + 1 * DAY, 1, 3, 3, 2500, REVIEW],
        [START + 4 * DAY, 1, 1, 1, 2300, REVIEW],
        [START + 4 * DAY + 10 * MINUTE, 1, 3, 1, 2300, RELEARNING],
        [START + 5 * DAY, 1, 4, 4, 2300, REVIEW],
    ]
    plain = [*_learned(1), *reviews]
    return {
        "learned and reviewed": plain,
        "two cards": sorted([*plain, *_learned(2, START + 2 * HOUR), [START + 3 * DAY, 2, 2, 2, 2350, 1]]),
        "cramming": sorted([*plain, [START + 2 * DAY, 1, 1, 3, 0, FILTERED]]),
        "an early review that counts": sorted([*plain, [START + 2 * DAY, 1, 3, 3, 450, FILTERED]]),
        "moved by hand and rescheduled": sorted(
            [*plain, [START + 2 * DAY, 1, 0, 9, 2500, MANUAL], [START + 3 * DAY, 1, 0, 5, 2500, RESCHEDULED]]
        ),
        "relearned": sorted([*plain, *_learned(1, START + 9 * DAY), [START + 11 * DAY, 1, 3, 4, 2500, 1]]),
        "reset": [*plain, [START + 6 * DAY, 1, 0, 0, 0, MANUAL]],
        "reset and learned anew": [
            *plain,
            [START + 6 * DAY, 1, 0, 0, 0, MANUAL],
            *_learned(1, START + 7 * DAY),
            [START + 9 * DAY, 1, 3, 3, 2500, REVIEW],
        ],
        "learning is not in the log": reviews,
        "all on one day": [*_learned(1), [START + HOUR, 1, 3, 1, 2500, REVIEW]],
        "over the rollover": [
            [START + 17 * HOUR, 1, 3, -600, 0, LEARNING],
            [START + 18 * HOUR + 1000, 1, 3, 1, 2500, LEARNING],
        ],
    }


def plain_rows() -> Rows:
    """Rows of any app: time, card, rating; over the change to summer time, and not in order."""
    night = 1711838400000  # 2024-03-30 22:40 UTC
    return [
        [night, 10, 3],
        [night + 10 * MINUTE, 11, 1],
        [night + 8 * HOUR, 10, 3],
        [night + 9 * HOUR, 11, 3],
        [night + 3 * DAY, 11, 0],
        [night + 3 * DAY + HOUR, 11, 2],
        [night + 2 * DAY + 5 * HOUR, 10, 4],
        [night + 2 * DAY + 6 * HOUR, 10, 3],
        [night + 40 * DAY, 10, 1],
    ]
