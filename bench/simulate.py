"""Simulating a deck: time beside the same outcome, ours against fsrs-rs; many lanes; compilation.

    python bench/simulate.py [--lanes 1000] [--threads 2] [--seeds 5]

One user: 1825 days, a deck of 10 000, 10 new cards a day, desired retention 0.9, default FSRS-6 as world and
scheduler, limits that do not bind. The peer's rules are set to those of our lanes: no presses within a day,
recall counted at the end of a day, its costs of a press. Both run on one thread and take turns; the least
processor time counts. Their means over the seeds say whether it is the same simulation. Many lanes: users
with other parameters, under several schedulers, from names to one table.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from statistics import fmean
from time import perf_counter, process_time
from typing import Any

import numpy as np

import repetita as rp
from peer import DEFAULTS, peer
from repetita.simulation import PRESS_COSTS, Cost, User

DAYS, DECK, NEW, RETENTION = 1825, 10_000, 10, 0.9
REPEATS = 25
SCHEDULERS = ("fsrs6", "fsrs6_default", "fsrs5", "fsrs3", "anki_sm2", "memrise", "fixed@30", "hlr")
COMPILING = """
import sys, time
from repetita import simulate_many
def took(**chosen):
    begin = time.process_time()
    simulate_many(days=5, deck=5, **chosen)
    return time.process_time() - begin
first = took(schedulers=["fsrs6"])
parts = {
    "scheduler anki_sm2": {"schedulers": ["anki_sm2"]},
    "scheduler fsrs5": {"schedulers": ["fsrs5"]},
    "scheduler fsrs7": {"schedulers": ["fsrs7"]},
    "world fsrs3": {"schedulers": ["anki_sm2"], "environments": ["fsrs3"]},
    "world fsrs7": {"schedulers": ["anki_sm2"], "environments": ["fsrs7"]},
    "daily curve": {"schedulers": ["anki_sm2"], "daily": True},
}
print(f"cold compilation: {first:.1f} s of processor time for the first pair; then one part each:")
print("  " + ", ".join(f"{name} {took(**chosen):.1f} s" for name, chosen in parts.items()))
"""


def peer_config() -> Any:
    d = peer.default_simulator_config()
    transitions = d.learning_step_transitions, d.relearning_step_transitions
    return peer.SimulatorConfig(
        DECK, DAYS, 720 * 60.0, 36500.0, d.first_rating_prob, d.review_rating_prob, NEW, 9999, True,
        *transitions, d.state_rating_costs, 0, 0, None,
    )  # fmt: skip


def peer_run(seed: int) -> Any:
    return peer.simulate(DEFAULTS, RETENTION, peer_config(), seed)


def our_run(seed: int, *, daily: bool, days: int = DAYS) -> rp.simulation.Lanes:  # type: ignore[name-defined]
    cost = Cost(learning=PRESS_COSTS.learning, review=PRESS_COSTS.review, relearning=PRESS_COSTS.relearning)
    return rp.simulate_many(
        schedulers=["fsrs6"],
        days=days,
        deck=DECK,
        seeds=seed,
        daily=daily,
        cost=cost,
        switches={"memorized_sampling": "end"},
        threads=1,
    )


def least(tasks: dict[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """Least processor time of each task; the tasks take turns, so that noise meets all of them."""
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(repeats):
        for name, task in tasks.items():
            begin = process_time()
            task()
            best[name] = min(best[name], process_time() - begin)
    return best


def one_user(seeds: int) -> None:
    our_run(0, daily=False, days=5)
    our_run(0, daily=True, days=5)
    best = least(
        {
            "fsrs-rs": lambda: peer_run(1),
            "daily curve": lambda: our_run(1, daily=True),
            "totals only": lambda: our_run(1, daily=False),
        },
        REPEATS,
    )
    theirs = [peer_run(seed) for seed in range(seeds)]
    ours = [our_run(seed, daily=False) for seed in range(seeds)]
    remembered = fmean(float(np.mean(run.memorized_cnt_per_day)) for run in theirs)
    reviews = fmean(sum(run.review_cnt_per_day) for run in theirs)
    minutes = fmean(float(np.mean(run.cost_per_day)) / 60.0 for run in theirs)
    print(f"{'one user':24}{'processor s':>12}{'ratio':>8}{'remembered':>12}{'reviews':>10}{'min/day':>9}")
    print(f"{'fsrs-rs':24}{best['fsrs-rs']:12.4f}{'':8}{remembered:12.2f}{reviews:10.0f}{minutes:9.2f}")
    for name in ("daily curve", "totals only"):
        mean = [fmean(float(getattr(run, metric)[0]) for run in ours) for metric in
                ("memorized_average", "total_reviews", "minutes_per_day")]  # fmt: skip
        ratio = best["fsrs-rs"] / best[name]
        print(
            f"{'ours, ' + name:24}{best[name]:12.4f}{ratio:8.1f}{mean[0]:12.2f}{mean[1]:10.0f}{mean[2]:9.2f}"
        )
    print(f"remembered differs by {abs(mean[0] / remembered - 1.0):.4%} ({seeds} seeds each)\n")


def users(count: int) -> list[User]:
    draw = np.random.default_rng(7)
    found = []
    for number in range(count):
        factors = np.exp(draw.normal(0.0, 0.1, 21))
        weights = rp.model("fsrs6", [w * f for w, f in zip(DEFAULTS, factors, strict=True)], clip=True)
        found.append(User(number=number, environment=weights))
    return found


def many(lanes: int, threads: int) -> None:
    everyone = users(-(-lanes // len(SCHEDULERS)))
    rp.simulate_many(everyone[:1], schedulers=SCHEDULERS, days=5, deck=5)
    before, wall, processor = _peak(), perf_counter(), process_time()
    found = rp.simulate_many(everyone, schedulers=SCHEDULERS, days=DAYS, deck=DECK, threads=threads)
    wall, processor = perf_counter() - wall, process_time() - processor
    kib = (_peak() - before) / len(found)
    print(
        f"{len(found)} lanes, {threads} threads: {wall / len(found) * 1e3:.1f} ms a lane of wall time, "
        f"{processor / len(found) * 1e3:.1f} of processor time; memory grew by {kib:.1f} KiB a lane; "
        f"{np.nansum(found.total_reviews) / processor / 1e6:.2f} M reviews a second of processor time\n"
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def compiling() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", COMPILING]
        found = subprocess.run(
            command,
            env={**_environment(), "REPETITA_CACHE": folder},
            capture_output=True,
            text=True,
            check=True,
        )
    print(found.stdout, end="")


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lanes", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    one_user(given.seeds)
    many(given.lanes, given.threads)
    compiling()


if __name__ == "__main__":
    main()
