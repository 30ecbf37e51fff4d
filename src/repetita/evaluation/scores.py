"""All measures of one predictor on one sample; each is computed when first asked for, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.evaluation import metrics
from repetita.evaluation.bootstrap import Interval, Resampling, numbered, widest
from repetita.evaluation.calibration import Calibration, calibration
from repetita.evaluation.sample import Sample
from repetita.evaluation.sums import cell_sums
from repetita.frozen import freeze_arrays, read_only
from repetita.memory_model import MemoryModel

if TYPE_CHECKING:
    from repetita.kernels.judging import CellSums

__all__ = ["MEASURES", "Scores", "difference"]

Floats = NDArray[np.float64]
MEASURES = ("log_loss", "rmse_bins", "auc", "ici", "smece", "mbe", "rmse")


@dataclass(frozen=True, eq=False, repr=False)
class Scores:
    """How well some predictions agree with what happened.

    Attributes:
        sample: The reviews.
        given: Shape (n,), predicted probability of recall at each of them; or the model that predicts them,
            which it does when first asked to.
    """

    sample: Sample
    given: Floats | MemoryModel

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __repr__(self) -> str:
        return f"Scores(log_loss={self.log_loss:.4f}, rmse_bins={self.rmse_bins:.4f}, reviews={self.reviews})"

    @property
    def reviews(self) -> int:
        """Number of scored reviews."""
        return len(self.sample)

    @cached_property
    def predictions(self) -> Floats:
        """Shape (n,), predicted probability of recall at each review."""
        if isinstance(self.given, MemoryModel):
            return read_only(self.given.predict(self.sample.log)[self.sample.rows])
        return self.given

    @cached_property
    def losses(self) -> Floats:
        """Shape (n,), log loss of each review, in nats."""
        return read_only(metrics.log_losses(self.predictions, self.sample.recalled))

    @cached_property
    def log_loss(self) -> float:
        """Mean log loss in nats a review; lower is better. The measure that decides."""
        if self._sums is not None:
            return self._sums.loss / float(self._sums.weights.sum())
        return float(np.average(self.losses, weights=self.sample.weights))

    @cached_property
    def rmse_bins(self) -> float:
        """RMSE over cells of similar reviews; for comparison with published figures."""
        sample, sums = self.sample, self._sums
        if sums is not None:
            return metrics.rmse_of_sums(sums.sizes, sums.weights, sums.residuals)
        return metrics.rmse_of_cells(self.predictions, sample.recalled, sample.cells, sample.weights)

    @cached_property
    def auc(self) -> float | None:
        """Chance that a recalled review was predicted above a forgotten one; None with one outcome only."""
        return metrics.auc_of_ranked(self._ranked)

    @cached_property
    def ici(self) -> float:
        """Mean distance between predictions and the smoothed share recalled."""
        return metrics.ici_of_ranked(self._ranked)

    @cached_property
    def smece(self) -> float:
        """SmoothECE: calibration error without bins."""
        return metrics.smece(self.predictions, self.sample.recalled)

    @cached_property
    def mbe(self) -> float:
        """Mean of prediction minus outcome: above 0 where memory is overrated."""
        return metrics.mbe(self.predictions, self.sample.recalled)

    @cached_property
    def rmse(self) -> float:
        """Root mean square of prediction minus outcome, review by review."""
        return metrics.rmse(self.predictions, self.sample.recalled)

    @cached_property
    def precision_recall(self) -> tuple[float, float]:
        """Precision and recall of predictions of at least 0.9."""
        return metrics.precision_recall(self.predictions, self.sample.recalled)

    @cached_property
    def calibration(self) -> Calibration:
        """Predicted beside actual recall, as bins and as a smooth curve with a band."""
        return calibration(self.predictions, self.sample.recalled, self.sample.resamplings)

    @cached_property
    def intervals(self) -> Mapping[str, Interval | None]:
        """95 % intervals of log_loss, rmse_bins, auc and mbe, by resampling cards or days, the wider.

        None where nothing can be resampled (all reviews on one card and one day), or the figure is undefined.
        """
        draws = self.sample.resamplings
        made = {
            "log_loss": widest(draws, self.log_loss, self._log_loss_replicates, least=0.0),
            "rmse_bins": widest(draws, self.rmse_bins, self._rmse_bins_replicates, least=0.0),
            "auc": (
                None
                if self.auc is None
                else widest(draws, self.auc, self._auc_replicates, least=0.0, most=1.0)
            ),
            "mbe": widest(draws, self.mbe, self._mbe_replicates, least=-1.0, most=1.0),
        }
        return made

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form: every measure, None where undefined."""
        precision, recall = self.precision_recall
        figures: dict[str, Any] = {name: getattr(self, name) for name in MEASURES}
        return {**figures, "precision_at_90": precision, "recall_at_90": recall, "reviews": self.reviews}

    @cached_property
    def _ranked(self) -> metrics.Ranked:
        return metrics.ranked(self.predictions, self.sample.recalled)

    @cached_property
    def _sums(self) -> CellSums | None:
        """What two figures are made of, without predictions kept; None where that needs them."""
        return cell_sums(self.sample, self.given) if isinstance(self.given, MemoryModel) else None

    def _log_loss_replicates(self, draws: Resampling) -> Floats:
        weights = self.sample.weights
        losses = self.losses if weights is None else self.losses * weights
        total, count = draws.sums(losses, weights).T
        ratio: Floats = total / count
        return ratio

    def _mbe_replicates(self, draws: Resampling) -> Floats:
        total, count = draws.sums(self.predictions - self.sample.recalled, None).T
        ratio: Floats = total / count
        return ratio

    def _rmse_bins_replicates(self, draws: Resampling) -> Floats:
        cells, cell = numbered(self.sample.cells)
        weights = self.sample.weights
        residual = self.predictions - self.sample.recalled
        size = draws.draws @ draws.tables(None, cell, cells)
        total = size if weights is None else draws.draws @ draws.tables(weights, cell, cells)
        gap = (draws.draws @ draws.tables(residual, cell, cells)) / np.maximum(size, 1.0)
        replicates: Floats = np.sqrt(np.sum(total * gap * gap, axis=1) / np.sum(total, axis=1))
        return replicates

    def _auc_replicates(self, draws: Resampling) -> Floats:
        # First-order: each review moves AUC by its own placement among the other outcome (DeLong 1988).
        area = self.auc or 0.0
        moved = metrics.placements(self.predictions, self.sample.recalled) - area
        y = self.sample.recalled
        passes = np.count_nonzero(y)
        influence = moved / np.where(y, passes, y.size - passes)
        return area + draws.sums(influence)[:, 0]


def difference(a: Scores, b: Scores) -> tuple[float, Interval | None]:
    """Mean log loss of ``a`` minus that of ``b``, with a paired interval; negative: ``a`` is better.

    Args:
        a: Scores on a sample.
        b: Scores on the same sample.
    """
    sample = a.sample
    gap = a.losses - b.losses
    if sample.weights is not None:
        gap = gap * sample.weights
    point = float(gap.mean() if sample.weights is None else gap.sum() / sample.weights.sum())

    def replicates(draws: Resampling) -> Floats:
        total, count = draws.sums(gap, sample.weights).T
        ratio: Floats = total / count
        return ratio

    return point, widest(sample.resamplings, point, replicates)
