"""Judging predictions: measures, forward splits, yardsticks, `evaluate` and `compare`."""

from __future__ import annotations

from repetita.evaluation import metrics as metrics
from repetita.evaluation.bootstrap import Interval as Interval
from repetita.evaluation.calibration import Calibration as Calibration
from repetita.evaluation.calibration import calibration as calibration
from repetita.evaluation.comparison import Comparison as Comparison
from repetita.evaluation.comparison import compare as compare
from repetita.evaluation.comparison import compare_predictions as compare_predictions
from repetita.evaluation.evaluation import Evaluation as Evaluation
from repetita.evaluation.evaluation import FoldScore as FoldScore
from repetita.evaluation.evaluation import evaluate as evaluate
from repetita.evaluation.scores import Scores as Scores
from repetita.evaluation.splits import Fold as Fold
from repetita.evaluation.splits import forward_folds as forward_folds
from repetita.evaluation.splits import time_series_split as time_series_split

__all__ = [
    "Calibration",
    "Comparison",
    "Evaluation",
    "Fold",
    "FoldScore",
    "Interval",
    "Scores",
    "calibration",
    "compare",
    "compare_predictions",
    "evaluate",
    "forward_folds",
    "metrics",
    "time_series_split",
]
