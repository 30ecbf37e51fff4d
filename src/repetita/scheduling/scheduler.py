"""`Scheduler`: a memory model and the rules around it, as a frozen value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.model_arguments import checked_rating
from repetita.ratings import Rating
from repetita.scheduling.answering import Answering
from repetita.scheduling.calls import ModelCalls
from repetita.scheduling.card import Card, CardId
from repetita.scheduling.changes import answered, forgotten, logged, rolled_back
from repetita.scheduling.day_rule import DayGrid, DayRule
from repetita.scheduling.entry import ReviewLogEntry
from repetita.scheduling.settings import READERS, checked_settings, stored_settings
from repetita.scheduling.steps import Rows, Steps
from repetita.scheduling.stored import described, parsed, rebuilt

if TYPE_CHECKING:
    from repetita.scheduling.picking import Calendar
    from repetita.scheduling.preview import Button

__all__ = ["Scheduler"]


@dataclass(frozen=True, slots=True)
class Scheduler:
    """When cards come next: a memory model, and rules that turn its wishes into days. Immutable.

    The rules are those of Anki: learning and relearning steps, an interval that does not shrink when a card
    is passed, Hard before Good before Easy by a day at least, limits, fuzz.

    Attributes:
        model: The memory model, or its name.
        desired_retention: Probability of recall at which a card should come back, in (0, 1).
        deck_retention: By deck id, where a deck has its own. A card's own goes before both.
        day_rule: When a day begins: elapsed days are counted by it, and cards fall due at it.
        learning_steps: Delays before a new card is left to its memory, such as "1m 10m" or timedeltas.
        relearning_steps: The same after a lapse.
        short_term: Whether memory may ask for less than half a day: "without steps" (where the list of steps
            is empty), "after steps" (after the last one, too) or "never". It needs a model that learns from
            same-day reviews, such as FSRS-5 and later.
        minimum_interval: Fewest days of a card in review.
        maximum_interval: Most days of a card in review.
        fuzz: None, or how cards that were learned together drift apart: "repetita" by a chance addressed by
            seed, card and review; "anki" by the random numbers that Anki has for the same card.
        seed: Of the fuzz "repetita", 0 to 2**64 - 1.
        easy_days: Share of cards on the days from Monday to Sunday: 1 normal, 0 as few as can be, anything
            between is reduced; empty: all normal. Heeded where `review` is given a calendar.
        ordered: Whether Hard, Good and Easy are kept a day apart for a card in review.
        buttons: 4, or 2: Again and Good only.
        leech_threshold: Lapses at which a card is a leech; 0: never.
        leech_action: What happens to one: "flag" or "suspend".
        due_at: "day": a card falls due when its day begins; "answer time": whole days after the answer, to
            the second.

    Raises:
        UsageError: An option out of range, or of another kind.

    Example:
        >>> from datetime import datetime, timezone
        >>> scheduler = Scheduler("fsrs6", desired_retention=0.9, day_rule=DayRule("Europe/Paris", 4))
        >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
        >>> card, entry = scheduler.review(Card(card_id=7), Rating.EASY, at=now)
        >>> card.state.name, card.scheduled_days, card.due.isoformat()
        ('REVIEW', 8, '2026-12-06T03:00:00+00:00')
        >>> scheduler.rollback(card, entry) == Card(card_id=7)
        True
    """

    model: MemoryModel = "fsrs6"  # type: ignore[assignment]  # a name becomes the model
    _: KW_ONLY
    desired_retention: float = 0.9
    deck_retention: Mapping[CardId, float] = field(default_factory=dict, hash=False)
    day_rule: DayRule | DayGrid = field(default_factory=DayRule)
    learning_steps: Steps = "1m 10m"  # type: ignore[assignment]  # texts become steps
    relearning_steps: Steps = "10m"  # type: ignore[assignment]
    short_term: Literal["without steps", "after steps", "never"] = "without steps"
    minimum_interval: int = 1
    maximum_interval: int = 36500
    fuzz: Literal["repetita", "anki"] | None = None
    seed: int = 0
    easy_days: tuple[float, ...] = ()
    ordered: bool = True
    buttons: Literal[2, 4] = 4
    leech_threshold: int = 8
    leech_action: Literal["flag", "suspend"] = "flag"
    due_at: Literal["day", "answer time"] = "day"
    calls: ModelCalls = field(init=False, repr=False, compare=False)
    learning_rows: Rows = field(init=False, repr=False, compare=False)
    relearning_rows: Rows = field(init=False, repr=False, compare=False)
    day_loads: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _short_term: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in checked_settings(self).items():
            object.__setattr__(self, name, value)

    # ------------------------------------------------------------------ answers
    def review(
        self,
        card: Card,
        rating: Rating | int,
        at: datetime,
        *,
        duration_ms: int | None = None,
        calendar: Calendar | Mapping[Any, int] | None = None,
    ) -> tuple[Card, ReviewLogEntry]:
        """The card after an answer, and the entry for the log; the card given is left as it is.

        Args:
            card: Of this scheduler's model, or new.
            rating: 1 Again, 2 Hard, 3 Good, 4 Easy; with two buttons 1 and 3 only.
            at: When; any aware datetime, not before the card's last answer.
            duration_ms: Time the answer took.
            calendar: Cards due by day (a mapping from dates or day numbers, or a `Calendar`): among the days
                that fuzz allows, those with fewer cards are more likely. It needs fuzz.

        Raises:
            UsageError: A rating that there is not, a naive or earlier time, a card of another model.

        Example:
            >>> from datetime import datetime, timezone
            >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
            >>> card, entry = Scheduler(learning_steps=()).review(Card(), Rating.GOOD, now)
            >>> card.scheduled_days, entry.interval_days
            (2, 2.0)
        """
        button = rating if rating.__class__ is Rating and self.buttons == 4 else self.button(rating)
        answering = Answering(self, card, at, calendar)
        outcome = answering.outcome(button)
        duration = None if duration_ms is None else whole_number(duration_ms, "duration_ms")
        return answered(answering, button, outcome), logged(answering, button, outcome[4], duration)

    def preview(
        self, card: Card, at: datetime, *, calendar: Calendar | Mapping[Any, int] | None = None
    ) -> dict[Rating, Button]:
        """What each button would do: interval, due time, state, and the reason in words.

        Args:
            card: Of this scheduler's model, or new.
            at: When; any aware datetime, not before the card's last answer.
            calendar: As in `review`.

        Raises:
            UsageError: A naive or earlier time, a card of another model.

        Example:
            >>> from datetime import datetime, timezone
            >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
            >>> for rating, button in Scheduler().preview(Card(), now).items():
            ...     print(f"{rating.name:5} {button.interval:8} {button.reason}")
            AGAIN 1 min    learning step 1 of 2
            HARD  5.5 min  learning step 1 of 2 again, between steps 1 and 2
            GOOD  10 min   learning step 2 of 2
            EASY  8 days   recall falls to 90 % after 8.3 days
        """
        from repetita.scheduling.preview import button_of

        answering = Answering(self, card, at, calendar)
        return {rating: button_of(answering, rating) for rating in self.ratings}

    def rollback(self, card: Card, entry: ReviewLogEntry) -> Card:
        """The card as it was before its last answer (or before it was forgotten).

        Its ids, and a desired retention of its own, stay as they are now.

        Args:
            card: The card after the answer.
            entry: The entry of that answer.

        Raises:
            UsageError: The entry is not of the card's last answer.
        """
        return rolled_back(card, entry)

    def forget(self, card: Card, at: datetime, *, reset_counts: bool = False) -> tuple[Card, ReviewLogEntry]:
        """The card as a new one, and an entry without a rating that says so.

        Args:
            card: Any card.
            at: When; any aware datetime, not before the card's last answer.
            reset_counts: Set answers and lapses to 0, too.

        Raises:
            UsageError: A naive or earlier time.

        Example:
            >>> from datetime import datetime, timezone
            >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
            >>> scheduler = Scheduler()
            >>> card, _ = scheduler.review(Card(), Rating.EASY, now)
            >>> scheduler.forget(card, now, reset_counts=True)[0] == Card()
            True
        """
        answering = self.answering(card, at)
        return forgotten(card, reset_counts=reset_counts), logged(answering, None, 0.0, None)

    def reschedule(self, card: Card, history: Any = None) -> Card:
        """The card as this scheduler would have it: from its history, or from the memory that it has.

        With a history every answer is given again, so that memory, state, counts and due time are those of
        someone who had used this scheduler for the last answer. Without one the memory stays, and a card in
        review gets the interval that this scheduler gives to it. Ids and a desired retention of its own stay.

        Args:
            card: The card.
            history: A `ReviewLog` (rows of this card are taken), or entries, or pairs of rating and time, in
                the order of time; None: keep the memory.

        Raises:
            UsageError: A history that is none, or of another card; without one, a card of another model.

        Example:
            >>> from datetime import datetime, timezone
            >>> history = [(3, datetime(2026, 11, day, 9, tzinfo=timezone.utc)) for day in (1, 3, 12)]
            >>> card = Scheduler("fsrs5", learning_steps=()).reschedule(Card(card_id=7), history)
            >>> card.scheduled_days, Scheduler("fsrs6").reschedule(card, history).scheduled_days
            (28, 41)
        """
        from repetita.scheduling.rescheduling import replayed, with_new_interval

        return with_new_interval(self, card) if history is None else replayed(self, card, history)

    def retrievability(self, card: Card, at: datetime) -> float:
        """Probability that the card is recalled at an instant; 0 for a new card.

        Args:
            card: Of this scheduler's model, or new.
            at: When; any aware datetime, not before the card's last answer.

        Raises:
            UsageError: A naive or earlier time, a card of another model.

        Example:
            >>> from datetime import datetime, timedelta, timezone
            >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
            >>> scheduler = Scheduler()
            >>> card, _ = scheduler.review(Card(), Rating.EASY, now)
            >>> round(scheduler.retrievability(card, now + timedelta(days=8)), 3)
            0.902
        """
        elapsed_days = Answering(self, card, at).elapsed_days
        return 0.0 if card.memory is None else self.model.retrievability(card.memory, elapsed_days)

    # ------------------------------------------------------------------ parts of a decision
    @property
    def ratings(self) -> tuple[Rating, ...]:
        """The buttons."""
        return tuple(Rating) if self.buttons == 4 else (Rating.AGAIN, Rating.GOOD)

    def button(self, rating: Rating | int) -> Rating:
        """The button of a rating.

        Raises:
            UsageError: There is no such button.
        """
        if type(rating) is not Rating:
            rating = Rating(checked_rating(rating))
        if self.buttons == 2 and rating not in (Rating.AGAIN, Rating.GOOD):
            raise UsageError(
                f"rating is {int(rating)}, but this scheduler has two buttons: 1 (Again) and 3 (Good)",
                hint="buttons=4 allows all ratings",
            )
        return rating

    def answering(self, card: Card, at: datetime) -> Answering:
        """A card at the moment of an answer, for the buttons to be worked out.

        Raises:
            UsageError: A naive or earlier time, a card of another model.
        """
        return Answering(self, card, at)

    def retention_of(self, card: Card) -> float:
        """The desired retention that holds for a card: its own, its deck's, or the scheduler's."""
        if card.desired_retention is not None:
            return card.desired_retention
        if self.deck_retention and card.deck_id is not None:
            return self.deck_retention.get(card.deck_id, self.desired_retention)
        return self.desired_retention

    def gives_short_term(self, steps: Steps) -> bool:
        """Whether memory may ask for less than half a day once a list of steps is over."""
        return self._short_term and (not steps or self.short_term == "after steps")

    # ------------------------------------------------------------------ storage
    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `from_dict` reads back, model and parameters in it."""
        return described("Scheduler", stored_settings(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Scheduler:
        """The scheduler that `to_dict` described.

        Raises:
            CorruptInput: Not such a description, or one with impossible values.
            UnsupportedInput: Made by a newer version.
        """
        return rebuilt(cls, "Scheduler", data, READERS)

    def to_json(self, indent: int | str | None = None) -> str:
        """`to_dict` as JSON text.

        Example:
            >>> scheduler = Scheduler("hlr", learning_steps="30s 1d")
            >>> Scheduler.from_json(scheduler.to_json()) == scheduler
            True
        """
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Scheduler:
        """The scheduler that `to_json` wrote.

        Raises:
            CorruptInput: Not JSON, not a scheduler, or one with impossible values.
            UnsupportedInput: Made by a newer version.
        """
        return cls.from_dict(parsed("Scheduler", text))
