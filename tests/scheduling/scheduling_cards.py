"""Cards, histories and schedulers for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from repetita.equations import MODELS, declared, equations
from repetita.scheduling import Card, Scheduler

START = datetime(2024, 3, 30, 9, 15, 20, 123_000, tzinfo=UTC)
RECURSIVE = [name for name in MODELS if declared(equations(name)).kind == "recursive"]
HISTORY = [n for n in MODELS if n not in RECURSIVE and equations(n).UNIT == "days"]
NO_STATE = [n for n in MODELS if n not in RECURSIVE + HISTORY]

ratings = st.integers(1, 4)
gaps = st.one_of(
    st.integers(0, 1500).map(lambda ms: timedelta(milliseconds=ms)),
    st.floats(0.0, 2.0).map(lambda days: timedelta(days=days)),
    st.floats(0.0, 400.0).map(lambda days: timedelta(days=days)),
)
histories = st.lists(st.tuples(ratings, gaps), min_size=1, max_size=12)
zones = st.sampled_from(("UTC", "Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"))


def instants(history: list[tuple[int, timedelta]], start: datetime = START) -> list[tuple[int, datetime]]:
    """Ratings and times of a history of ratings and gaps."""
    at, made = start, []
    for rating, gap in history:
        at += gap
        made.append((rating, at))
    return made


def answer(scheduler: Scheduler, card: Card, answers: list[tuple[int, datetime]]) -> tuple[Card, list[Any]]:
    """The card after all answers, and their entries."""
    entries = []
    for rating, at in answers:
        card, entry = scheduler.review(card, rating, at)
        entries.append(entry)
    return card, entries
