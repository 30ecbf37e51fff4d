"""`compare`: which of two models predicts better, on the same reviews, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import expm1
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.evaluation.bootstrap import Interval
from repetita.evaluation.checks import checked
from repetita.evaluation.predictors import Judged, Predictor, Progress, fold_models, held_out, predictor
from repetita.evaluation.sample import Sample, all_scored
from repetita.evaluation.scores import MEASURES, Scores, difference
from repetita.evaluation.splits import FOLDS, Fold, forward_folds
from repetita.reviews.review_log import ReviewLog, require_log

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Comparison", "compare", "compare_predictions"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two predictors on the same reviews. Made by `compare`.

    Attributes:
        a: What the first is, in words.
        b: What the second is.
        scores_a: All measures of the first.
        scores_b: All measures of the second.
        fold_sizes: Reviews in each forward fold, empty when nothing had to be fitted.
        note: What to keep in mind, or "".
    """

    a: str
    b: str
    scores_a: Scores
    scores_b: Scores
    fold_sizes: tuple[int, ...] = ()
    note: str = ""

    @property
    def held_out(self) -> bool:
        """Whether the reviews are those of forward folds."""
        return bool(self.fold_sizes)

    @property
    def reviews(self) -> int:
        """Number of reviews compared on."""
        return self.scores_a.reviews

    @property
    def cards(self) -> int:
        """Number of cards they belong to."""
        return self.scores_a.sample.cards

    @property
    def log_loss_a(self) -> float:
        """Mean log loss of the first, in nats a review."""
        return self.scores_a.log_loss

    @property
    def log_loss_b(self) -> float:
        """Mean log loss of the second."""
        return self.scores_b.log_loss

    @cached_property
    def _difference(self) -> tuple[float, Interval | None]:
        return difference(self.scores_a, self.scores_b)

    @property
    def difference(self) -> float:
        """Mean log loss of the first minus that of the second; negative: the first predicts better."""
        return self._difference[0]

    @property
    def interval(self) -> Interval | None:
        """95 % interval of the difference, paired, by resampling cards or days, the wider."""
        return self._difference[1]

    @property
    def better(self) -> Literal["a", "b"] | None:
        """Which predicts better, or None when the interval contains 0 (or there is none)."""
        if self.interval is None or 0.0 in self.interval:
            return None
        return "a" if self.difference < 0.0 else "b"

    @property
    def probability_gain(self) -> float:
        """How much more probability the first gave to what happened, as a share (geometric mean).

        0.01 means that the answers that came were 1 % more probable to the first than to the second.
        """
        return expm1(-self.difference)

    @cached_property
    def fold_differences(self) -> tuple[float, ...]:
        """The difference in each forward fold."""
        gap = self.scores_a.losses - self.scores_b.losses
        parts = np.split(gap, np.cumsum(self.fold_sizes)[:-1]) if self.fold_sizes else []
        return tuple(float(part.mean()) for part in parts)

    def summary(self) -> str:
        """Which predicts better and by how much, in one sentence, and what to keep in mind."""
        from repetita.evaluation.words import comparison_summary

        return comparison_summary(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "a": {"label": self.a, **self.scores_a.to_dict()},
            "b": {"label": self.b, **self.scores_b.to_dict()},
            "difference": self.difference,
            "interval": self.interval and self.interval.to_dict(),
            "better": self.better,
            "probability_gain": self.probability_gain,
            "reviews": self.reviews,
            "cards": self.cards,
            "held_out": self.held_out,
            "fold_differences": list(self.fold_differences),
            "summary": self.summary(),
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a predictor, one column a measure, as a polars frame."""
        import polars as pl

        rows = [{"predictor": name, **figures} for name, figures in self._table().items()]
        return pl.DataFrame(rows, schema_overrides={"auc": pl.Float64})

    def __repr__(self) -> str:
        around = "" if self.interval is None else f" {self.interval:.4f}"
        return (
            f"Comparison({self.a!r} minus {self.b!r}: {self.difference:+.4f}{around}, reviews={self.reviews})"
        )

    def _repr_html_(self) -> str:
        from repetita.evaluation.words import html_table

        return html_table(self._table(), self.summary())

    def _table(self) -> dict[str, dict[str, Any]]:
        judged = {self.a: self.scores_a, self.b: self.scores_b}
        return {label: {m: getattr(scores, m) for m in MEASURES} for label, scores in judged.items()}


def compare(
    log: ReviewLog,
    a: Judged,
    b: Judged = "defaults",
    *,
    folds: int = FOLDS,
    seed: int = 0,
    fit_options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Which of two models predicts a log better: paired, on the same reviews.

    If either is a model *name*, both are judged on the test reviews of the same forward folds; names are
    fitted on what came before, parameters are used as they are. Otherwise both are judged on all scored
    reviews.

    Args:
        log: The reviews.
        a: A model name, a `MemoryModel`, a `FitResult`, a list of parameters, or "defaults".
        b: The same. A bare list and "defaults" belong to the model of the other one.
        folds: Number of forward folds.
        seed: Of fits and of resampling; at least 0.
        fit_options: Options of `repetita.fit`, for model names.
        progress: Called with the number of fits done and of all fits.

    Raises:
        NoReviews: Nothing can be scored, or too little for the folds.
        UnknownName: No such model.
        UsageError: An option out of range.

    Example:
        >>> from repetita import model
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (6, 3)], [(0, 3), (3, 1), (1, 3)]])
        >>> better = [value * 1.5 for value in model("fsrs6").parameters[:4]]
        >>> found = compare(log, [*better, *model("fsrs6").parameters[4:]], "defaults")
        >>> found.better is None, round(found.difference, 4)
        (True, 0.0557)
    """
    require_log(log, "compare")
    pair, seed = _pair(a, b), whole_number(seed, "seed")
    rows = all_scored(log)
    split = forward_folds(log, folds) if any(one.given is None for one in pair) else []
    if split:
        rows = np.concatenate([fold.test_rows for fold in split])
    made = _predictions(log, pair, rows, split, seed, fit_options, progress)
    sample = Sample(log, rows, None, seed)
    scores = (Scores(sample, made[0]), Scores(sample, made[1]))
    label_a, label_b = pair[0].label, pair[1].label
    if label_a == label_b:
        label_a, label_b = f"{label_a} (a)", f"{label_b} (b)"
    sizes = tuple(fold.test_rows.size for fold in split)
    return Comparison(label_a, label_b, *scores, sizes, _note(pair, bool(split)))


def compare_predictions(
    log: ReviewLog,
    rows: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    *,
    labels: tuple[str, str] = ("a", "b"),
    seed: int = 0,
) -> Comparison:
    """Which of two lists of predictions is better: for predictions made elsewhere.

    Args:
        log: The reviews.
        rows: Shape (n,), row numbers of the reviews that were predicted.
        a: Shape (n,), probabilities of recall.
        b: Shape (n,), those of the other.
        labels: What they are, in words.
        seed: Of resampling; at least 0.

    Raises:
        UsageError: Row numbers or predictions that do not fit the log.
        NoReviews: No rows.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (6, 3)], [(0, 3), (3, 1), (1, 3)]])
        >>> found = compare_predictions(log, [1, 2, 4, 5], [0.9, 0.9, 0.5, 0.9], [0.8, 0.8, 0.8, 0.8])
        >>> round(found.difference, 4), round(found.probability_gain, 2)
        (-0.3174, 0.37)
    """
    require_log(log, "compare_predictions")
    places = np.asarray(rows)
    if places.ndim != 1 or (places.size and not np.issubdtype(places.dtype, np.integer)):
        raise UsageError(f"rows have shape {places.shape} and type {places.dtype}, expected row numbers")
    if places.size and not (places.min() >= 0 and places.max() < len(log)):
        raise UsageError(f"row numbers reach from {places.min()} to {places.max()}, of {len(log)} rows")
    sample = Sample(log, places.astype(np.int64), None, whole_number(seed, "seed"))
    # checked here and not where a figure is first asked for
    made = [checked(predicted, sample.recalled)[0] for predicted in (a, b)]
    return Comparison(labels[0], labels[1], Scores(sample, made[0]), Scores(sample, made[1]))


def _pair(a: Judged, b: Judged) -> tuple[Predictor, Predictor]:
    """Both predictors; what does not say its model has that of the other."""
    named = [predictor(one).name for one in (a, b) if _says_model(one)]
    beside = named[0] if named else "fsrs6"
    return predictor(a, beside=beside), predictor(b, beside=beside)


def _says_model(judged: Judged) -> bool:
    if isinstance(judged, str):
        return judged != "defaults"
    return not isinstance(judged, Sequence | np.ndarray)


def _predictions(
    log: ReviewLog,
    pair: tuple[Predictor, Predictor],
    rows: NDArray[np.int64],
    split: Sequence[Fold],
    seed: int,
    options: Mapping[str, Any] | None,
    progress: Progress | None,
) -> list[Floats]:
    fits = sum(one.given is None for one in pair) * len(split)
    made: list[Floats] = []
    done = 0
    for one in pair:
        if one.given is not None:
            made.append(one.given.predict(log)[rows])
            continue
        before = done

        def told(folds_done: int, _: int, before: int = before) -> None:
            if progress is not None:
                progress(before + folds_done, fits)

        models = fold_models(log, one.name, split, seed=seed, options=options, progress=told)
        done += len(split)
        made.append(held_out(log, one, split, models))
    return made


def _note(pair: tuple[Predictor, Predictor], folds: bool) -> str:
    seen = [one.label for one in pair if one.given is not None and not one.published]
    if not seen:
        return ""
    return f"If {' and '.join(dict.fromkeys(seen))} were fitted to this log, they have seen these reviews" + (
        " and have an unfair advantage." if folds else ": the figures flatter them."
    )
