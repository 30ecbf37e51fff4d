"""Rows of one user, deck or preset of a table that holds several."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import polars as pl

from repetita.errors import UnknownName, UsageError
from repetita.reviews.sieve import Sieve

MAX_SHOWN = 8


def keep_groups(
    columns: Mapping[str, pl.Series], sieve: Sieve, *, user: object, deck: object, preset: object
) -> None:
    """Drops the rows of other users, decks and presets.

    Args:
        columns: Columns by the parts they play.
        sieve: Rows left.
        user: Value of ``user_id`` to keep, or None where there is one user only.
        deck: Value of ``deck_id``, or the name of a deck, whose subdecks (``deck::…``) are kept too.
        preset: Value of ``preset_id``.

    Raises:
        UsageError: Several users and none chosen, or a choice without such a column.
        UnknownName: A value that does not occur.
    """
    if user is None and "user_id" in columns:
        users = columns["user_id"].drop_nulls().unique().sort()
        if len(users) > 1:
            shown = ", ".join(str(value) for value in users[:MAX_SHOWN].to_list())
            raise UsageError(
                f"the table holds reviews of {len(users)} users, and a log is of one",
                hint=f"choose one with user=; they are {shown}{', …' * (len(users) > MAX_SHOWN)}",
                where="user_id",
            )
    for role, value, word in (
        ("user_id", user, "user"),
        ("deck_id", deck, "deck"),
        ("preset_id", preset, "preset"),
    ):
        if value is None:
            continue
        if role not in columns:
            raise UsageError(f"{word}={value!r} is asked for, but the table has no column for it", where=role)
        texts = columns[role].cast(pl.String, strict=False)
        wanted = texts == str(value)
        if word == "deck":
            wanted |= texts.str.starts_with(f"{value}::")
        wanted = wanted.fill_null(False)
        if not wanted.any():
            raise _unknown_group(word, value, texts)
        sieve.drop(f"other {word}", f"not of {word} {value}", (~wanted).to_numpy())


def _unknown_group(word: str, value: object, texts: pl.Series) -> UnknownName:
    known = [str(text) for text in texts.drop_nulls().unique().sort().to_list()]
    close = get_close_matches(str(value), known, n=1, cutoff=0.5)
    listed = ", ".join(known[:MAX_SHOWN]) + (", …" if len(known) > MAX_SHOWN else "")
    suggestion = f"did you mean {close[0]!r}? " if close else ""
    return UnknownName(f"no {word} {value!r} in the table", hint=f"{suggestion}known: {listed}", where=word)
