"""Held-out log loss against number of reviews, by prior: how much a prior of other people's fits is worth.

    python bench/prior_curve.py [--users 40] [--others 80] [--table FILE] [--workers 2] [--seed 1]

Users are synthetic. Parameters of the others are fitted to their logs (8 000 reviews each), and these fits
make the population prior: no truth enters it. Then each user is fitted on the first n scored reviews with the
defaults alone, the published prior, our default prior, the population prior, and none; judged are the next
2 000 scored reviews. Every review weighs the same. Printed: mean over users of log loss minus that of the
defaults, in units of 0.0001 nats, with its standard error.

Truth is drawn from the default prior, or with --table from every second row of a table of fitted parameters,
whose other rows then make the population prior; whoever has such a table may use it here.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import repetita as rp
from repetita.benchmarking import SyntheticUser
from repetita.evaluation.metrics import log_loss
from repetita.executors import Task, executor
from repetita.fitting import ParameterTable, parameter_table, population_prior

SIZES = (50, 100, 200, 500, 1000, 2000, 5000)
TESTED = 2000
LOG_OF_OTHERS, LOG_OF_USERS = 8_000, 14_000
DAYS = 500
NAMES = ("published prior", "default prior", "population prior", "no prior")


def main() -> None:
    asked = parse()
    truths, prior = prior_of_others(asked)
    users = rp.synthetic_population(
        asked.users, asked.seed + 1, parameters=truths, reviews=LOG_OF_USERS, days=DAYS
    )
    job = partial(curve, prior)
    tasks = [Task(user.user, user) for user in users]
    outcomes = list(executor("processes", workers=asked.workers).run(job, tasks))
    failed = [outcome.failure.reason for outcome in outcomes if outcome.failure is not None]
    if failed:
        raise SystemExit(f"{len(failed)} users failed: {failed[0]}")
    found = np.array([outcome.value for outcome in sorted(outcomes, key=lambda outcome: outcome.key)])
    table(found, prior)


def prior_of_others(asked: argparse.Namespace) -> tuple[Any, rp.PopulationPrior]:
    """The table that truths are drawn from (None: the default prior), and the population prior."""
    if asked.table is not None:
        whole = parameter_table(asked.table)
        halves = [ParameterTable(whole.model, whole.rows[k::2], whole.sizes[k::2]) for k in (0, 1)]
        return halves[0], population_prior(halves[1], fewest_reviews=asked.fewest_reviews)
    others = rp.synthetic_population(asked.others, asked.seed, reviews=LOG_OF_OTHERS, days=DAYS)
    tasks = [Task(user.user, user) for user in others]
    outcomes = executor("processes", workers=asked.workers).run(fitted, tasks)
    return None, population_prior([outcome.value for outcome in sorted(outcomes, key=lambda o: o.key)])


def fitted(user: SyntheticUser) -> list[float]:
    return list(rp.fit(user.read(), weights="uniform", threads=1, standard_errors=False).parameters)


def curve(prior: rp.PopulationPrior, user: SyntheticUser) -> NDArray[np.float64]:
    """Log loss minus that of the defaults, (sizes, priors); NaN where the log is too short."""
    log = user.read()
    scored = log.time_order[log.scored[log.time_order]]
    place = np.empty(len(log), dtype=np.int64)
    place[log.time_order] = np.arange(len(log))
    made = np.full((len(SIZES), len(NAMES)), np.nan)
    for i, size in enumerate(SIZES):
        tested = scored[size : size + TESTED]
        if tested.size < TESTED // 2:
            continue
        before = log.take(place < place[tested[0]])
        recalled = log.ratings[tested] > 1
        base = log_loss(rp.model("fsrs6").predict(log)[tested], recalled)
        for j, chosen in enumerate(("published", "default", prior, None)):
            found = rp.fit(before, prior=chosen, weights="uniform", threads=1, standard_errors=False)
            made[i, j] = log_loss(found.model.predict(log)[tested], recalled) - base
    return made


def table(found: NDArray[np.float64], prior: rp.PopulationPrior) -> None:
    print(f"{len(found)} users; {prior}; log loss minus that of the defaults, in 0.0001 nats\n")
    print(f"{'scored reviews':18}" + "".join(f"{size:>15,}" for size in SIZES))
    scaled = found * 1e4
    for j, name in enumerate(NAMES):
        cells = []
        for i in range(len(SIZES)):
            values = scaled[:, i, j][np.isfinite(scaled[:, i, j])]
            spread = values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else np.nan
            cells.append(f"{values.mean():+8.0f} ± {spread:<4.0f}" if values.size else f"{'':15}")
        print(f"{name:18}" + "".join(f"{cell:>15}" for cell in cells))
    gain = scaled[:, :, NAMES.index("population prior")] - scaled[:, :, NAMES.index("published prior")]
    cells = [f"{np.nanmean(gain[:, i]):+8.0f} ± {_error(gain[:, i]):<4.0f}" for i in range(len(SIZES))]
    print(f"{'population - publ.':18}" + "".join(f"{cell:>15}" for cell in cells))


def _error(values: NDArray[np.float64]) -> float:
    there = values[np.isfinite(values)]
    return float(there.std(ddof=1) / np.sqrt(there.size)) if there.size > 1 else float("nan")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=40)
    parser.add_argument("--others", type=int, default=80)
    parser.add_argument("--table", help="Parquet or JSON lines of fitted parameters")
    parser.add_argument("--fewest-reviews", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
