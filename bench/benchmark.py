"""The FSRS-6 row of a benchmark: 100 users of 50 000 reviews, five folds each, ours against fsrs-rs.

    python bench/benchmark.py [--users 100] [--reviews 50000] [--workers 2] [--peer-users 4] [--seed 1]

Users are synthetic, with parameters drawn from the default prior. Their logs are simulated and written
beforehand, as a benchmark finds them (Parquet, a folder a user). Timed is the whole run: start of the
workers, reading, filters, five fits, predictions, every metric, rows on disk, summary; and the processor time
of the workers, which other programs on the machine disturb less.

The peer gets some of the same users, and so do we, user by user in one process: wall and processor seconds,
both from the same filtered arrays and with the same splits. The peer's are told apart: making items of Python
objects, without which its library cannot be called; training on each fold, by its faster call (``card_ids``)
and by its default one; its own judging of the test items, which comes to two metrics. Ours are fits,
predictions, the same two metrics, and beside them all nine that a row has. Its time for all users is
extrapolated from these and marked so. The losses beside come from one float64 evaluator.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

import repetita as rp
from repetita.benchmarking import contender, prepare
from repetita.benchmarking.predictions import trained, with_models
from repetita.benchmarking.rows import figures as all_figures
from repetita.evaluation import metrics
from repetita.executors import Task, executor
from repetita.reviews.population import read_partition

PROMISED_SECONDS, PROMISED_RATIO = 30.0, 5.0
SAME_WORK, WHOLE_ROW = ("fit", "predict", "cells", "judge"), ("fit", "predict", "cells", "figures")


def main() -> None:
    asked = parse()
    population = rp.synthetic_population(asked.users, asked.seed, reviews=asked.reviews)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        began = perf_counter()
        population.write(data)
        print(f"{population}, written in {perf_counter() - began:.1f} s")
        compile_kernels()
        print(f"load of the machine: {os.getloadavg()[0]:.1f}")
        spent = processor_time()
        began = perf_counter()
        result = rp.benchmark(data, "fsrs6", output=Path(folder) / "run", workers=asked.workers)
        seconds = perf_counter() - began
        spent = processor_time() - spent
        tested = sum(row["size"] for row in result.rows)
        print(f"{len(result.rows)} users, {tested:,} test reviews, {asked.workers} workers")
        line("ours, whole run", seconds, "s", means(result.rows))
        line("ours, processor time of the workers", spent, "s", {})
        verdict(f"under {PROMISED_SECONDS:g} s: {seconds:.1f} s", seconds < PROMISED_SECONDS)
        if asked.peer_users:
            against_peer(data, asked)


def against_peer(data: Path, asked: argparse.Namespace) -> None:
    """Prints both sides' times and losses for some users."""
    tasks = [Task(user, (str(data), user)) for user in range(1, asked.peer_users + 1)]
    outcomes = list(executor("processes", workers=1).run(side_by_side, tasks))
    failed = [outcome.failure.reason for outcome in outcomes if outcome.failure is not None]
    if failed:
        print(f"could not be run: {failed[0]}")
        return
    ours, theirs = zip(*(outcome.value for outcome in outcomes), strict=True)
    print(f"\nseconds a user, mean of {len(tasks)}, processor and wall")
    part(ours, "fit", "ours: five fits", means(ours))
    part(ours, "predict", "ours: predictions")
    part(ours, "cells", "ours: cells of RMSE(bins)")
    part(ours, "judge", "ours: judging, two metrics")
    part(ours, "figures", "ours: judging, all nine metrics")
    part(theirs, "items", "fsrs-rs: making items")
    part(theirs, "train", "fsrs-rs: training, card_ids", means(theirs))
    part(theirs, "prefixes", "fsrs-rs: training, default call")
    part(theirs, "judge", "fsrs-rs: judging, two metrics")
    least = total(theirs, "items", "train", "judge")
    line(f"fsrs-rs, {asked.users} users, extrapolated", least * asked.users / asked.workers, "s", {})
    for call, peer in (("card_ids", least), ("default call", total(theirs, "items", "prefixes", "judge"))):
        for what, names in (("same work", SAME_WORK), ("our whole row", WHOLE_ROW)):
            ratio = peer / total(ours, *names)
            verdict(f"{PROMISED_RATIO:g} x the peer ({call}; {what}): {ratio:.1f} x", ratio >= PROMISED_RATIO)


def side_by_side(asked: tuple[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Times and figures of ours, then of the peer, for one user."""
    return of_ours(asked), of_peer(asked)


class Watch:
    """Processor and wall time by part."""

    def __init__(self) -> None:
        self.spent: dict[str, tuple[float, float]] = {}
        self.began = process_time(), perf_counter()

    def start(self) -> None:
        """Leaves out what came before."""
        self.began = process_time(), perf_counter()

    def stop(self, name: str) -> None:
        """Adds what went by to a part, and starts anew."""
        now = process_time(), perf_counter()
        before = self.spent.get(name, (0.0, 0.0))
        self.spent[name] = before[0] + now[0] - self.began[0], before[1] + now[1] - self.began[1]
        self.start()


def of_ours(asked: tuple[str, int]) -> dict[str, Any]:
    """Times and figures of ours for one user, from the filtered log on."""
    compile_kernels()
    prepared = prepare(read_partition(*asked))
    competitor, watch = contender("fsrs6"), Watch()
    models = trained(prepared, competitor)
    watch.stop("fit")
    values = with_models(prepared, competitor, models)
    watch.stop("predict")
    start = prepared.splits[0].test_start
    recalled, cells = prepared.recalled[start:], prepared.cells[start:]
    watch.stop("cells")
    metrics.log_loss(values, recalled)
    metrics.rmse_of_cells(values, recalled, cells)
    watch.stop("judge")
    found = all_figures(values, prepared)
    watch.stop("figures")
    return {**watch.spent, "metrics": found}


def of_peer(asked: tuple[str, int]) -> dict[str, Any]:
    """Times and figures of the peer for one user, from the filtered log on."""
    from fsrs_rs_python import FSRS

    import peer

    prepared = prepare(read_partition(*asked))
    log, values, place = prepared.log, np.empty(prepared.tested.size), 0
    watch = Watch()
    made, cards = peer.items(log.offsets, log.elapsed_days, log.ratings, prepared.scored)
    watch.stop("items")
    for split in prepared.splits:
        watch.start()
        parameters = peer.train(made[: split.train_end], cards[: split.train_end])
        watch.stop("train")
        peer.train(made[: split.train_end], None)
        watch.stop("prefixes")
        FSRS(parameters=parameters).evaluate(made[split.test_start : split.test_end])
        watch.stop("judge")
        # its predictions are not handed out; the same parameters predict here, in float64
        rows = prepared.scored[split.test_start : split.test_end]
        values[place : place + rows.size] = rp.model("fsrs6", parameters, clip=True).predict(log)[rows]
        place += rows.size
    return {**watch.spent, "metrics": all_figures(values, prepared)}


def part(rows: Any, name: str, what: str, figures: dict[str, float] | None = None) -> None:
    processor, wall = (float(np.mean([row[name][i] for row in rows])) for i in (0, 1))
    shown = "".join(f"   {key} {value:.4f}" for key, value in (figures or {}).items())
    print(f"{what:42}{processor:9.4f}{wall:9.4f} s{shown}")


def total(rows: Any, *names: str) -> float:
    """Mean processor time of some parts together."""
    return float(np.mean([sum(row[name][0] for name in names) for row in rows]))


def means(rows: Any) -> dict[str, float]:
    """Means over users, each counting the same."""
    return {
        name: float(np.mean([row["metrics"][name] for row in rows])) for name in ("LogLoss", "RMSE(bins)")
    }


def line(what: str, seconds: float, unit: str, figures: dict[str, float]) -> None:
    shown = "".join(f"   {name} {value:.4f}" for name, value in figures.items())
    print(f"{what:42}{seconds:9.2f} {unit}{shown}")


def processor_time() -> float:
    """Seconds that worker processes which have ended spent on the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compile_kernels() -> None:
    """Compiles, or loads from the cache, what a benchmark needs; done once a machine."""
    rp.benchmark(rp.simulate_log(cards=200, days=200, seed=0), "fsrs6")


def verdict(claim: str, holds: bool) -> None:
    print(f"{'reached' if holds else 'MISSED '}  {claim}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--reviews", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peer-users", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
