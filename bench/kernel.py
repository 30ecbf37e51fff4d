"""Compiled passes over a log: nanoseconds a review beside the loss they computed.

    python bench/kernel.py [--reviews 1000000] [--repeats 15] [--model fsrs6]

The log is simulated from the model's default parameters. Shown are the least wall time and the least time of
all processors of some repetitions: other programs on the machine only ever add to them. The plain reference,
one review after the other in CPython, goes through a part of the log and checks the loss.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from time import perf_counter, process_time
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import repetita as rp
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.kernels.replay import predict
from repetita.kernels.threads import available_threads
from repetita.reviews import ReviewLog

REFERENCE_CARDS = 500


def least(task: Callable[[], Any], repeats: int) -> tuple[float, float, Any]:
    """Least wall time and least processor time of some repetitions, and the result."""
    wall, processor, result = float("inf"), float("inf"), None
    for _ in range(repeats):
        began, used = perf_counter(), process_time()
        result = task()
        wall, processor = min(wall, perf_counter() - began), min(processor, process_time() - used)
    return wall, processor, result


def passes(model: rp.MemoryModel, log: ReviewLog, threads: int) -> dict[str, Callable[[], Any]]:
    w = np.array(model.parameters)
    packed = pack(log, model.equations.UNIT)
    objective = Objective(model.name, model.variant, packed, log.scored.astype(float), threads=threads)

    return {
        "packing": lambda: pack(replace(log), model.equations.UNIT),  # the same log with nothing kept
        "predictions": lambda: predict(model, log, threads=threads),
        "loss": lambda: objective.value(w),
        "loss and gradient": lambda: objective.value_and_gradient(w),
        "gradient of each card": lambda: objective.card_scores(w),
        "Fisher information": lambda: objective.fisher(w),
        "Fisher information, tenth of the cards": lambda: objective.fisher(w, card_fraction=0.1),
    }


def reference_row(model: rp.MemoryModel, log: ReviewLog) -> tuple[str, float, float]:
    """Name, nanoseconds a review, and relative difference of the loss for the plain reference."""
    part = log.take_cards(np.arange(min(REFERENCE_CARDS, log.cards)))
    rows = list(zip(part.elapsed_days.tolist(), part.ratings.tolist(), strict=True))
    ends = part.offsets.tolist()
    histories = [rows[a:b] for a, b in pairwise(ends)]
    _, time, (expected, _) = least(lambda: loss_and_gradient_reference(model, histories), 3)
    weights = part.scored.astype(float)
    found = Objective(model.name, model.variant, pack(part, model.equations.UNIT), weights).value(
        model.parameters
    )
    return "loss and gradient, plain Python", time / len(part) * 1e9, found / expected - 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--model", default="fsrs6")
    given = parser.parse_args()
    model = rp.model(given.model)
    log = rp.simulate_log(cards=max(given.reviews // 11, 1), days=None, model=model)
    began = process_time()
    for task in passes(model, log.take_cards(np.arange(20)), 1).values():
        task()
    console = Console()
    console.print(
        f"{model.name}: {len(log):,} reviews, {log.cards:,} cards, {int(log.scored.sum()):,} scored; "
        f"{platform.machine()}, {available_threads()} processors; first calls {process_time() - began:.1f} s"
    )
    table = Table("pass", "threads", "wall ns", "processor ns a review", "loss a scored review")
    for threads in (1, 2):
        for name, task in passes(model, log, threads).items():
            wall, processor, result = least(task, given.repeats)
            loss = result[0] if name == "loss and gradient" else result
            shown = f"{loss / log.scored.sum():.12f}" if isinstance(loss, float) else ""
            table.add_row(
                name, str(threads), *(f"{t / len(log) * 1e9:.1f}" for t in (wall, processor)), shown
            )
    name, time, difference = reference_row(model, log)
    table.add_row(name, "1", "", f"{time:.0f}", f"differs by {difference:.1e}")
    console.print(table)


if __name__ == "__main__":
    main()
