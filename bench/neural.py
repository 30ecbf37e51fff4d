"""Networks: predictions a second beside torch's, and how the shipped weights predict people they never met.

python bench/neural.py [--users 12] [--reviews 4000]

Times are of one thread: wall and processor time a review. The people are simulated with FSRS-6, from another
seed than those of pretraining; losses are held out, 5 forward folds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter, process_time

import numpy as np

import repetita as rp
from repetita.equations import NETWORKS
from repetita.kernels.replay import predict
from repetita.neural.modules import outputs, recalled, torch_network
from repetita.neural.sequences import questions
from repetita.neural.torch_setting import reproducible

REPEATS = 5
RIVALS = ("average", "fsrs6:default", "fsrs6")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--reviews", type=int, default=4000)
    asked = parser.parse_args()
    speed(rp.simulate_log(reviews=50_000, seed=1))
    quality(asked.users, asked.reviews)


def speed(log: rp.ReviewLog) -> None:
    print(f"predictions of {len(log):,} reviews, microseconds a review (wall / processor)")
    print(f"{'':8}{'ours':>16}{'torch':>16}{'ratio':>8}{'largest difference':>22}")
    for name in NETWORKS:
        memory = rp.model(name)
        asked = questions(log, memory, longest=None)
        predict(memory, log, threads=1)  # compiles
        ours, mine = least(lambda memory=memory: predict(memory, log, threads=1))
        theirs, values = least(lambda memory=memory, asked=asked: by_torch(memory, asked))
        gap = float(np.abs(mine[asked.rows] - values).max())
        cells = [f"{1e6 * wall / len(log):.2f} / {1e6 * cpu / len(log):.2f}" for wall, cpu in (ours, theirs)]
        print(f"{name:8}{cells[0]:>16}{cells[1]:>16}{theirs[1] / ours[1]:>8.1f}{gap:>22.1e}")


def by_torch(memory, asked):
    """All predictions in one call, cards packed by length: nothing is computed twice."""
    batch = asked.batch(np.arange(len(asked)))
    with reproducible(0) as torch, torch.no_grad():
        module = torch_network(memory)
        told, days = (torch.from_numpy(values).float() for values in (batch.inputs, batch.days))
        steps = outputs(module, told, torch.from_numpy(batch.batch_sizes))
        return recalled(module, steps[torch.from_numpy(batch.places)], days).double().numpy()


def least(work: Callable[[], np.ndarray]) -> tuple[tuple[float, float], np.ndarray]:
    times = []
    for _ in range(REPEATS):
        wall, cpu = perf_counter(), process_time()
        made = work()
        times.append((perf_counter() - wall, process_time() - cpu))
    return (min(wall for wall, _ in times), min(cpu for _, cpu in times)), made


def quality(users: int, reviews: int) -> None:
    people = rp.synthetic_population(users, seed=77, reviews=reviews)
    contenders = [*RIVALS, *(f"{name}{how}" for name in NETWORKS for how in (":default", ""))]
    result = rp.benchmark(people, contenders, executor="serial")
    print(f"\nheld-out log loss, mean over {users} simulated people of {reviews:,} reviews")
    for label in contenders:
        losses = [row["metrics"]["LogLoss"] for row in result.rows if row["model"] == label]
        print(f"{label:16}{np.mean(losses):8.4f}")


if __name__ == "__main__":
    main()
