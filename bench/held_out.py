"""Held-out log loss of fitted FSRS-6: ours against fsrs-rs, forward in time, on a real log.

    python bench/held_out.py [LOG] [--folds 5] [--zone UTC] [--rollover 4]

Without LOG: the real log josh.parquet in the shared data folder (REPETITA_SHARED), if that is here.
Every fold fits on all earlier reviews and predicts the next sixth of the scored ones. All predictions come
from one float64 evaluator, parameters are not rounded. Differences are paired on the same reviews; the
interval is a bootstrap over days or over cards, whichever is wider.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

import repetita as rp
from peer import DEFAULTS, items_of, train
from repetita.errors import InvalidParameters
from repetita.evaluation import compare_predictions
from repetita.evaluation.metrics import log_loss, rmse_bins
from repetita.evaluation.splits import forward_folds
from repetita.reviews import ReviewLog

Trainer = Callable[[ReviewLog], list[float]]
SHARED = Path(os.environ.get("REPETITA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
JOSH = SHARED / "data" / "reviews" / "josh.parquet"
OURS = "ours, default recipe"
CARD_IDS = "fsrs-rs, card_ids"
PREFIXES = "fsrs-rs, default call"
TARGETS = {CARD_IDS: 0.004, PREFIXES: 0.003}


def ours(**options: object) -> Trainer:
    return lambda log: list(rp.fit(log, standard_errors=False, **options).parameters)


def peer_by_card(log: ReviewLog) -> list[float]:
    return train(*items_of(log))


def peer_by_prefix(log: ReviewLog) -> list[float]:
    return train(items_of(log)[0], None)


TRAINERS: dict[str, Trainer] = {
    "defaults, no fit": lambda _: DEFAULTS,
    OURS: ours(),
    "ours, published prior, 8 000": ours(prior="published", small_sample=300),
    "ours, recipe='peer'": ours(recipe="peer"),
    CARD_IDS: peer_by_card,
    PREFIXES: peer_by_prefix,
}


def model_of(parameters: list[float]) -> rp.MemoryModel:
    try:
        return rp.model("fsrs6", parameters)
    except InvalidParameters:  # float32 on a bound
        return rp.model("fsrs6", parameters, clip=True)


def main() -> None:
    arguments = parse()
    log = rp.read_reviews(arguments.log, day_rule=rp.DayRule(arguments.zone, arguments.rollover))
    folds = forward_folds(log, arguments.folds)
    rows = np.concatenate([fold.test_rows for fold in folds])
    trainings = [log.take(fold.train_rows) for fold in folds]
    predicted: dict[str, NDArray[np.float64]] = {}
    seconds: dict[str, float] = {}
    for name, trainer in TRAINERS.items():
        began = perf_counter()
        models = [model_of(trainer(training)) for training in trainings]
        seconds[name] = perf_counter() - began
        parts = [m.predict(log)[fold.test_rows] for m, fold in zip(models, folds, strict=True)]
        predicted[name] = np.concatenate(parts)
    table(log, rows, predicted, seconds)


def table(
    log: ReviewLog,
    rows: NDArray[np.int64],
    predicted: dict[str, NDArray[np.float64]],
    seconds: dict[str, float],
) -> None:
    recalled = log.ratings[rows] > 1
    days, index, lapses = log.elapsed_days[rows], log.review_index[rows], log.lapses[rows]
    print(f"{log}\n{len(rows)} held-out reviews; recalled {recalled.mean():.3f}\n")
    print(f"{'trainer':31}{'log loss':>10}{'RMSE(bins)':>12}{'ours minus it [95 %]':>33}{'fit, s':>9}")
    for name, p in predicted.items():
        difference = ""
        if name != OURS:
            c = compare_predictions(log, rows, predicted[OURS], p, labels=("ours", "it"))
            low, high = c.interval
            difference = f"{c.difference:+.5f} [{low:+.5f}, {high:+.5f}]"
        bins = rmse_bins(p, recalled, days, index, lapses)
        print(f"{name:31}{log_loss(p, recalled):10.5f}{bins:12.5f}{difference:>33}{seconds[name]:9.3f}")
    for name, target in TARGETS.items():
        gain = log_loss(predicted[name], recalled) - log_loss(predicted[OURS], recalled)
        print(f"target: {target} below {name}: {gain:.5f} {'reached' if gain >= target else 'MISSED'}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", type=Path, nargs="?", default=JOSH, help="any log that read_reviews takes")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--zone", default="UTC")
    parser.add_argument("--rollover", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    main()
