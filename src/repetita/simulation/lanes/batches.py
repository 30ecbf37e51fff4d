"""Lanes in batches: how many fit into memory, and who runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from threading import local
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.threads import run_chunks, thread_count
from repetita.simulation.lanes import places
from repetita.simulation.lanes.compiled import LaneOutcome, WorkSpace, compile_for, run_lane
from repetita.simulation.lanes.rows import LaneRows

__all__ = ["Job", "Outcomes", "run_batch", "sized_batches", "workspace_bytes"]

# lanes whose rows are made before the first of them runs
PROCESSOR_BATCH = 1024
# of a card in the queues: four whole numbers of 4 bytes, four floats
CARD_BYTES = 4 * 4 + 4 * 8

# of the cards of one lane
MOST_BYTES = 4_000_000_000

# work space of a thread, and how many bytes of cards it may have to be kept for the next call
kept = local()
MOST_KEPT = 4_000_000


class Job(NamedTuple):
    """A lane to run.

    Attributes:
        number: Its place in the result.
        rows: What it is told; None if it failed before.
        known: Cards that were learned before, shape (cards, floats a card), or None.
        logged: Whether its log is kept.
        larger: The same with room for twice as many presses of a card, where histories are kept.
    """

    number: int
    rows: LaneRows | None
    known: NDArray[np.float64] | None
    logged: bool
    larger: Callable[[], Job] | None = None

    @property
    def grown(self) -> Job | None:
        """The same with more room for histories, unless that is more than a lane may take."""
        assert self.rows is not None
        n = self.rows.numbers
        floats = int(n[places.DECK]) * int(n[places.CARD_SIZE])
        return None if self.larger is None or 16 * floats > MOST_BYTES else self.larger()


@dataclass
class Outcomes:
    """Where outcomes are put, by the number of the lane.

    Attributes:
        totals: Shape (lanes, `places.SERIES` + 2): sums over days of the series and of recall, and the
            recall at the end.
        status: Shape (lanes, 3): what went wrong, the card, the day.
        series: Shape (lanes, days, `places.SERIES`), or None.
        curve: Shape (lanes, days + 1), or None.
        logs: Logs by number.
        failures: Why lanes failed before they ran.
    """

    totals: NDArray[np.float64]
    status: NDArray[np.int64]
    series: NDArray[np.float64] | None
    curve: NDArray[np.float64] | None
    logs: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lanes: int, days: int, *, daily: bool) -> Outcomes:
        """Room for so many lanes."""
        return cls(
            totals=np.zeros((lanes, places.SERIES + 2)),
            status=np.zeros((lanes, 3), dtype=np.int64),
            series=np.zeros((lanes, days, places.SERIES)) if daily else None,
            curve=np.zeros((lanes, days + 1)) if daily else None,
        )

    def put(self, job: Job, outcome: LaneOutcome) -> None:
        """Keeps the outcome of a lane."""
        number = job.number
        self.totals[number, : places.SERIES] = outcome.series.sum(axis=0)
        self.totals[number, places.SERIES] = outcome.curve[:-1].sum()
        self.totals[number, places.SERIES + 1] = outcome.curve[-1]
        self.status[number] = outcome.status, outcome.card, outcome.day
        if self.series is not None and self.curve is not None:
            self.series[number], self.curve[number] = outcome.series, outcome.curve
        if job.logged:
            self.logs[number] = outcome.log


def workspace_bytes(days: int, deck: int, size: int, *, daily: bool) -> int:
    """Bytes of the work space of one lane.

    Example:
        >>> workspace_bytes(365, 10_000, 8, daily=False) // 10_000
        136
    """
    space = WorkSpace.of(days, 0, size, daily=daily)
    fixed = sum(
        array.nbytes for array in (space.counts, space.amounts, space.series, space.curve, *space.queues)
    )
    return int(fixed + deck * (8 * (size + places.RARE_SIZE) + CARD_BYTES))


def sized_batches(
    jobs: Iterable[Job], device: str, most: int | None, threads: int | None
) -> Iterator[list[Job]]:
    """Jobs in batches: as many as asked for, or as fit into the memory of a graphics processor."""
    jobs = iter(jobs)
    if device == "cpu":
        size = PROCESSOR_BATCH if most is None else most
        while batch := list(islice(jobs, size)):
            yield batch
        return
    from repetita.simulation.lanes.graphics import fitting_batches

    yield from fitting_batches(jobs, most)


def run_batch(jobs: list[Job], outcomes: Outcomes, device: str, threads: int | None) -> None:
    """Runs jobs and keeps what came of them."""
    if not jobs:
        return
    if device == "cuda":
        from repetita.simulation.lanes.graphics import run_on_device

        run_on_device(jobs, outcomes)
        return
    compile_for([job.rows for job in jobs if job.rows is not None])
    run_chunks(_worker(jobs, outcomes), len(jobs), thread_count(threads))


def _worker(jobs: list[Job], outcomes: Outcomes) -> Callable[[Callable[[], int]], None]:
    def work(take: Callable[[], int]) -> None:
        space: WorkSpace | None = getattr(kept, "space", None)
        while (place := take()) < len(jobs):
            job = jobs[place]
            larger: Job | None = job
            while larger is not None:
                job = larger
                assert job.rows is not None
                space = WorkSpace.for_lane(job.rows, space)
                outcome = run_lane(job.rows, space, known=job.known, events=job.logged)
                larger = job.grown if outcome.status == places.HISTORY_FULL else None
            outcomes.put(job, outcome)
        if space is not None and space.cards.nbytes <= MOST_KEPT:
            kept.space = space

    return work
