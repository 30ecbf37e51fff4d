"""Compile time: what each world and each scheduler adds to a machine that has the lanes engine already.

    python bench/compiling.py [--parts fsrs7 lstm ...] [--by-card] [--most 3.0]

Every part is compiled by a process of its own into a cache folder that holds nothing but the engine. Figures
are seconds of processor time, without those that a process needs to start and to load the engine: a world
with recall summed, and day by day; a scheduler with a belief of its own, and one that borrows the world's.
Beside them the engine itself, and a first ``repetita fit``, each from an empty folder.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from repetita.equations import equations, model_names
from repetita.kernels.source_cache import VARIABLE
from repetita.reviews import ReviewLog, write_reviews
from repetita.simulation.roles import RETENTIONS, counts_in_windows, keeps_history
from repetita.simulation.specs import RULES

PART = """
import sys, time
from repetita.kernels.source_cache import entry, entry_point
from repetita.simulation.lanes.texts import BELIEF, WORLD, lane_text, scheduler_role_text, world_role_text
from repetita.simulation.roles import scheduler_text
what, kind, model, variant, by_card = sys.argv[1:]
begin = time.process_time()
entry_point(*lane_text(), "lane")
if what != "engine":
    begin = time.process_time()
if what == "world":
    text = world_role_text(model, variant == "daily", by_card == "1")
elif what == "scheduler":
    roles = scheduler_text(kind, model or None)
    name = f"{kind}_{model}" if model else kind
    text = scheduler_role_text(name, roles, variant == "borrowed", model or None, by_card == "1")
for name in {"world": WORLD, "scheduler": BELIEF}.get(what, ()):
    entry(*text, name)
print(time.process_time() - begin)
"""


def seconds(
    folder: str, what: str, kind: str = "", model: str = "", variant: str = "", card: str = "0"
) -> float:
    """Processor time of one part, compiled by a process of its own."""
    command = [sys.executable, "-c", PART, what, kind, model, variant, card]
    environment = {**os.environ, VARIABLE: folder}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if found.returncode:
        raise SystemExit(found.stderr)
    return float(found.stdout)


def added(engine: str, *part: str) -> float:
    """Seconds of a part on top of the engine alone."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(engine, folder, dirs_exist_ok=True)
        return seconds(folder, *part)


def first_fit() -> float:
    """Processor time of a first ``repetita fit``, all of it."""
    draw = np.random.default_rng(1)
    histories = [[(int(day), int(draw.integers(1, 5))) for day in (0, 2, 9, 30)] for _ in range(500)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        write_reviews(ReviewLog.from_histories(histories), path)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "repetita", "fit", str(path)]
        subprocess.run(command, env={**os.environ, VARIABLE: folder}, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def kinds(model: str) -> list[str]:
    """Kinds of schedulers with a model as the belief."""
    return list(RETENTIONS) if model == "fsrs6" else ["constant"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", help="models and rules; default: all")
    parser.add_argument("--by-card", action="store_true", help="where each card has a row of its own")
    parser.add_argument("--most", type=float, default=3.0, help="seconds that a part may take")
    given = parser.parse_args()
    card = str(int(given.by_card))
    chosen = given.parts or [*model_names(), "fixed", *RULES]
    worst = 0.0
    with tempfile.TemporaryDirectory() as engine:
        print(f"engine {seconds(engine, 'engine'):.1f} s, first fit {first_fit():.1f} s; then each part:")
        print(f"{'':24}{'world':>8}{'daily':>8}{'belief':>8}{'borrowed':>10}")
        for name in chosen:
            if name in ("fixed", *RULES):
                line = [None, None, added(engine, "scheduler", name, "", "own", card), None]
                print(row(name, line))
                worst = max(worst, *(one for one in line if one is not None))
                continue
            lent = not keeps_history(equations(name)) and not counts_in_windows(equations(name))
            worlds = [added(engine, "world", "", name, variant, card) for variant in ("summed", "daily")]
            for kind in kinds(name):
                own, borrowed = [
                    added(engine, "scheduler", kind, name, own, card) if own == "own" or lent else None
                    for own in ("own", "borrowed")
                ]
                line = [*worlds, own, borrowed]
                print(row(name if kind == "constant" else f"{name} {kind}", line), flush=True)
                worst = max(worst, *(one for one in line if one is not None))
                worlds = [None, None]
    print(f"most of all: {worst:.2f} s, {'within' if worst < given.most else 'ABOVE'} {given.most} s")


def row(name: str, line: list[float | None]) -> str:
    """A line of the table."""
    shown = ["" if one is None else f"{one:.2f}" for one in line]
    return f"{name:24}{shown[0]:>8}{shown[1]:>8}{shown[2]:>8}{shown[3]:>10}"


if __name__ == "__main__":
    main()
