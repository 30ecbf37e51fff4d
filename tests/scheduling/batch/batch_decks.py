"""Decks for the tests of batch tools: drawn at random by hypothesis, or written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from repetita.scheduling import Card, DayRule, Scheduler, State
from repetita.scheduling.batch import Deck

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)  # a Saturday
ZONES = ("UTC", "Europe/Paris", "Asia/Tokyo", "America/Los_Angeles")


def reviewed(
    card_id: int | str,
    *,
    last: int,
    due: int,
    stability: float = 10.0,
    note_id: int | None = None,
    scheduler: Scheduler | None = None,
    **more: object,
) -> Card:
    """A card in review, its last review and due day given in days from today."""
    scheduler = scheduler or Scheduler()
    rule = scheduler.day_rule
    at = NOW + timedelta(days=last)
    last_day = rule.day(at)
    due_day = rule.day(NOW) + due
    when = rule.start(due_day) if scheduler.due_at == "day" else at + timedelta(days=due_day - last_day)
    return Card(
        card_id=card_id,
        note_id=note_id,
        state=State.REVIEW,
        model=scheduler.model.name,
        memory=(stability, 5.0),
        due=when,
        last_review=at,
        scheduled_days=max(due_day - last_day, 0),
        reps=3,
        **more,
    )


@st.composite
def decks(draw: st.DrawFn, *, most: int = 25, **options: object) -> Deck:
    """Cards in every state, with and without notes, overdue and not."""
    scheduler = Scheduler(
        desired_retention=draw(st.sampled_from((0.8, 0.9, 0.95))),
        day_rule=DayRule(draw(st.sampled_from(ZONES)), draw(st.sampled_from((0, 4)))),
        maximum_interval=draw(st.sampled_from((36500, 36500, 60))),
        due_at=draw(st.sampled_from(("day", "day", "answer time"))),
        **options,
    )
    cards = []
    for card_id in range(draw(st.integers(0, most))):
        kind = draw(st.integers(0, 9))
        note_id = draw(st.sampled_from((None, 1, 2, 3)))
        if kind == 0:
            cards.append(Card(card_id=card_id, note_id=note_id))
        elif kind == 1:
            at = NOW - timedelta(minutes=draw(st.integers(1, 60)))
            card, _ = scheduler.review(Card(card_id=card_id, note_id=note_id), 3, at)
            cards.append(card)
        else:
            last = -draw(st.integers(0, 40))
            cards.append(
                reviewed(
                    card_id,
                    last=last,
                    due=last + draw(st.integers(1, 60)),
                    stability=draw(st.floats(0.5, 200.0)),
                    note_id=note_id,
                    scheduler=scheduler,
                    suspended=kind == 2,
                )
            )
    return Deck(cards, scheduler, NOW)


def shown_by_day(deck: Deck, cards: list[Card] | None = None) -> dict[int, int]:
    """Cards in review that would be seen on each day from today, and those answered today."""
    deck = deck if cards is None else Deck(cards, deck.scheduler, deck.now)
    found = {0: deck.answered_today}
    for row in deck.rows:
        day = max(row.due_day - deck.today, 0)
        found[day] = found.get(day, 0) + 1
    return found
