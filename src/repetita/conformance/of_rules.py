"""Topics of the rules around the models: fuzz, days, what a log trains with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from repetita.conformance.making import Maker
from repetita.conformance.of_logs import anki_rows, plain_rows
from repetita.conformance.vector import Topic

__all__ = ["GROUP", "rule_topics"]

GROUP = "rules"
INTERVALS = (1.0, 2.4, 2.5, 3.2, 7.0, 10.0, 17.0, 20.0, 37.0, 100.0, 365.5, 3000.0)
LIMITS = ((1, 36500), (8, 36500), (1, 15), (12, 12))
DRAWN = (2.0, 2.5, 4.0, 7.0, 15.3, 37.0, 100.0)
DRAWS = 3000
# a seed beyond 2**53 would not survive the JSON of every language
SEEDS = (0, 1, 42, 1724158802000, 1724158802007, 2**53 - 1)


def rule_topics() -> list[Topic]:
    """All topics of rules."""
    return [_fuzz_bounds(), _fuzz_draws(), _anki_fuzz(), _days(), _training_items()]


def _topic(maker: Maker, about: str) -> Topic:
    return Topic(maker.group, maker.topic, about, maker.sets, tuple(maker.vectors))


def _fuzz_bounds() -> Topic:
    maker = Maker(GROUP, "fuzz_bounds")
    for days in INTERVALS:
        for minimum, maximum in LIMITS:
            request = {"interval_days": days, "minimum": minimum, "maximum": maximum}
            maker.add(f"{days:g} in {minimum}..{maximum}", None, op="fuzz_bounds", **request)
    return _topic(
        maker,
        "Shortest and longest interval that fuzz may give. No fuzz below 2.5 days; above, to either side one "
        "day, plus 0.15 of the part between 2.5 and 7 days, 0.1 of that between 7 and 20, 0.05 of the rest; "
        "bounds are rounded half up. The interval is moved into the limits first, the bounds after. Equal "
        "bounds above 2 days are opened by a day where the maximum allows it.",
    )


def _fuzz_draws() -> Topic:
    maker = Maker(GROUP, "fuzz_draws")
    for days in DRAWN:
        request: dict[str, Any] = {"interval_days": days, "minimum": 1, "maximum": 36500}
        bounds = maker.figures({"op": "fuzz_bounds", **request})
        expected = {**bounds, "distribution": "uniform"}
        maker.expect(f"{days:g}", expected, None, op="fuzz_draws", **request, draws=DRAWS)
    return _topic(
        maker,
        f"{DRAWS} fuzzed intervals: all within the bounds, every whole day of them equally likely. Draws may "
        "be random; a chi-square test refuses what chance would give once in a million times.",
    )


def _anki_fuzz() -> Topic:
    maker = Maker(GROUP, "anki_fuzz")
    for seed in SEEDS:
        for days in (2.5, 8.3, 21.0, 150.7):
            request = {"interval_days": days, "minimum": 1, "maximum": 36500, "seed": seed}
            maker.add(f"{days:g} seed {seed}", None, op="anki_fuzz", **request)
    return _topic(
        maker,
        "The interval that Anki's own random number picks, seeded with card id plus number of answers, in "
        "32-bit arithmetic: for programs that show the due dates of a user's Anki.",
    )


def _days() -> Topic:
    maker = Maker(GROUP, "days")
    for zone, hour, moments in CLOCKS:
        rule = {"zone": zone, "rollover_hour": hour}
        for earlier, later, why in moments:
            maker.add(f"{zone}, {why}", None, op="elapsed_days", day_rule=rule, earlier=earlier, later=later)
    grid = {"next_day_at": 1711857600}
    begin = datetime(2024, 3, 30, 3, 59, tzinfo=UTC)
    for minutes in (0, 1, 2, 1440, 1441, 1500):
        later = (begin + timedelta(minutes=minutes)).isoformat()
        request = {"earlier": begin.isoformat(), "later": later}
        maker.add(f"grid, {minutes} min later", None, op="elapsed_days", day_rule=grid, **request)
    return _topic(
        maker,
        "Whole days between two instants. With a zone: the difference of local dates, each day begins at "
        "the rollover hour of the wall clock, daylight saving included. With a grid: the difference of "
        "blocks of 86400 seconds that hang from an instant, as FSRS in Anki counts.",
    )


def _training_items() -> Topic:
    maker = Maker(GROUP, "training_items")
    grid = {"next_day_at": 1719892800}
    for name, rows in anki_rows().items():
        maker.add(f"Anki, {name}", None, op="training_items", rule="anki", day_rule=grid, rows=rows)
    for name, cut in (("before", 1718100000000), ("after", 1717900000000)):
        request = {"rule": "anki", "day_rule": grid, "rows": anki_rows()["relearned"], "ignore_before": cut}
        maker.add(f"Anki, learned {name} the ignore date", None, op="training_items", **request)
    for zone in ("UTC", "Europe/Paris", "Asia/Tokyo", "America/New_York"):
        days = {"zone": zone, "rollover_hour": 4}
        request = {"rule": "plain", "day_rule": days, "rows": plain_rows()}
        maker.add(f"plain, {zone}", None, op="training_items", **request)
    return _topic(
        maker,
        "From rows of a review log to histories, each of pairs (days since the review before, rating) up to "
        "a review on a later day than the one before, in the order of that review's time. Rule plain: rows "
        "are (time in ms, card, rating), all ratings of 1 to 4 of a card count. Rule anki: rows are (time in "
        "ms, card, ease, interval, factor, type) of Anki's log; what counts is the last run of learning and "
        "what follows it, without manual, rescheduled and cramming rows (type 3 with factor 0).",
    )


# zone, rollover hour, and pairs of instants around changes of the clock
CLOCKS: tuple[tuple[str, int, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Europe/Paris",
        4,
        (
            ("2024-03-30T22:50:00Z", "2024-03-31T06:50:00Z", "over the night of the change to summer"),
            ("2024-03-31T01:30:00Z", "2024-03-31T02:30:00Z", "over the rollover an hour after the change"),
            ("2024-03-31T00:30:00Z", "2024-03-31T01:59:00Z", "before the rollover"),
            ("2024-03-30T03:00:00Z", "2024-03-31T02:00:00Z", "23 hours from rollover to rollover"),
            ("2024-10-26T02:00:00Z", "2024-10-27T02:59:59Z", "almost 25 hours within a day"),
            ("2024-10-26T02:00:00Z", "2024-10-27T03:00:00Z", "25 hours from rollover to rollover"),
            ("2024-01-15T09:00:00Z", "2024-07-15T08:00:00Z", "from winter to summer"),
        ),
    ),
    (
        "America/New_York",
        4,
        (
            ("2024-03-09T12:00:00Z", "2024-03-11T07:59:00Z", "spring"),
            ("2024-03-09T12:00:00Z", "2024-03-11T08:00:00Z", "spring, next day"),
            ("2024-11-02T12:00:00Z", "2024-11-03T08:59:00Z", "autumn"),
        ),
    ),
    (
        "America/Sao_Paulo",
        0,
        (
            ("2018-11-03T20:00:00Z", "2018-11-04T02:59:59Z", "midnight left out, before"),
            ("2018-11-03T20:00:00Z", "2018-11-04T03:00:00Z", "midnight left out, after"),
        ),
    ),
    (
        "Australia/Lord_Howe",
        4,
        (
            ("2024-04-06T12:00:00Z", "2024-04-06T17:29:00Z", "half an hour back, before the rollover"),
            ("2024-04-06T12:00:00Z", "2024-04-06T17:30:00Z", "half an hour back, at the rollover"),
        ),
    ),
    (
        "Asia/Tokyo",
        4,
        (
            ("2024-05-01T18:59:00Z", "2024-05-01T19:00:00Z", "a minute over the rollover"),
            ("2024-05-01T19:00:00Z", "2024-05-02T18:59:00Z", "a whole day"),
        ),
    ),
    (
        "UTC",
        0,
        (
            ("2024-05-01T23:50:00Z", "2024-05-02T08:00:00Z", "next morning, not 24 hours later"),
            ("2024-05-01T00:00:00Z", "2024-05-01T23:59:59Z", "one day"),
        ),
    ),
)
