"""`fit_by`: parameters of a memory model for every deck or preset of a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError, unknown_name
from repetita.fitting.options import checked_options
from repetita.fitting.result import FitResult
from repetita.fitting.training import fit
from repetita.fitting.weights import is_given
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model

if TYPE_CHECKING:
    import polars as pl

    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]
By = Literal["deck", "preset"]
NO_GROUP = -1  # of cards whose deck or preset is not known


@dataclass(frozen=True, eq=False, repr=False)
class GroupedFit(Mapping[int, FitResult]):
    """One `FitResult` for every deck or preset of a log, by its id.

    A deck or preset that was not in the log has the published default parameters, and so have cards without
    one.

    Attributes:
        by: "deck" or "preset".
        results: The fits, by id.
        defaults: The model where there is no fit.
    """

    by: By
    results: Mapping[int, FitResult] = field(repr=False)
    defaults: MemoryModel

    def __getitem__(self, group: int) -> FitResult:
        return self.results[group]

    def __iter__(self) -> Iterator[int]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        scored = sum(result.scored for result in self.values())
        return f"GroupedFit({self.defaults.name!r}, {len(self)} {self.by}s, {scored:,} scored reviews)"

    def model(self, group: int | None) -> MemoryModel:
        """The model of a deck or preset; that with default parameters for one that was not fitted.

        Args:
            group: Its id, or None.
        """
        return self.defaults if group is None or group not in self.results else self.results[group].model

    def predict(self, log: ReviewLog) -> FloatArray:
        """Predicted probability of recall just before every review, each card by the model of its group.

        Args:
            log: A review log with the ids of decks or presets.

        Returns:
            Shape (reviews,), in the log's row order; NaN at the first review of each card.

        Raises:
            UsageError: A log without these ids.
        """
        groups = _groups(log, self.by)
        predicted = np.full(len(log), np.nan)
        for group in np.unique(groups).tolist():
            cards = groups == group
            part = log if cards.all() else log.take_cards(cards)
            predicted[cards[log.card_index]] = self.model(group).predict(part)
        return predicted

    def summary(self) -> str:
        """One line a deck or preset, largest first: reviews, loss, loss with the defaults."""
        lines = [f"{self.defaults.equations.TITLE}, one fit a {self.by}:"]
        for group, result in sorted(self.items(), key=lambda item: -item[1].scored):
            gain = ""
            if result.scored:
                gain = f", log loss {result.log_loss:.4f} (defaults {result.log_loss_default:.4f})"
            lines.append(
                f"{self.by} {group}: {result.scored:,} scored reviews of {result.cards:,} cards{gain}"
            )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description: what each group's `FitResult.to_dict` says, by the id as text."""
        return {
            "by": self.by,
            "defaults": self.defaults.to_dict(),
            "groups": {str(group): result.to_dict() for group, result in self.items()},
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a deck or preset and parameter; the first column is the id."""
        import polars as pl

        frames = [
            result.to_frame().insert_column(0, pl.lit(group, dtype=pl.Int64).alias(self.by))
            for group, result in self.items()
        ]
        return pl.concat(frames) if frames else pl.DataFrame({self.by: []}, schema={self.by: pl.Int64})


def fit_by(log: ReviewLog, by: By, model: str | MemoryModel = "fsrs6", **options: Any) -> GroupedFit:
    """A fit of its own for every deck or preset of a log.

    Args:
        log: A review log with the ids of decks or presets.
        by: "deck" or "preset".
        model: As `fit` takes it.
        **options: Further options of `fit`; weights may be one number a row of the log.

    Raises:
        UsageError: A log without these ids.
        UnknownName: An option that `fit` does not have.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_arrays(
        ...     card_id=[1, 1, 2, 2], rating=[3, 1, 3, 3], elapsed_days=[0, 2, 0, 2], deck_id=[5, 5, 8, 8]
        ... )
        >>> fits = fit_by(log, "deck", prior="published")
        >>> list(fits), fits.model(8) == fits[8].model, fits.model(9).parameters[0]
        ([5, 8], True, 0.212)
    """
    groups = _groups(log, by)
    options = checked_options(options)
    if isinstance(model, MemoryModel):
        defaults = model.published
    else:
        defaults = memory_model(model, variant=options.get("variant", "default"))
    weights = options.pop("weights", None)
    results = {}
    for group in np.unique(groups[groups != NO_GROUP]).tolist():
        cards = groups == group
        mine = weights
        if weights is not None and is_given(weights):
            mine = np.asarray(weights)[cards[log.card_index]]
        results[int(group)] = fit(log.take_cards(cards), model, weights=mine, **options)
    return GroupedFit(by, results, defaults)


def _groups(log: ReviewLog, by: By) -> NDArray[np.int64]:
    """Id of each card's deck or preset, shape (cards,)."""
    columns = {"deck": log.deck_ids, "preset": log.preset_ids}
    if by not in columns:
        raise unknown_name("kind of group", by, columns)
    ids = columns[by]
    if ids is None:
        raise UsageError(
            f"the log does not know the {by} of its cards",
            hint=f"give a column {by}_id, or read a collection, which has them",
            where=f"{by}_id",
        )
    return ids
