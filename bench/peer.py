"""fsrs-rs-python (a bench peer) fed from our logs: its items, its trainer, its defaults."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.reviews import ReviewLog

try:
    import fsrs_rs_python as peer
except ImportError as error:
    raise SystemExit("the peer is not installed: pip install fsrs-rs-python==0.9.3") from error

DEFAULTS: list[float] = list(peer.DEFAULT_PARAMETERS)


def items(
    offsets: NDArray[np.int64],
    elapsed_days: NDArray[Any],
    ratings: NDArray[Any],
    targets: NDArray[np.int64],
) -> tuple[list[Any], list[int]]:
    """One item a scored review (the card's history up to it) in the order of ``targets``, and its card.

    Args:
        offsets: Where each card's reviews begin, (cards + 1,).
        elapsed_days: Whole days since the card's previous review, (n,).
        ratings: 1 to 4, (n,).
        targets: Rows of the scored reviews in order of time.
    """
    days, grades = elapsed_days.tolist(), ratings.tolist()
    reviews = [peer.FSRSReview(grade, day) for grade, day in zip(grades, days, strict=True)]
    card = np.searchsorted(offsets, targets, side="right") - 1
    begins = offsets[card].tolist()
    made = [peer.FSRSItem(reviews[a : b + 1]) for a, b in zip(begins, targets.tolist(), strict=True)]
    return made, card.tolist()


def items_of(log: ReviewLog) -> tuple[list[Any], list[int]]:
    """`items` of a whole log."""
    return items(log.offsets, log.elapsed_days, log.ratings, log.time_order[log.scored[log.time_order]])


def train(made: list[Any], cards: list[int] | None) -> list[float]:
    """Parameters from the peer's trainer; with ``cards`` it replays each card once."""
    trainer = peer.FSRS(parameters=DEFAULTS)
    if cards is None:
        return list(trainer.compute_parameters(made))
    return list(trainer.compute_parameters(made, card_ids=cards))


def evaluate(parameters: list[float], made: list[Any]) -> tuple[float, float]:
    """The peer's own log loss (weighted by recency, float32) and RMSE(bins)."""
    score = peer.FSRS(parameters=parameters).evaluate(made)
    return float(score.log_loss), float(score.rmse_bins)
