"""Online learning: updates a second, and what learning along the way does to predictions.

    python bench/online.py [LOG] [--reviews 200000] [--repeats 5] [--model fsrs6]

Speed is measured on a simulated log: the least time of some repetitions. Predictions are judged on
LOG, a file that `repetita.read_reviews` reads, or on the simulated log: mean log loss of the scored reviews,
each predicted before anything was learned from it, minus that of the defaults, in 10^-4 nats.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import repetita as rp
from repetita.evaluation import compare_predictions
from repetita.online import METHODS, OnlineFit

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
INTERPRETED = 5_000  # updates that are timed without compiled code
REPLAYED = 1_000  # updates of the method that replays whole histories


def least(task: Callable[[], Any], repeats: int) -> tuple[float, float]:
    """Least wall time and least processor time of some repetitions, in seconds."""
    wall = processor = float("inf")
    for _ in range(repeats):
        began, used = perf_counter(), process_time()
        task()
        wall, processor = min(wall, perf_counter() - began), min(processor, process_time() - used)
    return wall, processor


def reviews_of(log: rp.ReviewLog) -> list[tuple[int, int, int]]:
    """Card id, elapsed days and rating of each review, in order of time."""
    order = log.time_order
    columns = (log.card_ids[log.card_index[order]], log.elapsed_days[order], log.ratings[order])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def updates(reviews: list[tuple[int, int, int]], warm: bool, model: str, method: str) -> None:
    fit = OnlineFit(model, method=method)
    if warm:
        fit.warm()
    for review in reviews:
        fit.update(*review)


def speeds(log: rp.ReviewLog, model: str, repeats: int) -> Table:
    table = Table("way", "updates", "wall us an update", "processor us", "updates a second of processor")
    reviews = reviews_of(log)
    ways: list[tuple[str, int, Callable[[], Any]]] = [
        ("exact: run(log), compiled", len(log), lambda: OnlineFit(model).run(log)),
        ("exact: update(), compiled", len(log), lambda: updates(reviews, True, model, "exact")),
        (
            "exact: update(), interpreted",
            INTERPRETED,
            lambda: updates(reviews[:INTERPRETED], False, model, "exact"),
        ),
    ]
    if model == "fsrs6":
        ways += [
            (
                "notebook: update()",
                INTERPRETED,
                lambda: updates(reviews[:INTERPRETED], False, model, "notebook"),
            ),
            ("benchmark: update()", REPLAYED, lambda: updates(reviews[:REPLAYED], False, model, "benchmark")),
        ]
    for name, count, task in ways:
        wall, processor = (seconds / count for seconds in least(task, repeats))
        table.add_row(
            name, f"{count:,}", f"{wall * 1e6:.2f}", f"{processor * 1e6:.2f}", f"{1.0 / processor:,.0f}"
        )
    return table


def gains(log: rp.ReviewLog, model: str) -> Table:
    table = Table("method", "rate", "log loss minus that of the defaults, 1e-4", "95 %")
    rows = np.flatnonzero(log.scored)
    at_rest = rp.model(model).predict(log)[rows]
    fits = [OnlineFit(model, rate=rate) for rate in RATES]
    fits += [OnlineFit(model, method=m) for m in METHODS if m != "exact" and model == "fsrs6"]
    for fit in fits:
        found = compare_predictions(log, rows, fit.run(log).predictions[rows], at_rest)
        around = (
            ""
            if found.interval is None
            else f"{found.interval.low * 1e4:.1f} to {found.interval.high * 1e4:.1f}"
        )
        rate = f"{fit.to_dict()['settings']['rate']:g}"
        table.add_row(fit.method, rate, f"{found.difference * 1e4:.1f}", around)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", nargs="?")
    parser.add_argument("--reviews", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--model", default="fsrs6")
    given = parser.parse_args()
    log = rp.simulate_log(cards=max(given.reviews // 11, 1), days=None, model=given.model)
    console = Console()
    began = process_time()
    OnlineFit(given.model).run(log.take_cards(np.arange(5)))
    OnlineFit(given.model).warm()
    console.print(
        f"{given.model}: {len(log):,} reviews; loading compiled code {process_time() - began:.1f} s"
    )
    console.print(speeds(log, given.model, given.repeats))
    judged = rp.read_reviews(given.log) if given.log else log.take_cards(np.arange(min(log.cards, 1000)))
    console.print(f"judged on {len(judged):,} reviews, {int(judged.scored.sum()):,} scored")
    console.print(gains(judged, given.model))


if __name__ == "__main__":
    main()
