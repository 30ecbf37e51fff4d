"""A whole sweep: users x desired retentions x schedulers, its time, memory, growth, and the same on Ray.

    python bench/sweep.py [--users 100] [--retentions 25] [--workers 2] [--ray] [--smaller]

Synthetic users with parameters from the default prior as worlds and beliefs; FSRS-6, FSRS-6 with the
published parameters, and FSRS v3; 1825 days, a deck of 10 000, 10 new cards a day. The users are also run in
two halves: that the whole takes as long as both is linear growth. `--smaller` takes a tenth of the users and
says what all would take; `--ray` makes the run once more on a Ray cluster on this machine and compares the
tables byte by byte.
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
    count = max(given.users // (10 if given.smaller else 1), 2)
    users, per_user = people(count), given.retentions * len(SCHEDULERS)
    rp.sweep(users[:1], schedulers=SCHEDULERS, days=5, deck=5)  # compiled, or read from disk
    halves = {"first half": users[: count // 2], "second half": users[count // 2 :]}
    with tempfile.TemporaryDirectory() as place:
        root, spent = Path(place), {}
        for name, some in {**halves, "whole": users}.items():
            wall, spent[name] = swept(some, given.retentions, root / name, workers=given.workers)
            told(f"{name}, threads", len(some) * per_user, wall, spent[name])
        growth = spent["whole"] / sum(spent[name] for name in halves)
        print(f"processor time of the whole over that of its halves: {growth:.2f} (linear growth: 1)")
        full = spent["whole"] / count * given.users
        print(f"{given.users} users: {full:.0f} s of processor time, {full / given.workers / 60:.1f} minutes")
        if not given.smaller:
            fits = wall / 60.0 < MOST_MINUTES and most_gigabytes() < MOST_GIGABYTES
            print(f"{wall / 60.0:.1f} of {MOST_MINUTES:g} minutes: {'holds' if fits else 'DOES NOT HOLD'}")
        if given.ray:
            how = {"executor": "ray", "workers": given.workers}
            wall, ours = swept(users, given.retentions, root / "ray", **how)
            told("whole, Ray (ours only)", count * per_user, wall, ours)
            tables = [(root / name / "results.parquet").read_bytes() for name in ("whole", "ray")]
            print(f"the same bytes on Ray: {tables[0] == tables[1]}")


if __name__ == "__main__":
    main()
