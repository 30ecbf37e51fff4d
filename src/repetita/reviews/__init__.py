"""Review logs: the table that everything is computed from, its readers and its writers.

Example:
    >>> from repetita.reviews import ReviewLog
    >>> ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1)]])
    ReviewLog(3 reviews of 1 card, 2 scored, from histories)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.reviews.days import changed_days as changed_days
    from repetita.reviews.days import day_numbers as day_numbers
    from repetita.reviews.funnel import Funnel as Funnel
    from repetita.reviews.funnel import FunnelBuilder as FunnelBuilder
    from repetita.reviews.funnel import FunnelStep as FunnelStep
    from repetita.reviews.learner import Learner as Learner
    from repetita.reviews.read import read_reviews as read_reviews
    from repetita.reviews.review_log import ReviewLog as ReviewLog
    from repetita.reviews.synthetic import simulate_log as simulate_log
    from repetita.reviews.write import write_reviews as write_reviews

_HOMES = {
    "Funnel": "funnel",
    "FunnelBuilder": "funnel",
    "FunnelStep": "funnel",
    "Learner": "learner",
    "ReviewLog": "review_log",
    "changed_days": "days",
    "day_numbers": "days",
    "read_reviews": "read",
    "simulate_log": "synthetic",
    "write_reviews": "write",
}
__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
