"""Which column of a table plays which part: the ecosystem's names and their synonyms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from repetita.errors import InvalidColumns, UsageError, unknown_name

# the first name is ours; letter case and punctuation do not matter, so cardId and card_id are one name
SYNONYMS: dict[str, tuple[str, ...]] = {
    "card_id": ("card_id", "cid", "card", "flashcard_id", "flashcard", "item_id", "item"),
    "review_time": (
        *("review_time", "timestamp", "reviewed_at", "review_datetime", "review_timestamp", "datetime"),
        *("review_date", "date", "time", "created_at", "answered_at", "review"),
    ),
    "rating": ("rating", "review_rating", "ease", "grade", "button", "answer", "button_chosen", "score"),
    "duration_ms": ("duration_ms", "review_duration", "duration", "time_taken", "taken_millis"),
    "state": ("state", "review_state", "type"),
    "review_id": ("review_id", "id"),
    "deck_id": ("deck_id", "did", "deck", "deck_name"),
    "preset_id": ("preset_id", "preset"),
    "note_id": ("note_id", "nid", "note"),
    "user_id": ("user_id", "uid", "user"),
    "elapsed_days": ("elapsed_days", "delta_t", "elapsed"),
    "elapsed_seconds": ("elapsed_seconds",),
    "day_offset": ("day_offset",),
    "review_th": ("review_th",),
}
# whether a card was recalled: serves as its rating where there is no other
OUTCOMES = ("correct", "recalled", "recall", "remembered", "passed", "success")
REQUIRED = ("card_id", "rating")
ALTERNATIVES = ("elapsed_days", "day_offset", "elapsed_seconds")
MAX_SHOWN = 12


class Roles(NamedTuple):
    """Parts and the columns that play them.

    Attributes:
        columns: Our names to the table's names.
        notes: What was guessed.
    """

    columns: dict[str, str]
    notes: tuple[str, ...]


def choose_columns(names: Sequence[str], overrides: Mapping[str, str | None] | None = None) -> Roles:
    """The column for each part, by name.

    Args:
        names: Columns of the table.
        overrides: Our names to the table's names; None leaves a part out.

    Raises:
        UnknownName: An override for a part that does not exist.
        InvalidColumns: A required part has no column or several, or an override names no column.

    Example:
        >>> choose_columns(["cid", "reviewedAt", "ease", "note"]).columns
        {'card_id': 'cid', 'review_time': 'reviewedAt', 'rating': 'ease', 'note_id': 'note'}
    """
    if overrides is None and (found := _anki_revlog(names)):
        return found
    chosen = _checked_overrides(names, overrides or {})
    notes: list[str] = []
    free = [name for name in names if name not in set(chosen.values())]
    for role in SYNONYMS:
        if role not in chosen:
            column, note = _find(role, free, names)
            if column is not None:
                chosen[role] = column
                notes += [note] if note else []
    if "rating" not in chosen:
        outcomes = [name for name in free if normalized(name) in OUTCOMES]
        if len(outcomes) == 1:
            chosen["rating"] = outcomes[0]
            notes.append(f"column {outcomes[0]!r} is the rating")
    columns = {role: column for role, column in chosen.items() if column is not None}
    _check_required(columns, names)
    if "id" in columns.values() and columns.get("review_time") != "id":
        notes.append("column 'id' is the id of the review")
    return Roles(columns, tuple(notes))


def _find(role: str, free: Sequence[str], names: Sequence[str]) -> tuple[str | None, str | None]:
    """The column of one part, and a note where that needed a choice."""
    by_synonym: list[str] = []
    for synonym in SYNONYMS[role]:
        by_synonym += [name for name in free if normalized(name) == normalized(synonym)]
    if not by_synonym:
        return None, None
    best = by_synonym[0]
    if len(by_synonym) == 1:
        exact = normalized(best) == normalized(role)
        return best, None if exact else f"column {best!r} is the {role.replace('_', ' ')}"
    second_is_synonym = normalized(by_synonym[1]) != normalized(role)
    if normalized(best) == normalized(role) and second_is_synonym:
        return best, f"column {best!r} is used, {_listed(by_synonym[1:])} is not"
    if role in (*REQUIRED, "review_time"):
        raise InvalidColumns(
            f"several columns may be the {role}: {_listed(by_synonym)}",
            hint=f'choose one with columns={{"{role}": "{best}"}}',
            where=role,
        )
    return best, f"column {best!r} is the {role.replace('_', ' ')}, {_listed(by_synonym[1:])} is not used"


def _anki_revlog(names: Sequence[str]) -> Roles | None:
    """Anki's own table of reviews: its id is the time of the review and its time the duration."""
    lower = {name.strip().lower(): name for name in names}
    if not {"id", "cid", "ease"} <= lower.keys() or "review_time" in lower:
        return None
    anki = {
        **{"card_id": "cid", "review_time": "id", "rating": "ease", "review_id": "id"},
        **{"duration_ms": "time", "state": "type", "factor": "factor"},
    }
    columns = {role: lower[name] for role, name in anki.items() if name in lower}
    return Roles(columns, ("the columns are those of Anki's revlog: id is the time of the review",))


def _checked_overrides(names: Sequence[str], overrides: Mapping[str, str | None]) -> dict[str, str | None]:
    if not isinstance(overrides, Mapping):
        raise UsageError(f"columns is {overrides!r}, expected a mapping such as {{'rating': 'my_grade'}}")
    for role, column in overrides.items():
        if role not in SYNONYMS:
            raise unknown_name("column role", role, SYNONYMS)
        if column is not None and column not in names:
            close = get_close_matches(str(column), list(names), n=1, cutoff=0.5)
            raise InvalidColumns(
                f"no column {column!r} for {role}; found {_listed(names)}",
                hint=f"did you mean {close[0]!r}?" if close else None,
                where=role,
            )
    return dict(overrides)


def _check_required(columns: Mapping[str, str], names: Sequence[str]) -> None:
    missing = [role for role in REQUIRED if role not in columns]
    if not any(role in columns for role in ("review_time", *ALTERNATIVES)):
        missing.append("review_time")
    if not missing:
        return
    if names and all(re.fullmatch(r"[\s\d.:+TZ-]*", name) for name in names):
        hint = "the first line must name the columns"
    else:
        free = [name for name in names if name not in set(columns.values())]
        pairs = ", ".join(f'"{role}": "{_closest(role, free)}"' for role in missing)
        hint = f"name {'it' if len(missing) == 1 else 'them'} with columns={{{pairs}}}"
    raise InvalidColumns(
        f"no column for {_listed(missing)}; found {_listed(names) or 'no columns'}",
        hint=hint,
        where=missing[0],
    )


def _closest(role: str, names: Sequence[str]) -> str:
    """The name that is most like one of a part's names, or dots."""
    wanted = {normalized(synonym) for synonym in SYNONYMS[role]}
    close = [name for name in names if get_close_matches(normalized(name), wanted, n=1, cutoff=0.7)]
    return close[0] if close else "..."


def normalized(name: str) -> str:
    """A name without letter case and punctuation.

    Example:
        >>> normalized(" Card-ID ")
        'cardid'
    """
    return re.sub(r"[\W_]+", "", name).lower()


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:MAX_SHOWN])
    return shown + (f" and {len(names) - MAX_SHOWN} more" if len(names) > MAX_SHOWN else "")
