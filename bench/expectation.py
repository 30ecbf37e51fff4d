"""Exact expectations: time and error of a policy's value, beside runs of the event engine.

    python bench/expectation.py [--days 1825] [--deck 10000] [--seeds 4] [--retentions 0.7 0.9 0.95]

World and belief are FSRS-6 with default parameters, 10 new cards a day, no limit that binds. Times are
processor time of one thread, the least of several runs after one that loads compiled code. Differences are to
the mean of the engine's runs, with the half width of its interval of 95 % beside; the engine's noise in
minutes is about 1 % a run, so a few seeds show gross errors only, and 64 take minutes.
"""

from __future__ import annotations

import argparse
from time import perf_counter, process_time
from typing import Any

from rich.console import Console
from rich.table import Table

import repetita as rp

TOLERANCES = (5e-3, 1.5e-3, 1e-3)


def timed(repeats: int, **options: Any) -> tuple[Any, float, float]:
    """A value, the least processor time and the least wall time."""
    value, processor, wall = None, [], []
    for _ in range(repeats):
        began, used = perf_counter(), process_time()
        value = rp.evaluate_policy(**options)
        processor.append(process_time() - used)
        wall.append(perf_counter() - began)
    return value, min(processor), min(wall)


def row(mode: str, value: Any, times: tuple[float, float], engine: Any) -> tuple[str, ...]:
    """Cells of a row: differences to the engine in percent, with the half width of its interval."""
    estimates = (engine.replicates.estimate(name) for name in ("memorized_average", "minutes_per_day"))
    pairs = zip((value.memorized_average, value.minutes_per_day), estimates, strict=True)
    shown = [
        f"{a:.6g} ({100 * (a / e.mean - 1):+.3f} ± {100 * (e.high / e.mean - 1):.3f} %)" for a, e in pairs
    ]
    return mode, *(f"{seconds:.3f}" for seconds in times), *shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=1825)
    parser.add_argument("--deck", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--retentions", type=float, nargs="+", default=[0.7, 0.9, 0.95])
    asked = parser.parse_args()
    table = Table("retention", "mode", "processor s", "wall s", "remembered", "minutes a day")
    rp.evaluate_policy(days=50, deck=100)  # loads compiled code
    for retention in asked.retentions:
        run = {"days": asked.days, "deck": asked.deck, "desired_retention": retention}
        engine, *times = timed(1, **run, mode="engine", seeds=range(asked.seeds))
        for tolerance in TOLERANCES:
            value, *ours = timed(asked.repeats, **run, tolerance=tolerance)
            name = f"exact to {100 * tolerance:g} %, {value.grid[0]} x {value.grid[1]}"
            table.add_row(f"{retention:g}", *row(name, value, (ours[0], ours[1]), engine))
        smooth = {"tolerance": TOLERANCES[1], "rounding": "split", "gradient": True}
        value, *ours = timed(asked.repeats, **run, **smooth)
        table.add_row("", *row("with gradient", value, (ours[0], ours[1]), engine))
        table.add_row("", *row(f"engine, {asked.seeds} seeds", engine, (times[0], times[1]), engine))
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
