"""Trains the weights that networks start from on simulated people, and writes them beside the equations.

python tools/pretrain.py lstm lstm:no_duration gru gru_p     half an hour on one processor core
python tools/pretrain.py gru --steps 100                     less time, worse weights
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from time import perf_counter

from repetita.benchmarking import synthetic_population
from repetita.equations.pretrained import FOLDER, file_name
from repetita.neural import pretrain
from repetita.reviews import ReviewLog

PEOPLE, REVIEWS, SEED = 100, 3000, 20_251_128
# of Reptile, a tenth of the published number: people of one kind only are met here
STEPS = {"lstm": 10_000, "gru": 12_000}


def main(arguments: list[str] | None = None) -> int:
    """Trains and writes; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("networks", nargs="+", metavar="NAME[:VARIANT]")
    parser.add_argument("--steps", type=int, default=None, help="adaptations, or epochs; default: as shipped")
    asked = parser.parse_args(arguments)
    logs = [person.log for person in synthetic_population(PEOPLE, seed=SEED, reviews=REVIEWS)]
    for text in asked.networks:
        name, _, variant = text.partition(":")
        train(name, variant or "default", logs, asked.steps or STEPS.get(name))
    return 0


def train(name: str, variant: str, logs: Sequence[ReviewLog], steps: int | None) -> None:
    """Trains a network and writes its files."""
    began = perf_counter()

    def progress(done: int, of: int, loss: float) -> None:
        if done % 500 == 0 or done == of:
            print(
                f"{name} {variant}: {done} of {of}, loss {loss:.4f}, {perf_counter() - began:.0f} s",
                flush=True,
            )

    made = pretrain(logs, name, variant=variant, steps=steps, seed=SEED, progress=progress)
    stem = file_name(name, variant)
    made.model.save(FOLDER / f"{stem}.pth", force=True)
    if made.moments is not None:
        (FOLDER / f"{stem}_optimizer.pth").write_bytes(made.moments.to_bytes())


if __name__ == "__main__":
    sys.exit(main())
