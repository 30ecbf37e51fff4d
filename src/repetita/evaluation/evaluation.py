"""`evaluate`: how well a model predicts, with yardsticks beside it and intervals around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.evaluation.bootstrap import Interval
from repetita.evaluation.calibration import Calibration
from repetita.evaluation.predictors import Judged, Progress, fold_models, held_out, predictor
from repetita.evaluation.sample import Sample, all_scored, column_at
from repetita.evaluation.scores import MEASURES, Scores, difference
from repetita.evaluation.splits import FOLDS, Fold, forward_folds
from repetita.frozen import freeze_arrays, read_only
from repetita.memory_model import MemoryModel
from repetita.reviews.review_log import ReviewLog, require_log

if TYPE_CHECKING:
    import polars as pl

    from repetita.fitting.weights import Weighting

__all__ = ["Evaluation", "FoldScore", "evaluate"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FoldScore:
    """One forward fold.

    Attributes:
        train_reviews: Reviews fitted on, those that are not scored with them.
        test_reviews: Scored reviews predicted.
        log_loss: Mean log loss on them, unweighted.
        model: What was fitted.
    """

    train_reviews: int
    test_reviews: int
    log_loss: float
    model: MemoryModel

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "train_reviews": self.train_reviews,
            "test_reviews": self.test_reviews,
            "log_loss": self.log_loss,
            "parameters": list(self.model.parameters),
        }


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """How well a model predicts. Made by `evaluate`; figures are computed when first asked for, and kept.

    Attributes:
        model: Model name.
        label: What was judged, in words.
        given: The parameters that were scored as they are, or None for a name that was fitted.
        scores: All measures.
        folds: The forward folds, empty for parameters that were scored as they are.
        defaults: The published defaults, judged beside.
        shares_before: Shape (n,), the share recalled of the training reviews of each fold, or None for
            parameters that were scored as they are.
    """

    model: str
    label: str
    given: MemoryModel | None
    scores: Scores
    folds: tuple[FoldScore, ...]
    defaults: MemoryModel
    shares_before: Floats | None

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def held_out(self) -> bool:
        """Whether every review was predicted by a model fitted on earlier reviews only."""
        return bool(self.folds)

    @property
    def reviews(self) -> int:
        """Number of scored reviews."""
        return self.scores.reviews

    @property
    def cards(self) -> int:
        """Number of cards with a scored review."""
        return self.scores.sample.cards

    @property
    def rows(self) -> NDArray[np.int64]:
        """Shape (n,), row numbers in the log of the scored reviews."""
        return self.scores.sample.rows

    @property
    def outcomes(self) -> NDArray[np.bool_]:
        """Shape (n,), whether each was recalled."""
        return self.scores.sample.recalled

    @property
    def predictions(self) -> Floats:
        """Shape (n,), predicted probability of recall of each."""
        return self.scores.predictions

    @property
    def log_loss(self) -> float:
        """Mean log loss in nats a review; lower is better. The measure that decides."""
        return self.scores.log_loss

    @property
    def rmse_bins(self) -> float:
        """RMSE over cells of similar reviews; for comparison with published figures."""
        return self.scores.rmse_bins

    @property
    def auc(self) -> float | None:
        """Chance that a recalled review was predicted above a forgotten one; None with one outcome only."""
        return self.scores.auc

    @property
    def ici(self) -> float:
        """Mean distance between predictions and the smoothed share recalled."""
        return self.scores.ici

    @property
    def smece(self) -> float:
        """SmoothECE: calibration error without bins."""
        return self.scores.smece

    @property
    def mbe(self) -> float:
        """Mean of prediction minus outcome: above 0 where memory is overrated."""
        return self.scores.mbe

    @property
    def calibration(self) -> Calibration:
        """Predicted beside actual recall, as bins and as a smooth curve with a band."""
        return self.scores.calibration

    @property
    def intervals(self) -> Mapping[str, Interval | None]:
        """95 % intervals of log_loss, rmse_bins, auc and mbe, by resampling cards or days, the wider."""
        return self.scores.intervals

    @cached_property
    def constant(self) -> Floats:
        """Shape (n,), the constant judged beside: `shares_before`, else the share recalled of all."""
        if self.shares_before is not None:
            return self.shares_before
        return np.broadcast_to(self.outcomes.mean(), self.reviews)

    @cached_property
    def baselines(self) -> Mapping[str, Scores]:
        """The yardsticks on the same reviews: "defaults" (published parameters) and "constant"."""
        sample = self.scores.sample
        return {"defaults": Scores(sample, self.defaults), "constant": Scores(sample, self.constant)}

    @cached_property
    def gains(self) -> Mapping[str, tuple[float, Interval | None]]:
        """Log loss minus that of each yardstick, paired, with interval; below 0 the model is better."""
        return {name: difference(self.scores, other) for name, other in self.baselines.items()}

    def summary(self) -> str:
        """The result in a few plain sentences."""
        from repetita.evaluation.words import evaluation_summary

        return evaluation_summary(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form: every figure, interval, yardstick and fold, and the calibration curve."""
        return {
            "model": self.model,
            "label": self.label,
            "held_out": self.held_out,
            "cards": self.cards,
            **self.scores.to_dict(),
            "intervals": {name: made and made.to_dict() for name, made in self.intervals.items()},
            "baselines": {name: scores.to_dict() for name, scores in self.baselines.items()},
            "gains": {
                name: {"log_loss": gain, "interval": interval and interval.to_dict()}
                for name, (gain, interval) in self.gains.items()
            },
            "folds": [fold.to_dict() for fold in self.folds],
            "calibration": self.calibration.to_dict(),
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a predictor (the model and its yardsticks), one column a measure, as a polars frame."""
        import polars as pl

        judged = {self.label: self.scores, **self.baselines}
        rows = [{"predictor": name, **_measures(scores)} for name, scores in judged.items()]
        return pl.DataFrame(rows, schema_overrides={"auc": pl.Float64})

    def __repr__(self) -> str:
        how = f"{len(self.folds)} forward folds" if self.held_out else "scored as given"
        return (
            f"Evaluation({self.model}, {how}, log_loss={self.log_loss:.4f}, rmse_bins={self.rmse_bins:.4f}, "
            f"reviews={self.reviews})"
        )

    def _repr_html_(self) -> str:
        from repetita.evaluation.words import html_table

        judged = {self.label: self.scores, **self.baselines}
        return html_table({name: _measures(scores) for name, scores in judged.items()}, self.summary())


def evaluate(
    log: ReviewLog,
    judged: Judged = "fsrs6",
    *,
    folds: int = FOLDS,
    seed: int = 0,
    weights: Weighting | None = None,
    fit_options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """How well a model predicts the scored reviews of a log.

    A model *name* is fitted on forward folds and every review is predicted by a model that saw earlier
    reviews only. Parameters are scored as they are on all scored reviews; if they were fitted to the same
    reviews, the figures flatter them, and the summary says so.

    Args:
        log: The reviews. Scored are those that are not the first of their card and come a day or more after
            the one before, unless `ReviewLog.scored_by` chose others.
        judged: A model name, a `MemoryModel`, a `FitResult`, a list of FSRS-6 parameters, or "defaults".
        folds: Number of forward folds, for a model name.
        seed: Of fits and of resampling; at least 0.
        weights: How much each review counts in log loss and RMSE(bins), as in `recency_weights`: "cubic" is
            what fsrs-rs and Anki show. Default: all equally.
        fit_options: Options of `repetita.fit`, for a model name.
        progress: Called with the number of folds done and of all folds.

    Raises:
        NoReviews: Nothing can be scored, or too little for the folds.
        UnknownName: No such model.
        UsageError: An option out of range.

    Example:
        >>> from repetita import model
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (6, 3)], [(0, 3), (3, 1), (1, 3)]])
        >>> result = evaluate(log, model("fsrs6"))
        >>> round(result.log_loss, 4), result.reviews, result.held_out
        (0.6082, 4, False)
    """
    require_log(log, "evaluate")
    subject, seed = predictor(judged), whole_number(seed, "seed")
    if subject.given is not None:
        sample = _sample(log, all_scored(log), weights, seed)
        scores, defaults = Scores(sample, subject.given), subject.given.published
        return Evaluation(subject.name, subject.label, subject.given, scores, (), defaults, None)
    all_scored(log)
    split = forward_folds(log, folds)
    sample = _sample(log, np.concatenate([fold.test_rows for fold in split]), weights, seed)
    models = fold_models(log, subject.name, split, seed=seed, options=fit_options, progress=progress)
    scores = Scores(sample, held_out(log, subject, split, models))
    defaults = models[0].published
    parts = tuple(_fold_scores(split, models, scores.losses))
    constant = _shares_before(log, split)
    return Evaluation(subject.name, subject.label, None, scores, parts, defaults, constant)


def _sample(log: ReviewLog, rows: NDArray[np.int64], weights: Weighting | None, seed: int) -> Sample:
    if weights is None:
        return Sample(log, rows, None, seed)
    from repetita.fitting.weights import is_given, recency_weights

    if is_given(weights):
        by_row = recency_weights(log, weights)
        counted = by_row[rows]
    else:
        by_row = log.derived(_weights_of, weights)
        counted = column_at(log, rows, _weights_at, weights)
    if not counted.sum() > 0.0:
        raise UsageError("weights are 0 at every scored review", where="weights")
    return Sample(log, rows, counted, seed, by_row)


def _weights_of(log: ReviewLog, weights: Weighting) -> Floats:
    from repetita.fitting.weights import recency_weights

    return read_only(recency_weights(log, weights))


def _weights_at(log: ReviewLog, rows: NDArray[np.int64], weights: Weighting) -> Floats:
    return log.derived(_weights_of, weights)[rows]


def _fold_scores(split: Sequence[Fold], models: Sequence[MemoryModel], losses: Floats) -> list[FoldScore]:
    parts = np.split(losses, np.cumsum([fold.test_rows.size for fold in split])[:-1])
    return [
        FoldScore(int(np.count_nonzero(fold.train_rows)), fold.test_rows.size, float(part.mean()), fitted)
        for fold, fitted, part in zip(split, models, parts, strict=True)
    ]


def _shares_before(log: ReviewLog, split: Sequence[Fold]) -> Floats:
    """Share recalled of the scored training reviews of each fold, at each of its test reviews."""
    recalled = log.ratings > 1
    shares = [recalled[fold.train_rows & log.scored].mean() for fold in split]
    return np.repeat(shares, [fold.test_rows.size for fold in split])


def _measures(scores: Scores) -> dict[str, Any]:
    return {name: getattr(scores, name) for name in MEASURES}
