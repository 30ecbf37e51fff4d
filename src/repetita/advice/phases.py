"""In which phase of its life a card was when it was answered: learning, review, relearning.

Sources number their states in two ways, and some give none:

* the common review-log schema (also py-fsrs): 0 new, 1 learning, 2 review, 3 relearning, 4 filtered;
* Anki's own log: 0 learning, 1 review, 2 relearning, 3 filtered.

`phases` recognises which of the two it has before it, and derives the phase of rows without a state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["FILTERED", "LEARNING", "RELEARNING", "REVIEW", "phases"]

LEARNING, REVIEW, RELEARNING, FILTERED = 0, 1, 2, 3

# phase by the state's number in the two ways of numbering
COMMON = np.array([LEARNING, LEARNING, REVIEW, RELEARNING, FILTERED], dtype=np.int8)
ANKI = np.array([LEARNING, REVIEW, RELEARNING, FILTERED], dtype=np.int8)


def phases(log: ReviewLog) -> NDArray[np.int8]:
    """Shape (n,): `LEARNING`, `REVIEW`, `RELEARNING` or `FILTERED` for every review, before its answer.

    Args:
        log: The reviews; its ``states``, where it has some, in either numbering.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 1), (0, 3), (1, 3), (9, 1), (0, 3)]])
        >>> phases(log).tolist()
        [0, 0, 1, 1, 2]
    """
    found = derived_phases(log)
    if log.states is None:
        return found
    meaning = _numbering(log, log.states)
    known = (log.states >= 0) & (log.states < len(meaning))
    found[known] = meaning[log.states[known]]
    return found


def derived_phases(log: ReviewLog) -> NDArray[np.int8]:
    """Shape (n,): the phases that the ratings and days speak for.

    A card is in review when it is answered on a later day than a success. An answer on the same day, or on a
    later day after an Again (a step that was left over), goes on learning or relearning.
    """
    after_success = np.concatenate(([False], log.ratings[:-1] > 1)) if len(log) else np.zeros(0, np.bool_)
    review = log.scored & after_success
    reviews_so_far = np.cumsum(review, dtype=np.int64)
    before_card = np.concatenate(([0], reviews_so_far))[log.offsets[:-1]]
    graduated = reviews_so_far > np.repeat(before_card, np.diff(log.offsets))
    found = np.where(graduated, np.int8(RELEARNING), np.int8(LEARNING))
    found[review] = REVIEW
    return found


def _numbering(log: ReviewLog, states: NDArray[np.int8]) -> NDArray[np.int8]:
    """The meaning of the states: that with fewer contradictions, else by what later days are mostly."""
    first, later = log.first, ~log.first
    # a card is new once only; and Anki logs the first answer of a card as learning, 0
    against_common = np.count_nonzero((states == 0) & later)
    against_anki = np.count_nonzero((states > 0) & first) + np.count_nonzero(states == 4)
    if against_common != against_anki:
        return COMMON if against_common < against_anki else ANKI
    on_later_days = np.bincount(np.clip(states[log.scored], 0, 4), minlength=5)
    return ANKI if on_later_days[1] > on_later_days[2] else COMMON
