"""What identifies a log in a result, so that a later command can tell whether it is the same one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repetita.cli._model_text import ModelText
    from repetita.cli._terminal import Manner
    from repetita.reviews import ReviewLog

IDENTIFYING = ("reviews", "cards", "scored", "first_review", "last_review")


def log_facts(log: ReviewLog) -> dict[str, Any]:
    """Counts, span and source of a log, without its funnel."""
    facts = log.to_dict()
    facts.pop("funnel", None)
    return facts


def warn_if_fitted_on(log: ReviewLog, text: ModelText | None, manner: Manner) -> bool:
    """Whether parameters were fitted on this very log; if so that is said, because the score flatters."""
    if text is None or not text.fitted_on:
        return False
    facts: Mapping[str, Any] = log.to_dict()
    same = all(text.fitted_on.get(name) == facts.get(name) for name in IDENTIFYING)
    if same:
        manner.note(
            f"the parameters of {text.label} were fitted on this log, so this score is in-sample and "
            "flatters; name the model instead to fit and judge it on separate reviews"
        )
    return same
