from __future__ import annotations

from typing import Any

import pytest

from repetita.errors import UsageError
from repetita.reviews.learner import Learner


@pytest.mark.parametrize(
    "options",
    [
        {"desired_retention": 1.0},
        {"overdue": -0.1},
        {"days_off": 1.0},
        {"first_ratings": (0.5, 0.5, 0.5, 0.0)},
        {"success_ratings": (0.5, 0.5)},
        {"reviews_per_card": (5, 4.0, 9)},
        {"maximum_interval": 0},
    ],
)
def test_learners_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Learner(**options)
