"""Simulations: time of the event engine on the usual large configuration, and where it goes.

    python bench/event_engine.py [--days 1825] [--deck 10000] [--repeats 3]

The configuration is the one that simulators of schedulers are compared on: 10 new cards a day, no limit
that binds, FSRS-6 with default parameters as world and as belief, desired retention 0.9. The event engine
of srs-simulator took 26.6 s of processor time for it where this was first measured.
"""

from __future__ import annotations

import argparse
from time import perf_counter, process_time

from rich.console import Console
from rich.table import Table

from repetita.simulation.result import simulation_of
from repetita.simulation.running import plan

REFERENCE_SECONDS = 26.6  # of processor time, the event engine of srs-simulator


def timed(days: int, deck: int, scheduler: str) -> tuple[float, float, float, int, float]:
    """Wall time, processor time, processor time of the daily curve; presses, mean remembered cards."""
    made = plan(days=days, deck=deck, scheduler=scheduler)
    began, used = perf_counter(), process_time()
    engine = made.engine(42)
    engine.run()
    pressed = process_time()
    run = simulation_of(engine, made.config)
    wall, processor = perf_counter() - began, process_time() - used
    return wall, processor, process_time() - pressed, len(engine.events), run.memorized_average


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=1825)
    parser.add_argument("--deck", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    timed(20, 20, "fsrs6")  # loads the compiled curve
    table = Table(
        "scheduler", "presses", "wall s", "processor s", "of it the curve", "us a press", "remembered"
    )
    for scheduler in ("fsrs6", "anki_sm2", "memrise", "fsrs7"):
        runs = [timed(asked.days, asked.deck, scheduler) for _ in range(asked.repeats)]
        wall, processor, curve, presses, remembered = min(runs, key=lambda run: run[1])
        cells = (f"{wall:.2f}", f"{processor:.2f}", f"{curve:.2f}", f"{processor / presses * 1e6:.1f}")
        table.add_row(scheduler, f"{presses}", *cells, f"{remembered:.1f}")
        if scheduler == "fsrs6" and (asked.days, asked.deck) == (1825, 10_000):
            print(
                f"srs-simulator {REFERENCE_SECONDS} s, ours {processor:.2f} s:"
                f" {REFERENCE_SECONDS / processor:.1f} x"
            )
    Console().print(table)


if __name__ == "__main__":
    main()
