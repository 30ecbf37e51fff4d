"""Fitting FSRS-6 to a large log: time beside quality, ours against fsrs-rs.

    python bench/fit.py [--reviews 1000000] [--threads 2] [--growth] [--memory] [--sizes 10000 100000]

Both sides get the same plain arrays (card, rating, time, elapsed days), in one run: ours from arrays to
parameters (log, order in time, packing, fit, standard errors), the peer's from arrays to items to parameters,
the order in time given. Runs take turns; the least time counts. The reviews are simulated from parameters far
from the default, where both searches start. Quality is judged by one float64 evaluator: mean loss (plain;
weighted by recency, as both fit) and the penalized objective that both minimize, ``sum v CE + sum ((w - w0) /
spread)^2`` around the defaults.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import repetita as rp
from repetita.fitting import PopulationPrior, loss_and_gradient, recency_weights
from repetita.reviews import ReviewLog

TRUTH = (
    *(0.6, 2.0, 5.0, 20.0, 5.5, 0.6, 2.2, 0.02, 1.4, 0.25, 1.1, 1.1, 0.12, 0.4, 1.2, 0.45, 2.5, 0.9, 0.25),
    *(0.12, 0.35),
)
REPEATS = 5
GROWTH = (10_000, 100_000, 1_000_000, 10_000_000)
MIB = 2.0**20


class Arrays(NamedTuple):
    """What both sides start from: one entry a review, sorted by card, then time."""

    card_id: NDArray[np.int64]
    rating: NDArray[np.int8]
    review_time_ms: NDArray[np.int64]
    elapsed_days: NDArray[np.int32]


def simulated(reviews: int, seed: int = 1) -> Arrays:
    log = rp.simulate_log(cards=max(round(reviews / 10.9), 1), days=None, parameters=TRUTH, seed=seed)
    cards = np.repeat(log.card_ids, np.diff(log.offsets))
    return Arrays(cards, log.ratings.copy(), log.review_times_ms.copy(), log.elapsed_days.copy())


def our_log(arrays: Arrays) -> ReviewLog:
    return ReviewLog.from_arrays(**arrays._asdict())


def our_fit(arrays: Arrays, threads: int, **options: Any) -> rp.FitResult:
    return rp.fit(our_log(arrays), prior="published", weights="cubic", threads=threads, **options)


class Cost(NamedTuple):
    """Least wall time and least processor time (all threads) of some runs, in seconds."""

    wall: float
    processor: float

    def __add__(self, other: object) -> Cost:
        assert isinstance(other, Cost)
        return Cost(self.wall + other.wall, self.processor + other.processor)


def measured(tasks: dict[str, Callable[[], Any]]) -> tuple[dict[str, Cost], dict[str, Any]]:
    """Cost and result of each task; the tasks take turns, so that noise meets all of them."""
    costs = dict.fromkeys(tasks, Cost(float("inf"), float("inf")))
    results: dict[str, Any] = {}
    for _ in range(REPEATS):
        for name, task in tasks.items():
            results.pop(name, None)
            gc.collect()
            wall, processor = perf_counter(), process_time()
            results[name] = task()
            spent = Cost(perf_counter() - wall, process_time() - processor)
            costs[name] = Cost(*map(min, costs[name], spent))
    return costs, results


def quality(log: ReviewLog, parameters: Any) -> tuple[float, float, float]:
    """Mean plain loss, mean weighted loss, penalized objective."""
    model = rp.model("fsrs6", [float(w) for w in parameters], clip=True)
    weights = recency_weights(log, "cubic")
    plain, _ = loss_and_gradient(log, model)
    weighted, _ = loss_and_gradient(log, model, weights)
    penalty = PopulationPrior.published("fsrs6").penalty(model.parameters)
    return plain / np.count_nonzero(log.scored), weighted / weights.sum(), weighted + penalty


def against_the_peer(reviews: int, threads: int) -> None:
    import peer

    arrays = simulated(reviews)
    log = our_log(arrays)
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"{log}\n{threads} threads; least of {REPEATS} runs; load average before: {load}\n")
    targets = log.time_order[log.scored[log.time_order]]
    items, cards = peer.items(log.offsets, arrays.elapsed_days, arrays.rating, targets)
    costs, results = measured(
        {
            "ours": partial(our_fit, arrays, threads),
            "bare": partial(our_fit, arrays, threads, standard_errors=False),
            "items": partial(peer.items, log.offsets, arrays.elapsed_days, arrays.rating, targets),
            "training": partial(peer.train, items, cards),
        }
    )
    ours, theirs = results["ours"], results["training"]
    whole, training, everything = costs["ours"], costs["training"], costs["items"] + costs["training"]
    columns = f"{'wall s':>9}{'ratio':>7}{'CPU s':>8}{'ratio':>7}"
    columns += f"{'plain loss':>12}{'weighted':>11}{'objective':>13}"
    print(f"{'from arrays to parameters':37}{columns}")
    for name, cost, parameters in (
        ("ours", whole, ours.parameters),
        ("ours, no standard errors", costs["bare"], ours.parameters),
        ("fsrs-rs, items + compute_parameters", everything, theirs),
        ("fsrs-rs, compute_parameters alone", training, theirs),
        ("defaults", None, rp.model("fsrs6").parameters),
        ("truth", None, TRUTH),
    ):
        plain, weighted, objective = quality(log, parameters)
        spent = " " * 31
        if cost:
            ratios = cost.wall / whole.wall, cost.processor / whole.processor
            spent = f"{cost.wall:9.3f}{ratios[0]:7.1f}{cost.processor:8.3f}{ratios[1]:7.1f}"
        print(f"{name:37}{spent}{plain:12.6f}{weighted:11.6f}{objective:13.2f}")
    print(f"\n{ours.evaluations} evaluations from {ours.starts} starts, most on a sample of the cards")
    for words, cost in (("with standard errors", whole), ("parameters only", costs["bare"])):
        for peers, least, what in ((everything, 10, "whole path"), (training, 5, "compute_parameters alone")):
            found = peers.wall / cost.wall, peers.processor / cost.processor
            ratios = f"{found[0]:.1f} x, {found[1]:.1f} x in processor time"
            verdict(f"{what} at least {least} x slower than ours {words}: {ratios}", found[0] >= least)
    verdict(
        "objective no higher than the peer's", quality(log, ours.parameters)[2] <= quality(log, theirs)[2]
    )


def verdict(claim: str, holds: bool) -> None:
    print(f"{'reached' if holds else 'MISSED '}  {claim}")


def growth(sizes: list[int], threads: int) -> None:
    times = f"{'wall s':>10}{'ns a review':>13}{'CPU s':>10}{'ns a review':>13}"
    print(f"\n{'reviews':>12}{times}{'weighted loss':>15}")
    for size in sizes:
        arrays = simulated(size)
        costs, results = measured({"fit": partial(our_fit, arrays, threads)})
        reviews, loss = len(arrays.rating), results["fit"].weighted_log_loss
        times = "".join(f"{seconds:10.3f}{seconds / reviews * 1e9:13.0f}" for seconds in costs["fit"])
        print(f"{reviews:12,}{times}{loss:15.6f}")


def memory(sizes: list[int], threads: int) -> None:
    """Peak memory of a fit beyond the table, each size in a process of its own."""
    print(f"\n{'reviews':>12}{'table, B':>10}{'peak beyond it, MiB':>21}{'bytes a review':>16}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "arrays.npz"
            np.savez(path, **simulated(size)._asdict())
            command = [sys.executable, __file__, "--measure", str(path), "--threads", str(threads)]
            answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(
            f"{answer['reviews']:12,}{answer['table']:10.1f}{answer['peak'] / MIB:21.1f}"
            f"{answer['peak'] / answer['reviews']:16.1f}"
        )


def measure(path: Path, threads: int) -> None:
    """In the child: how far memory rises above the log while it is fitted."""
    warm = ReviewLog.from_histories([[(0, 3), (1, 3), (3, 1), (1, 3)]] * 40)
    rp.fit(warm, prior="published", weights="cubic", threads=threads)
    with np.load(path) as stored:
        log = our_log(Arrays(*(stored[name] for name in Arrays._fields)))
    gc.collect()
    before = resident()
    reset_peak()
    rp.fit(log, prior="published", weights="cubic", threads=threads)
    columns = (value for value in vars(log).values() if isinstance(value, np.ndarray))
    table = sum(column.nbytes for column in columns) / len(log)
    print(json.dumps({"reviews": len(log), "table": table, "peak": peak() - before}))


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--growth", action="store_true", help="time of ours over sizes")
    parser.add_argument("--memory", action="store_true", help="peak memory of ours over sizes (Linux)")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(GROWTH))
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure, arguments.threads)
        return
    our_fit(simulated(3000), arguments.threads)  # compiles, or loads from the cache
    if not (arguments.growth or arguments.memory):
        against_the_peer(arguments.reviews, arguments.threads)
    if arguments.growth:
        growth(arguments.sizes, arguments.threads)
    if arguments.memory:
        memory(arguments.sizes, arguments.threads)


if __name__ == "__main__":
    main()
