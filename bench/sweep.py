"""A whole sweep: users x desired retentions x schedulers, its time, memory, growth, and the same on Ray.

    python bench/sweep.py [--users 100] [--retentions 25] [--workers 2] [--ray] [--smaller]

Synthetic users with parameters from the default prior as worlds and beliefs; FSRS-6, FSRS-6 with the
published parameters, and FSRS v3; 1825 days, a deck of 10 000, 10 new cards a day. `--smaller` runs a tenth
and a fifth of the users and says what the whole would take if time grows with the lanes; `--ray` makes the run
once more on a Ray cluster on this machine and compares the tables byte by byte.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import repetita as rp
from repetita.simulation import User
from repetita.sweeps import retention_grid

SCHEDULERS = ("fsrs6", "fsrs6_default", "fsrs3")
DAYS, DECK = 1825, 10_000
MOST_MINUTES, MOST_GIGABYTES = 8.0, 4.0


def people(count: int) -> list[User]:
    population = rp.synthetic_population(count, seed=1, reviews=10)
    return [User(number=user.user, environment=user.memory) for user in population.users]


def swept(users: list[User], retentions: int, folder: Path, **how: Any) -> tuple[float, float]:
    """Wall seconds and processor seconds of a sweep, those of its workers included."""
    wall, before = perf_counter(), processor_seconds()
    found = rp.sweep(
        users,
        schedulers=SCHEDULERS,
        desired_retention=retention_grid()[:: 25 // retentions][:retentions],
        days=DAYS,
        deck=DECK,
        output=folder,
        **how,
    )
    assert found.table.height == len(users) * retentions * len(SCHEDULERS), found
    return perf_counter() - wall, processor_seconds() - before


def processor_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def most_gigabytes() -> float:
    own, children = (
        resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own + children


def told(name: str, lanes: int, wall: float, processor: float) -> None:
    load = os.getloadavg()[0]
    print(
        f"{name:<28} {lanes:6d} lanes  {wall:7.1f} s wall  {processor:7.1f} s processor  "
        f"{1000 * processor / lanes:6.1f} ms a lane  most {most_gigabytes():.2f} GB  load {load:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--retentions", type=int, default=25)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--smaller", action="store_true")
    given = parser.parse_args()
    users, per_user = people(given.users), given.retentions * len(SCHEDULERS)
    rp.sweep(users[:1], schedulers=SCHEDULERS, days=5, deck=5)  # compiled, or read from disk
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        shares = (10, 5) if given.smaller else (10, 1)
        found = {}
        for share in shares:
            some = users[: max(len(users) // share, 1)]
            wall, processor = swept(some, given.retentions, root / f"part{share}", workers=given.workers)
            found[share] = (len(some) * per_user, processor)
            told(f"{len(some)} users, threads", len(some) * per_user, wall, processor)
        (few, less), (many, more) = found[shares[0]], found[shares[1]]
        growth = (more / many) / (less / few)
        print(f"processor time of a lane among {many} over that among {few}: {growth:.2f} (linear: 1)")
        if given.smaller:
            whole = more / many * len(users) * per_user
            print(
                f"the whole would take {whole:.0f} s of processor time, {whole / given.workers:.0f} s on two"
            )
        else:
            fits = wall / 60.0 < MOST_MINUTES and most_gigabytes() < MOST_GIGABYTES
            print(f"{wall / 60.0:.1f} of {MOST_MINUTES:g} minutes: {'holds' if fits else 'DOES NOT HOLD'}")
        if given.ray:
            some = users[: max(len(users) // shares[-1], 1)]
            wall, processor = swept(
                some, given.retentions, root / "ray", executor="ray", workers=given.workers
            )
            told(f"{len(some)} users, Ray", len(some) * per_user, wall, processor)
            same = (root / "ray" / "results.parquet").read_bytes() == (
                root / f"part{shares[-1]}" / "results.parquet"
            ).read_bytes()
            print(f"the same bytes on Ray: {same}")


if __name__ == "__main__":
    main()
