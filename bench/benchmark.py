"""The FSRS-6 row of a benchmark: 100 users of 50 000 reviews, five folds each, ours against fsrs-rs.

    python bench/benchmark.py [--users 100] [--reviews 50000] [--workers 2] [--peer-users 4] [--seed 1]

Users are synthetic, with parameters drawn from the default prior. Their logs are simulated and written
beforehand, as a benchmark finds them (Parquet, a folder a user). Timed is the whole run: start of the
workers, reading, filters, five fits, predictions, every metric, rows on disk, summary; and the processor time
of the workers, which other programs on the machine disturb less.

The peer gets some of the same users, in one process, and so do we: processor seconds a user, both from the
same filtered log in memory. The peer's are told apart: making items of Python objects, without which its
library cannot be called; training on each fold, by its faster call and by its default one; its own judging of
the test items. Its time for all users is extrapolated from these and marked so. The losses beside come from
one float64 evaluator.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

import repetita as rp
from repetita.benchmarking import contender, prepare
from repetita.benchmarking.predictions import predicted
from repetita.benchmarking.rows import figures as all_figures
from repetita.executors import Task, executor
from repetita.reviews.population import read_partition

PROMISED_SECONDS, PROMISED_RATIO = 30.0, 5.0


def main() -> None:
    asked = parse()
    population = rp.synthetic_population(asked.users, asked.seed, reviews=asked.reviews)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        began = perf_counter()
        population.write(data)
        print(f"{population}, written in {perf_counter() - began:.1f} s")
        compile_kernels()
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
    """Prints both sides' processor time and losses for some users."""
    tasks = [Task(user, (str(data), user)) for user in range(1, asked.peer_users + 1)]
    sides = []
    for job in (of_ours, of_peer):
        outcomes = list(executor("processes", workers=1).run(job, tasks))
        failed = [outcome.failure.reason for outcome in outcomes if outcome.failure is not None]
        if failed:
            print(f"could not be run: {failed[0]}")
            return
        sides.append([outcome.value for outcome in outcomes])
    print(f"\nprocessor seconds a user, mean of {len(tasks)}")
    line("ours: fits, predictions, all metrics", mean(sides[0], "all"), "s", means(sides[0]))
    for part, what in (
        ("items", "making items"),
        ("train", "training, card_ids"),
        ("prefixes", "training, default call"),
        ("judge", "judging, two metrics"),
    ):
        line(f"fsrs-rs: {what}", mean(sides[1], part), "s", means(sides[1]) if part == "train" else {})
    whole = mean(sides[1], "items") + mean(sides[1], "train") + mean(sides[1], "judge")
    slow = whole - mean(sides[1], "train") + mean(sides[1], "prefixes")
    extrapolated = whole * asked.users / asked.workers
    line(f"fsrs-rs, {asked.users} users, extrapolated", extrapolated, "s", {})
    for name, theirs in (("card_ids", whole), ("default call", slow)):
        ratio = theirs / mean(sides[0], "all")
        verdict(f"{PROMISED_RATIO:g} x the peer ({name}): {ratio:.1f} x", ratio >= PROMISED_RATIO)


def of_ours(asked: tuple[str, int]) -> dict[str, Any]:
    """Processor time and figures of ours for one user, from the filtered log on."""
    compile_kernels()
    prepared = prepare(read_partition(*asked))
    began = process_time()
    values = predicted(prepared, contender("fsrs6")).values
    found = all_figures(values, prepared)
    return {"all": process_time() - began, "metrics": found}


def of_peer(asked: tuple[str, int]) -> dict[str, Any]:
    """Processor time and figures of the peer for one user, from the filtered log on."""
    from fsrs_rs_python import FSRS

    import peer

    prepared = prepare(read_partition(*asked))
    log = prepared.log
    spent = dict.fromkeys(("items", "train", "prefixes", "judge"), 0.0)
    began = process_time()
    made, cards = peer.items(log.offsets, log.elapsed_days, log.ratings, prepared.scored)
    spent["items"] = process_time() - began
    values = np.empty(prepared.tested.size)
    place = 0
    for split in prepared.splits:
        began = process_time()
        parameters = peer.train(made[: split.train_end], cards[: split.train_end])
        trained = process_time()
        peer.train(made[: split.train_end], None)
        again = process_time()
        FSRS(parameters=parameters).evaluate(made[split.test_start : split.test_end])
        spent["train"] += trained - began
        spent["prefixes"] += again - trained
        spent["judge"] += process_time() - again
        # its predictions are not handed out; the same parameters predict here, in float64
        rows = prepared.scored[split.test_start : split.test_end]
        values[place : place + rows.size] = rp.model("fsrs6", parameters, clip=True).predict(log)[rows]
        place += rows.size
    return {**spent, "metrics": all_figures(values, prepared)}


def mean(rows: Any, name: str) -> float:
    return float(np.mean([row[name] for row in rows]))


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
