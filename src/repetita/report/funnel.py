"""Where the rows of a source went: numbers behind the funnel figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from repetita.fitting.wording import FEW_REVIEWS
from repetita.plurals import counted
from repetita.reviews import ReviewLog


@dataclass(frozen=True, slots=True)
class FunnelBar:
    """One bar of the funnel.

    Attributes:
        label: What the bar counts.
        count: Rows left at this point.
        lost: Rows that this step took away.
        reason: Why, in words; empty for the first bar.
    """

    label: str
    count: int
    lost: int
    reason: str


@dataclass(frozen=True, slots=True)
class FunnelBars:
    """The funnel from rows of the source to reviews that can be scored.

    Attributes:
        bars: From the first to the last; steps that took nothing away are left out.
        idle_steps: How many steps took nothing away.
    """

    bars: tuple[FunnelBar, ...]
    idle_steps: int

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)

    def sentence(self) -> str:
        """What the figure says about this log."""
        read, scored = self.bars[0].count, self.bars[-1].count
        dropped = sum(bar.lost for bar in self.bars[:-2])
        were = "was" if dropped == 1 else "were"
        lost = "none was dropped" if dropped == 0 else f"{dropped:,} {were} dropped for the reasons above"
        text = f"Of {counted(read, 'row')} read, {lost}; {counted(scored, 'review')} can be scored."
        if scored < FEW_REVIEWS:
            text += f" That is few: below {FEW_REVIEWS}, fitted parameters are about as good as the defaults."
        else:
            text += " First reviews and repeats on one day still shape what is remembered afterwards."
        return text


def funnel_bars(log: ReviewLog) -> FunnelBars:
    """From rows read to reviews scored, one bar a step that took something away.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> bars = funnel_bars(ReviewLog.from_histories([[(0, 3), (0, 3), (2, 3)], [(0, 1)]]))
        >>> [(bar.label, bar.count) for bar in bars.bars]
        [('rows read', 4), ('after the first of a card', 2), ('on a later day: scored', 1)]
    """
    funnel = log.funnel
    bars = [FunnelBar("rows read", funnel.rows_read, 0, "")]
    bars += [
        FunnelBar(step.name.replace("_", " "), step.remaining, step.dropped, step.reason)
        for step in funnel.steps
        if step.dropped > 0
    ]
    later, scored = int((~log.first).sum()), int(log.scored.sum())
    bars += [
        FunnelBar("after the first of a card", later, len(log) - later, "nothing to predict from yet"),
        FunnelBar("on a later day: scored", scored, later - scored, "same day as the review before"),
    ]
    return FunnelBars(tuple(bars), sum(step.dropped == 0 for step in funnel.steps))
