"""``repetita inspect``: what is in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._options import answer_options
from repetita.cli._reading import Reading, reader_options
from repetita.cli._terminal import Manner, print_table, say
from repetita.cli._wording import as_options
from repetita.plurals import counted
from repetita.ratings import RATING_NAMES

if TYPE_CHECKING:
    from repetita.report import Overview
    from repetita.reviews import ReviewLog
    from repetita.reviews.anki import AnkiCollection

PRESET_FIELDS = (
    *("id", "name", "desired_retention", "historical_retention"),
    *("ignore_revlogs_before_date", "maximum_review_interval"),
)
UNKNOWN = -1  # deck of a card that the collection does not hold any more


@click.command("inspect", cls=Command, short_help="Show what is in a log, and what a reader makes of it.")
@reader_options
@option("--why", "review_id", type=int, metavar="REVIEW_ID", help="Why this review is kept or dropped.")
@answer_options
def command(reading: Reading, review_id: int | None, manner: Manner) -> Answer:
    """Show what is in LOG: format, what had to be guessed, which rows were dropped and why, ratings, recall.

    For an Anki collection also its decks and presets, for --deck and --preset.
    """
    from repetita.report import log_overview

    found = reading.format()
    log = reading.read(manner, tell=False)
    if review_id is not None:
        why = log.why(review_id)
        return Answer({"review_id": review_id, "why": why}, lambda: say(why))
    seen = log_overview(log)
    collection = _collection(reading) if found == "anki" else None
    document = {
        **log.to_dict(),
        "format": found,
        "same_day": seen.same_day,
        "first_ratings": {
            RATING_NAMES[rating].lower(): count for rating, count in seen.first_ratings.items()
        },
        "longest_card": seen.longest_card,
        "layout": collection and collection.layout,
        "schema_version": collection and collection.schema,
        "deleted_cards": (seen.decks or {}).get(UNKNOWN, 0) if collection else None,
        "decks": _decks(collection, seen),
        "presets": _presets(collection, seen),
    }
    return Answer(document, lambda: _show(log, seen, document))


def _collection(reading: Reading) -> AnkiCollection:
    from repetita.reviews.anki import read_collection

    return read_collection(reading.path, allow_locked=reading.arguments["allow_locked"])


def _decks(collection: AnkiCollection | None, seen: Overview) -> list[dict[str, Any]] | None:
    if collection is None:
        return None
    names = {preset.id: preset.name for preset in collection.presets.values()}
    return [
        {
            "id": deck.id,
            "name": deck.name,
            "cards_with_reviews": (seen.decks or {}).get(deck.id, 0),
            "preset": names.get(deck.preset_id or 1),
        }
        for deck in collection.decks.values()
    ]


def _presets(collection: AnkiCollection | None, seen: Overview) -> list[dict[str, Any]] | None:
    if collection is None:
        return None
    told = []
    for preset in collection.presets.values():
        fields = preset.to_dict()
        about = {name: fields[name] for name in PRESET_FIELDS}
        count = (seen.presets or {}).get(preset.id, 0)
        told.append({**about, "parameters": list(preset.parameters), "cards_with_reviews": count})
    return told


def _show(log: ReviewLog, seen: Overview, document: Mapping[str, Any]) -> None:
    say(
        f"{PurePath(log.source).name}: {counted(seen.reviews, 'review')} of {counted(seen.cards, 'card')}; "
        f"{seen.scored:,} of them can be scored (not the first of a card, on a later day than the one "
        "before)."
    )
    print_table(("", ""), _facts(seen, document))
    for guess in log.funnel.guesses:
        say(f"  assumed: {as_options(guess)}")
    _show_funnel(log)
    if document["decks"]:
        rows = [(d["name"], d["preset"] or "", f"{d['cards_with_reviews']:,}") for d in document["decks"]]
        if document["deleted_cards"]:
            rows.append(("(cards that are gone)", "", f"{document['deleted_cards']:,}"))
        print_table(("deck", "preset", "cards with reviews"), rows)
    if document["presets"]:
        rows = [(p["name"], f"{p['cards_with_reviews']:,}", _in_force(p)) for p in document["presets"]]
        print_table(("preset", "cards with reviews", "parameters"), rows)


def _facts(seen: Overview, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    layout = f", {document['layout']}, schema {document['schema_version']}" if document["layout"] else ""
    facts = [("format", f"{document['format']}{layout}"), ("day rule", seen.day_rule)]
    if seen.begins and seen.ends:
        facts.append(("from, to", f"{seen.begins[:10]}, {seen.ends[:10]} ({seen.span_days:,.0f} days)"))
    facts.append(("ratings", _counts(seen.ratings)))
    facts.append(("first ratings", _counts(seen.first_ratings)))
    if seen.recalled is not None:
        facts.append(("observed recall", f"{100 * seen.recalled:.1f} % of the scored reviews"))
    facts.append(("on the same day", f"{seen.same_day:,} reviews, as the review before"))
    facts.append(("longest card", f"{seen.longest_card:,} reviews"))
    return facts


def _counts(ratings: Mapping[int, int]) -> str:
    total = max(sum(ratings.values()), 1)
    return ", ".join(
        f"{RATING_NAMES[rating]} {count:,} ({100 * count / total:.0f} %)" for rating, count in ratings.items()
    )


def _show_funnel(log: ReviewLog) -> None:
    funnel = log.funnel
    rows = [("rows read", "", f"{funnel.rows_read:,}", "")]
    for step in funnel.steps:
        if step.dropped:
            rows.append((step.name, f"-{step.dropped:,}", f"{step.remaining:,}", step.reason))
    rows.append(("kept", "", f"{funnel.kept:,}", ""))
    print_table(("funnel", "dropped", "left", "why"), rows)
    for step in funnel.steps:
        if step.dropped and step.example:
            shown = ", ".join(f"{key} {value}" for key, value in step.example.items())
            say(f"  e.g. {step.name}: {shown}")


def _in_force(preset: Mapping[str, Any]) -> str:
    numbers = preset.get("parameters")
    return f"{len(numbers)} numbers" if numbers else "defaults"
