"""Recipes of a fit side by side: time, loss on the reviews fitted to, and loss on later ones.

    python bench/recipes.py [LOG] [--models fsrs5 fsrs6 fsrs7] [--threads 2] [--repeats 5]

LOG is a file that `repetita.read_reviews` reads; without it a simulated log is used. Shown are the least wall
time of some repetitions, after one that compiles, and mean log losses of the scored reviews: on the whole log
after a fit to all of it, and on the later parts of five forward folds.
"""

from __future__ import annotations

import argparse
from time import perf_counter

import repetita as rp

RECIPES = ("map", "peer", "reference")


def timed(
    log: rp.ReviewLog, model: str, recipe: str, threads: int, repeats: int
) -> tuple[float, rp.FitResult]:
    options = {"recipe": recipe, "threads": threads, "standard_errors": False}
    result = rp.fit(log, model, **options)
    seconds = float("inf")
    for _ in range(repeats):
        began = perf_counter()
        result = rp.fit(log, model, **options)
        seconds = min(seconds, perf_counter() - began)
    return seconds, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("log", nargs="?", metavar="LOG")
    parser.add_argument("--models", nargs="+", default=["fsrs5", "fsrs6", "fsrs7"], metavar="NAME")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    log = rp.read_reviews(given.log) if given.log else rp.simulate_log(cards=1500, days=600, seed=1)
    print(log)
    print(f"{'model':12} {'recipe':10} {'seconds':>8} {'fitted':>8} {'defaults':>8} {'later':>8}")
    for model in given.models:
        for recipe in RECIPES:
            seconds, result = timed(log, model, recipe, given.threads, given.repeats)
            later = rp.evaluate(log, model, fit_options={"recipe": recipe}).log_loss
            losses = f"{result.log_loss:8.4f} {result.log_loss_default:8.4f} {later:8.4f}"
            print(f"{model:12} {recipe:10} {seconds:8.3f} {losses}", flush=True)


if __name__ == "__main__":
    main()
