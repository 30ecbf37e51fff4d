"""Reviews of many users in one folder, as anki-revlogs-10k lays them out: Parquet, partitioned by user.

    revlogs/user_id=7/*.parquet   card_id, day_offset, rating, state, duration, elapsed_days, elapsed_seconds
    cards/user_id=7/*.parquet     card_id, note_id, deck_id        (may be missing)
    decks/user_id=7/*.parquet     deck_id, parent_id, preset_id    (may be missing)

Rows stand in order of time and carry no time of day; elapsed times are taken as they are, -1 at the first
review of a card. Only the files of the user asked for are read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.errors import CorruptInput, InputMissing, InvalidColumns, NoReviews, RepetitaError
from repetita.reviews.funnel import Funnel, FunnelStep
from repetita.reviews.polars_errors import polars_problems
from repetita.reviews.review_log import ReviewLog

__all__ = ["partition_files", "partitions", "read_partition", "write_partition"]

NAMES = ("revlogs", "cards", "decks")
KEY = "user_id="
REQUIRED = ("card_id", "rating", "elapsed_days")
OPTIONAL = ("elapsed_seconds", "day_offset", "state", "duration")
MISSING = -1
MS_A_DAY = 86_400_000


def partitions(root: str | Path) -> dict[str, int]:
    """Users of a layout and the bytes of their review files; empty where the folder is not one.

    Args:
        root: The folder with ``revlogs``, or ``revlogs`` itself.
    """
    folder = _folder(Path(root), "revlogs")
    if folder is None:
        return {}
    return {
        entry.name[len(KEY) :]: sum(file.stat().st_size for file in entry.glob("*.parquet"))
        for entry in sorted(folder.glob(f"{KEY}*"))
    }


def partition_files(root: str | Path, user: str | int) -> list[Path]:
    """The review files of a user, by name.

    Raises:
        InputMissing: There are none.
    """
    found = _files(Path(root), "revlogs", user)
    if not found:
        raise InputMissing(f"no Parquet files of user {user} under {str(root)!r}", where=str(root))
    return found


def read_partition(root: str | Path, user: str | int) -> ReviewLog:
    """The reviews of one user.

    Args:
        root: The folder with ``revlogs``, ``cards``, ``decks``.
        user: As in the name of its folder.

    Returns:
        The log, with decks, presets and notes where ``cards`` and ``decks`` are there (-1 where they do not
        know a card).

    Raises:
        InputMissing: No files of this user.
        CorruptInput: A file that is not complete Parquet.
        InvalidColumns: A column is missing, or holds values of another kind.
        NoReviews: No row has a rating from 1 to 4.
    """
    files = partition_files(root, user)
    table = _read(files)
    missing = [name for name in REQUIRED if name not in table.columns]
    if missing:
        raise InvalidColumns(
            f"reviews of user {user} have no column {', '.join(missing)}", where=str(files[0].parent)
        )
    columns = {name: table[name].to_numpy() for name in (*REQUIRED, *OPTIONAL) if name in table.columns}
    rated = np.isin(columns["rating"], (1, 2, 3, 4))
    funnel = _funnel(len(rated), rated)
    if not rated.any():
        raise NoReviews(f"user {user} has no review with a rating from 1 to 4; {funnel}")
    given = {name: values[rated] for name, values in columns.items()}
    of_cards = _of_cards(Path(root), user, given["card_id"])
    seconds = given.get("elapsed_seconds")
    return ReviewLog.from_arrays(
        card_id=given["card_id"],
        rating=given["rating"],
        elapsed_days=np.maximum(given["elapsed_days"], 0),
        elapsed_seconds=None if seconds is None else np.maximum(seconds, 0),
        time_rank=np.flatnonzero(rated) + 1,
        review_id=np.flatnonzero(rated) + 1,
        day_offset=given.get("day_offset"),
        duration_ms=given.get("duration"),
        state=given.get("state"),
        funnel=funnel,
        source=f"{files[0].parent}",
        deck_id=of_cards.get("deck_id"),
        preset_id=of_cards.get("preset_id"),
        note_id=of_cards.get("note_id"),
    )


def write_partition(root: str | Path, user: str | int, log: ReviewLog) -> Path:
    """The file that now holds the reviews of one user; its folder is made.

    Args:
        root: Folder of the layout.
        user: For the name of the user's folder.
        log: The reviews.
    """
    order = log.time_order
    first = log.first[order]
    columns = {
        "card_id": np.repeat(log.card_ids, np.diff(log.offsets))[order],
        "day_offset": (log.review_times_ms[order] - log.review_times_ms.min()) // MS_A_DAY,
        "rating": log.ratings[order],
        "state": np.zeros(len(log)) if log.states is None else log.states[order],
        "duration": np.zeros(len(log)) if log.durations_ms is None else log.durations_ms[order],
        "elapsed_days": np.where(first, -1, log.elapsed_days[order]),
        "elapsed_seconds": np.where(first, -1.0, log.elapsed_seconds[order]),
    }
    path = Path(root) / "revlogs" / f"{KEY}{user}" / "data.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({name: values.astype(np.int64) for name, values in columns.items()}).write_parquet(path)
    return path


def _funnel(rows: int, rated: NDArray[np.bool_]) -> Funnel:
    dropped = int(np.count_nonzero(~rated))
    if not dropped:
        return Funnel(rows)
    step = FunnelStep("invalid rating", "the rating is not 1, 2, 3 or 4", dropped, rows - dropped, None)
    return Funnel(rows, (step,))


def _of_cards(root: Path, user: str | int, card_id: NDArray[Any]) -> dict[str, NDArray[np.int64]]:
    """Deck, preset and note of each review's card, as far as the layout says."""
    files = _files(root, "cards", user)
    if not files:
        return {}
    cards = _read(files)
    known = [name for name in ("deck_id", "note_id") if name in cards.columns]
    joined = pl.DataFrame({"card_id": card_id}).join(
        cards.select("card_id", *known).unique("card_id", keep="first"),
        on="card_id",
        how="left",
        maintain_order="left",
    )
    decks = _files(root, "decks", user)
    if decks and "deck_id" in known:
        presets = _read(decks).select("deck_id", "preset_id").unique("deck_id", keep="first")
        joined = joined.join(presets, on="deck_id", how="left", maintain_order="left")
    return {
        name: joined[name].fill_null(MISSING).to_numpy().astype(np.int64)
        for name in ("deck_id", "preset_id", "note_id")
        if name in joined.columns
    }


def _folder(root: Path, name: str) -> Path | None:
    for place in (root / name, root if root.name == name else root.parent / name):
        if place.is_dir() and any(place.glob(f"{KEY}*")):
            return place
    return None


def _files(root: Path, name: str, user: str | int) -> list[Path]:
    folder = root / name if (root / name).is_dir() else root.parent / name
    return sorted((folder / f"{KEY}{user}").glob("*.parquet"))


def _read(files: list[Path]) -> pl.DataFrame:
    with polars_problems(_damaged, files[0].parent):
        return pl.concat([pl.read_parquet(file, hive_partitioning=False, glob=False) for file in files])


def _damaged(subject: object, reason: str) -> RepetitaError:
    return CorruptInput(f"{str(subject)!r} is not complete Parquet: {reason}", where=str(subject))
