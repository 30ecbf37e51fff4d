"""The table of operations: what each does, and which fields it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeAlias

from repetita.errors import UsageError, unknown_name
from repetita.json_lines.fields import Schedulers

__all__ = ["OPERATIONS", "Operation", "operation"]

Request: TypeAlias = Mapping[str, Any]
Body: TypeAlias = dict[str, Any]
ENVELOPE = frozenset({"id", "op", "schema"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for.

    Attributes:
        home: Module that carries it out, in a function of the operation's name.
        summary: What comes back.
        required: Fields that a request must have.
        optional: Fields that it may have.
        needed: The required ones, as a set.
        allowed: All fields that it may have, those of every request among them.
    """

    home: str
    summary: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    needed: frozenset[str] = field(init=False, repr=False)
    allowed: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needed", frozenset(self.required))
        object.__setattr__(self, "allowed", ENVELOPE.union(self.required, self.optional))

    def check(self, name: str, request: Request) -> None:
        """Nothing, if the fields of a request are those of the operation.

        Raises:
            UsageError: A field is missing.
            UnknownName: A field is there that the operation does not know; the nearest is suggested.
        """
        if strange := request.keys() - self.allowed:
            raise unknown_name(f"field of {name}", min(strange), self.allowed)
        for wanted in self.required:
            if wanted not in request:
                raise UsageError(f"{name} needs the field {wanted!r}", hint=self.words, where=wanted)

    @property
    def words(self) -> str:
        """Its fields in words."""
        optional = f"; it may have {', '.join(self.optional)}" if self.optional else ""
        return f"it takes {', '.join(self.required) or 'no field'}{optional}"


CARDS, MODELS, RULES = "of_cards", "of_models", "of_rules"
OF_A_CARD = ("scheduler", "card_id", "format")
OF_A_MODEL = ("model", "parameters", "variant", "clip")

OPERATIONS: dict[str, Operation] = {
    "describe": Operation(CARDS, "version of the program and schema, operations and their fields"),
    "scheduler": Operation(
        CARDS, "keep a scheduler under a name: its description", ("scheduler",), ("name",)
    ),
    "new_card": Operation(CARDS, "a new card", (), ("card_id", "note_id", "deck_id", "format")),
    "card_from_sm2": Operation(
        CARDS,
        "a card with the memory that an interval and an ease stand for",
        ("interval_days", "ease", "last_review"),
        ("scheduler", "card_id", "retention", "reps", "lapses", "format"),
    ),
    "review": Operation(
        CARDS,
        "the card after an answer, and the entry for the log",
        ("card", "rating", "at"),
        ("duration_ms", "calendar", *OF_A_CARD),
    ),
    "preview": Operation(
        CARDS,
        "what each button would do: interval, reason in words, card",
        ("card", "at"),
        ("calendar", *OF_A_CARD),
    ),
    "retrievability": Operation(
        CARDS, "probability that the card is recalled at an instant", ("card", "at"), OF_A_CARD
    ),
    "reschedule": Operation(
        CARDS,
        "the card as this scheduler would have it, from its history or the memory that it has",
        ("card",),
        ("history", *OF_A_CARD),
    ),
    "rollback": Operation(CARDS, "the card before the answer of an entry", ("card", "entry"), OF_A_CARD),
    "forget": Operation(
        CARDS,
        "the card as a new one, and an entry that says so",
        ("card", "at"),
        ("reset_counts", *OF_A_CARD),
    ),
    "convert": Operation(CARDS, "the card in another format", ("card",), OF_A_CARD),
    "read_parameters": Operation(
        MODELS,
        "the model of a list of parameters of any version, and what a conversion changes",
        ("parameters",),
        ("source", "to", "clip"),
    ),
    "curve": Operation(MODELS, "retrievability after some days", ("state", "elapsed_days"), OF_A_MODEL),
    "first_state": Operation(MODELS, "memory state after a first review", ("rating",), OF_A_MODEL),
    "next_state": Operation(
        MODELS, "memory state after a later review", ("state", "elapsed_days", "rating"), OF_A_MODEL
    ),
    "states": Operation(MODELS, "memory states after each review of a history", ("reviews",), OF_A_MODEL),
    "interval": Operation(
        MODELS, "days until the desired retention, not rounded", ("state", "desired_retention"), OF_A_MODEL
    ),
    "whole_interval": Operation(
        MODELS,
        "the same as whole days within limits, without fuzz",
        ("state", "desired_retention"),
        ("minimum", "maximum", *OF_A_MODEL),
    ),
    "migrate": Operation(
        MODELS, "parameters as the model takes them today, and what was done", ("parameters",), OF_A_MODEL
    ),
    "loss": Operation(
        MODELS, "summed cross-entropy of the predictions of histories", ("histories",), OF_A_MODEL
    ),
    "gradient": Operation(MODELS, "its derivative by each parameter", ("histories",), OF_A_MODEL),
    "fuzz_bounds": Operation(
        RULES, "shortest and longest interval that fuzz may give", ("interval_days", "minimum", "maximum")
    ),
    "fuzz_draws": Operation(
        RULES, "many fuzzed intervals", ("interval_days", "minimum", "maximum", "draws"), ("seed",)
    ),
    "anki_fuzz": Operation(
        RULES, "the interval that Anki's random number picks", ("interval_days", "minimum", "maximum", "seed")
    ),
    "elapsed_days": Operation(
        RULES, "whole days between two instants by a day rule", ("day_rule", "earlier", "later")
    ),
    "training_items": Operation(
        RULES,
        "what rows of a review log train a model with",
        ("rule", "rows"),
        ("day_rule", "ignore_before"),
    ),
}


def operation(name: Any) -> Callable[[Request, Schedulers], Body]:
    """The function of an operation; it takes a request and the schedulers that were sent.

    Raises:
        UnknownName: No such operation; the nearest one is suggested.
    """
    if not isinstance(name, str) or name not in OPERATIONS:
        raise unknown_name("operation", name, OPERATIONS)
    found: Callable[[Request, Schedulers], Body] = getattr(
        import_module(f"repetita.json_lines.{OPERATIONS[name].home}"), name
    )
    return found
