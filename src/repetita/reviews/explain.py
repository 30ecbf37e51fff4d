"""A `ReviewLog` in words: one review, the whole log, a small table for notebooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.ratings import RATING_NAMES

if TYPE_CHECKING:
    from repetita.reviews.review_log import ReviewLog

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def explain(log: ReviewLog, review_id: int) -> str:
    """One sentence on one review; see `ReviewLog.why`."""
    rows = np.flatnonzero(log.review_ids == review_id)
    if not len(rows):
        step = log.funnel.step_of(review_id)
        if step is None:
            return f"review {review_id} is not in {log.source}: no row has this id"
        return f"review {review_id} was dropped by the rule {step.name!r}: {step.reason}"
    row = int(rows[0])
    card = log.card_ids[log.card_index[row]]
    when = f" at {time_text(int(log.review_times_ms[row]))}" if log.timed else ""
    answer = RATING_NAMES[int(log.ratings[row])]
    days = int(log.elapsed_days[row])
    if log.first[row]:
        place = "the first review of the card, so not scored"
    else:
        when_before = f"{days} day{'s' * (days != 1)} after" if days else "on the same day as"
        place = f"{when_before} the previous review, {'' if log.scored[row] else 'so not '}scored"
    return f"review {review_id} is kept: card {card}{when}, {answer}, {place}"


def summary(log: ReviewLog) -> dict[str, Any]:
    """JSON-safe summary of a log; see `ReviewLog.to_dict`."""
    scored = int(np.count_nonzero(log.scored))
    recalled = int(np.count_nonzero(log.ratings[log.scored] > 1))
    counts = np.bincount(log.ratings, minlength=5)
    times = log.review_times_ms
    shown = log.timed and len(log) > 0
    return {
        "source": log.source,
        "reviews": len(log),
        "cards": log.cards,
        "scored": scored,
        "retention": recalled / scored if scored else None,
        "ratings": {name.lower(): int(counts[rating]) for rating, name in RATING_NAMES.items()},
        "first_review": time_text(int(times.min())) if shown else None,
        "last_review": time_text(int(times.max())) if shown else None,
        "span_days": round(log.span_days, 3),
        "day_rule": {**log.day_rule.to_dict(), "words": log.day_rule.describe()},
        "funnel": log.funnel.to_dict(),
    }


def html(log: ReviewLog) -> str:
    """A small table for notebooks."""
    facts = summary(log)
    rows = {
        "reviews": facts["reviews"],
        "cards": facts["cards"],
        "scored": facts["scored"],
        "recalled": "" if facts["retention"] is None else f"{facts['retention']:.1%} of the scored",
        "days": f"{facts['span_days']:.0f}",
        "day rule": facts["day_rule"]["words"],
        "source": facts["source"],
    }
    body = "".join(f"<tr><th>{name}</th><td>{escape(str(value))}</td></tr>" for name, value in rows.items())
    return f"<table><caption>ReviewLog</caption>{body}</table>"


def time_text(ms: int) -> str:
    """An instant in UTC to the second, or in milliseconds where no calendar reaches."""
    try:
        return (EPOCH + timedelta(milliseconds=ms)).isoformat(sep=" ", timespec="seconds")
    except OverflowError:
        return f"{ms} ms"
