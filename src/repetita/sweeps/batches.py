"""Runs of a sweep in batches that fit into memory, and each batch as calls of the lanes engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from repetita.arguments import whole_number
from repetita.simulation.lanes import places
from repetita.simulation.lanes.batches import workspace_bytes
from repetita.simulation.lanes.cast import User
from repetita.sweeps.asking import Asked, Unit
from repetita.sweeps.settings import Setting

__all__ = ["Call", "batches_of", "calls_of", "lane_bytes", "lanes_per_batch"]

# what all batches that run at once may take, and how many lanes a batch has at most: what a stopped run loses
MEMORY_BYTES = 1 << 30
MOST_LANES = 256
# batches a worker should have at least, so that none waits long for the others at the end
SHARES = 4
# the series of a lane are there twice while they are divided into columns
COPIES = 2
CARD_FLOATS = 16
EVENT_BYTES = 80 * 12  # of a card whose presses are logged, a dozen of them


class Call(NamedTuple):
    """A call of `repetita.simulate_many`: each user with each setting and each seed, in that order.

    Attributes:
        users: The users.
        environment: World; None for each user's own.
        settings: Schedulers.
        seeds: Of random numbers.
        runs: Numbers of the runs, in the order of the lanes.
    """

    users: tuple[User, ...]
    environment: Any
    settings: tuple[Setting, ...]
    seeds: tuple[int, ...]
    runs: tuple[int, ...]


def lane_bytes(days: int, deck: int, *, logged: bool = False) -> int:
    """Bytes that a lane needs until its row is made.

    Example:
        >>> lane_bytes(1825, 10_000) < 500_000
        True
    """
    series = COPIES * 8 * days * (places.SERIES + 2)
    return series + (deck * EVENT_BYTES if logged else 0)


def lanes_per_batch(asked: Asked, count: int, workers: int, threads: int, *, logged: bool = False) -> int:
    """How many lanes a batch should have.

    Args:
        asked: The sweep.
        count: Lanes that are to run.
        workers: Batches that run at once.
        threads: Threads of each.
        logged: Whether every press is kept.
    """
    space = threads * workspace_bytes(asked.days, asked.deck, CARD_FLOATS, daily=True)
    room = MEMORY_BYTES // workers - space
    fitting = max(room // lane_bytes(asked.days, asked.deck, logged=logged), 1)
    fair = -(-count // (SHARES * workers)) if workers > 1 else MOST_LANES
    return int(max(min(MOST_LANES, fitting, fair), 1))


def batches_of(units: Iterator[Unit], most: int) -> Iterator[list[Unit]]:
    """Units in batches of at most so many."""
    whole_number(most, "max_lanes_per_batch", low=1)
    while batch := list(islice(units, most)):
        yield batch


def calls_of(units: Sequence[Unit], users: Sequence[Any]) -> tuple[Call, ...]:
    """The calls that make up a batch: few ones of many lanes.

    Args:
        units: Of the batch, in the order of their numbers; none of them with a problem.
        users: Everybody.
    """
    # user -> world -> setting -> seeds with the numbers of the runs
    tree: dict[tuple[int, Any], dict[Setting, dict[int, int]]] = {}
    worlds: dict[int, Any] = {}
    for unit in units:
        worlds[id(unit.environment)] = unit.environment
        of_user = tree.setdefault((unit.user, id(unit.environment)), {})
        of_user.setdefault(unit.setting, {})[unit.seed] = unit.run
    # those of users that have the same settings and seeds go together
    groups: dict[Any, dict[int, list[int]]] = {}
    for (user, world), settings in tree.items():
        by_seeds: dict[tuple[int, ...], list[Setting]] = {}
        for setting, seeds in settings.items():
            by_seeds.setdefault(tuple(seeds), []).append(setting)
        for several, those in by_seeds.items():
            runs = [settings[setting][seed] for setting in those for seed in several]
            groups.setdefault((world, tuple(those), several), {})[user] = runs
    return tuple(
        Call(
            users=tuple(users[user] for user in runs),
            environment=worlds[world],
            settings=settings,
            seeds=seeds,
            runs=tuple(run for those in runs.values() for run in those),
        )
        for (world, settings, seeds), runs in groups.items()
    )
