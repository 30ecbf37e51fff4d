"""Log loss and RMSE(bins) of a model on a whole long log, in one compiled pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.evaluation.bins import MANY, log_codes
from repetita.evaluation.metrics import SMALLEST_PROBABILITY

if TYPE_CHECKING:
    from repetita.evaluation.sample import Sample
    from repetita.kernels.judging import CellSums
    from repetita.memory_model import MemoryModel

__all__ = ["cell_sums"]


def cell_sums(sample: Sample, model: MemoryModel) -> CellSums | None:
    """What the figures are made of, or None where every prediction has to be looked at by itself.

    That is so for a part of a log, a short one, weights known at the sample only, models of other kinds, and
    predictions that are no probabilities.

    Args:
        sample: The reviews.
        model: What predicts them.

    Example:
        >>> from repetita.evaluation.sample import Sample, all_scored
        >>> from repetita.memory_model import model
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3)]])
        >>> cell_sums(Sample(log, all_scored(log)), model("fsrs6")) is None
        True
    """
    log = sample.log
    known = sample.weights is None or sample.by_row is not None
    if not (known and sample.whole and len(log) >= MANY):
        return None
    from repetita.kernels.judging import can_judge, judge

    codes = log_codes(log)
    if codes is None or not can_judge(model, log):
        return None
    return judge(model, log, sample.by_row, codes, smallest=SMALLEST_PROBABILITY)
