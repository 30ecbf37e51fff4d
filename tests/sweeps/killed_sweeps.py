"""Sweeps that are killed at random moments and taken up again; prints how far each had come.

Started as a program of its own: it loads everything once and forks before any thread begins, so that a round
costs milliseconds.

    python killed_sweeps.py FOLDER ROUNDS
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from repetita.simulation import simulate_many
from repetita.sweeps import plan_sweep

ASKED = {
    "users": 5,
    "schedulers": ["fsrs6", "memrise"],
    "desired_retention": [0.8, 0.9],
    "seeds": [1, 2],
    "days": 20,
    "deck": 10,
    "max_lanes_per_batch": 3,
    "workers": 1,
}


def swept(folder: Path) -> int:
    """Starts the sweep in a process of its own."""
    child = os.fork()
    if child == 0:
        plan_sweep(**ASKED, output=folder / "run", log_dir=folder / "logs").run()
        os._exit(0)
    return child


def whole(folder: Path) -> float:
    """Runs the sweep to its end; seconds that took."""
    begin = time.perf_counter()
    assert os.waitpid(swept(folder), 0)[1] == 0
    return time.perf_counter() - begin


def main(root: Path, rounds: int) -> None:
    simulate_many(2, schedulers=ASKED["schedulers"], days=2, deck=1, daily=True, threads=1)
    draw = random.Random(11)
    whole(root / "whole")
    seconds = whole(root / "whole_again")
    for number in range(rounds):
        folder = root / str(number)
        child = swept(folder)
        time.sleep(draw.uniform(0.0, seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        parts = len(list(folder.glob("run/parts/*.parquet")))
        finished = (folder / "run" / "summary.json").is_file()
        print(number, "finished" if finished else parts)
        whole(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
