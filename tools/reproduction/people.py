"""Who is simulated: one person with default parameters, synthetic people, and people of parameter tables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

import repetita as rp
from repetita.simulation import Behavior, User

__all__ = ["People", "Size", "parameter_folder", "synthetic_people", "table_people"]

SEED = 2026
SHARED = Path(__file__).resolve().parents[3] / "shared"


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Attributes:
        days: Length of runs.
        deck: Cards of a run.
        new: New cards a day.
        people: Synthetic people, and people of the large table.
        seeds: Runs of one person, where the mean over runs is asked for.
        retentions: Desired retentions of a curve.
        tables: Folder of parameter tables, or None to do without.
    """

    days: int
    deck: int
    new: int
    people: int
    seeds: int
    retentions: tuple[float, ...]
    tables: Path | None


@dataclass(frozen=True)
class People:
    """Users with the same kind of world and belief.

    Attributes:
        name: For the page.
        belief: Scheduler whose parameters were fitted to them.
        users: They; none if their table is not there.
        source: Where parameters, ratings and times come from.
    """

    name: str
    belief: str
    users: tuple[User, ...]
    source: str


def parameter_folder() -> Path | None:
    """The folder of parameter tables of real users, or None; ``REPETITA_SHARED`` says where to look."""
    folder = Path(os.environ.get("REPETITA_SHARED", SHARED)) / "data" / "users"
    return folder if folder.is_dir() else None


def synthetic_people(count: int) -> People:
    """People of `repetita.synthetic_population`, each with a memory and shares of ratings of their own."""
    users = tuple(
        User(
            number=person.user,
            environment=person.memory,
            behavior=Behavior(
                first_ratings=person.learner.first_ratings, success_ratings=person.learner.success_ratings
            ),
        )
        for person in rp.synthetic_population(count, seed=SEED)
    )
    return People(
        "synthetic people, FSRS-6 world",
        "fsrs6",
        users,
        f"`rp.synthetic_population({count}, seed={SEED})`: default prior, ratings of their own",
    )


def table_people(folder: Path | None, count: int) -> tuple[People, ...]:
    """People of the parameter tables, in worlds of FSRS-6, FSRS-5 and FSRS-7."""
    sixes, fives, sevens, threes = (
        fitted(folder, name) for name in ("fsrs6_sample", "fsrs5", "fsrs7_sample", "fsrsv3")
    )
    share = "table of fitted parameters, usual ratings and times"
    six, seven = {u: rp.model("fsrs6", w, clip=True) for u, w in sixes.items()}, sevens
    step = max(len(fives) // count, 1)
    chosen = sorted(fives)[::step][:count]
    return (
        People(
            "people of a table, FSRS-6 world",
            "fsrs6",
            tuple(
                User(
                    number=user,
                    environment=memory,
                    beliefs={"fsrs3": rp.model("fsrs3", threes[user], clip=True)},
                )
                for user, memory in six.items()
            ),
            share,
        ),
        People(
            "people of a table, FSRS-5 world",
            "fsrs5",
            tuple(
                User(number=user, environment=rp.model("fsrs5", fives[user], clip=True)) for user in chosen
            ),
            f"{share}; every {step}th user" if chosen else share,
        ),
        People(
            "people of a table, FSRS-7 world",
            "fsrs6",
            tuple(
                User(
                    number=user,
                    environment=rp.model("fsrs7_legacy35", seven[user], clip=True),
                    beliefs={"fsrs6": memory},
                )
                for user, memory in six.items()
                if user in seven
            ),
            f"{share}; the scheduler's FSRS-6 was fitted to the same user",
        ),
    )


def fitted(folder: Path | None, name: str) -> dict[int, Sequence[float]]:
    """Parameters by user of a table; none without a folder."""
    if folder is None:
        return {}
    table = pl.read_parquet(folder / f"{name}_parameters.parquet").sort("user")
    weights = sorted((c for c in table.columns if c.startswith("w")), key=lambda c: int(c[1:]))
    rows = table.select("user", *weights).iter_rows()
    return {int(user): [float(value) for value in values] for user, *values in rows}
