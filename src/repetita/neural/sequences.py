"""Reviews of a log as training wants them: what the network is told, what it is asked, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.equations.layers import LONGEST_MS, SHORTEST_MS
from repetita.kernels.networks import durations_of
from repetita.network_model import NetworkModel
from repetita.neural.recipes import LONGEST_HISTORY
from repetita.reviews.scoring import scoring_of_unit

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog
    from repetita.reviews.scoring import Scoring

__all__ = ["Batch", "Questions", "measured_standardization", "questions"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Batch:
    """Some questions, and the steps of cards that their answers need.

    Attributes:
        inputs: Shape (steps, inputs): first steps of all cards, then second ones, longest card first.
        batch_sizes: Cards that have a step of that number.
        places: Shape (questions,), the step after which each is asked.
        days: Shape (questions,), time from that step on.
        outcomes: Shape (questions,), 1 for recalled, 0 for forgotten.
        weights: Shape (questions,).
    """

    inputs: Floats
    batch_sizes: Integers
    places: Integers
    days: Floats
    outcomes: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class Questions:
    """All reviews of a log that a network learns from, in order of time.

    Attributes:
        rows: Shape (questions,), rows of the log.
        steps: Shape (questions,), reviews of the card before.
        cards: Shape (questions,), numbers of the cards.
        weights: Shape (questions,).
        inputs: Shape (reviews, inputs), what a step with that review is told.
        days: Shape (reviews,), elapsed time in the network's unit.
        outcomes: Shape (reviews,).
        offsets: Shape (cards + 1,), where cards begin.
    """

    rows: Integers
    steps: Integers
    cards: Integers
    weights: Floats
    inputs: Floats
    days: Floats
    outcomes: Floats
    offsets: Integers

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, chosen: Sequence[int] | Integers) -> Batch:
        """The questions at some places, with the steps they need; every step is computed once.

        Args:
            chosen: Places in ``rows``.
        """
        chosen = np.asarray(chosen, dtype=np.int64)
        cards, member = np.unique(self.cards[chosen], return_inverse=True)
        lengths = np.zeros(len(cards), dtype=np.int64)
        np.maximum.at(lengths, member, self.steps[chosen])
        order = np.argsort(-lengths, kind="stable")
        rank = np.empty(len(cards), dtype=np.int64)
        rank[order] = np.arange(len(cards))
        begins, longest = self.offsets[cards[order]], int(lengths.max(initial=0))
        sizes = np.searchsorted(-lengths[order], -np.arange(longest), side="left")
        rows = np.concatenate([begins[:size] + step for step, size in enumerate(sizes)] or [begins[:0]])
        starts = np.cumsum(sizes) - sizes
        return Batch(
            inputs=self.inputs[rows],
            batch_sizes=sizes,
            places=starts[self.steps[chosen] - 1] + rank[member],
            days=self.days[self.rows[chosen]],
            outcomes=self.outcomes[self.rows[chosen]],
            weights=self.weights[chosen],
        )


def questions(
    log: ReviewLog,
    model: NetworkModel,
    *,
    rows: Scoring | None = None,
    longest: int | None = LONGEST_HISTORY,
) -> Questions:
    """What a network learns from a log, every question of weight 1.

    Asked is every review that did not come in the same second as the one before (for a network of whole days:
    on the same day) and whose history is not too long.

    Args:
        log: A review log.
        model: The network.
        rows: What is asked, as `ReviewLog.scored_by` has it; None: all that the network can tell apart.
        longest: Most reviews of a history; None: any number.
    """
    asked = log.scored_by(scoring_of_unit(model.equations.UNIT) if rows is None else rows).scored
    place = np.arange(len(log)) - np.repeat(log.offsets[:-1], np.diff(log.offsets))
    if longest is not None:
        asked = asked & (place <= longest)
    chosen = log.time_order[asked[log.time_order]]
    days = log.elapsed(model.equations.UNIT)
    return Questions(
        rows=chosen,
        steps=place[chosen],
        cards=log.card_index[chosen].astype(np.int64),
        weights=np.ones(len(chosen)),
        inputs=_inputs(log, model, days),
        days=days,
        outcomes=(log.ratings > 1).astype(np.float64),
        offsets=np.asarray(log.offsets, dtype=np.int64),
    )


def measured_standardization(logs: Sequence[ReviewLog], name: str, variant: str) -> tuple[float, ...]:
    """Means, then standard deviations, of the logarithms told to a network, over reviews that have a next.

    Args:
        logs: Review logs.
        name: Name of the network.
        variant: Named variant.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (1, 3), (5, 3)]])
        >>> [round(value, 3) for value in measured_standardization([log], "gru", "default")]
        [-5.756, 5.756]
    """
    from repetita.equations import equations, options_of

    module, options = equations(name), options_of(name, variant)
    if not module.STANDARDIZED:
        return ()
    told = [_logarithms(log, options, log.elapsed(module.UNIT))[~np.roll(log.first, -1)] for log in logs]
    together = np.concatenate(told)
    return (*together.mean(axis=0).tolist(), *together.std(axis=0).tolist())


def _inputs(log: ReviewLog, model: NetworkModel, days: Floats) -> Floats:
    if not model.equations.STANDARDIZED:
        # a step is told the time to the review that comes after it
        return np.stack([np.append(days[1:], 0.0), log.ratings.astype(np.float64)], axis=1)
    scale: Any = np.array(model.standardization).reshape(2, -1)
    told = (_logarithms(log, model.options, days) - scale[0]) / scale[1]
    return np.concatenate([told, np.eye(4)[log.ratings.astype(np.int64) - 1]], axis=1)


def _logarithms(log: ReviewLog, options: Sequence[float], days: Floats) -> Floats:
    columns = [np.log(options[0] + days)]
    if options[1]:
        columns.append(np.log(durations_of(log).clip(SHORTEST_MS, LONGEST_MS)))
    return np.stack(columns, axis=1)
