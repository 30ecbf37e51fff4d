"""What a fit says about itself, in words for the person whose reviews they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

from repetita.plurals import counted
from repetita.reviews.scoring import SCORING

if TYPE_CHECKING:
    from repetita.fitting.result import FitResult

FEW_REVIEWS = 200  # below, fits of real logs predicted later reviews no better than the defaults did
LITTLE_LEARNED = 0.2


def summary(result: FitResult, *, judged: bool = False) -> str:
    """Several sentences, one thought a line.

    Args:
        result: The fit.
        judged: Whether a judgment on later reviews stands beside them, so that none needs to be advised.
    """
    title = result.model.equations.TITLE
    if result.status == "no_scored_reviews":
        return "\n".join(_nothing(result, title))
    lines = [_what(result, title), _how_good(result, judged)]
    if result.status == "small_sample":
        lines.append(
            f"With fewer than {FEW_REVIEWS} scored reviews the default parameters are about as good "
            "as these: a few days of reviews say as much about those days as about you."
        )
    lines += [_search(result), *_unsure(result)]
    if not judged:
        lines.append(_next(result))
    return "\n".join(lines)


def _scored(result: FitResult) -> str:
    return SCORING[result.options.get("rows", "days")]


def _nothing(result: FitResult, title: str) -> list[str]:
    if not result.reviews and result.funnel.rows_read:
        return [
            f"{title}: nothing to fit, {result.funnel.losses()}.",
            "The parameters given are those one would assume of anybody (the center of the prior).",
        ]
    return [
        f"{title}: nothing to fit. The log has {counted(result.reviews, 'review')} of "
        f"{counted(result.cards, 'card')}, and none of them can be scored.",
        f"A review is scored when it is {_scored(result)}.",
        "The parameters given are those one would assume of anybody (the center of the prior). "
        "Come back after some days of reviews.",
    ]


def _what(result: FitResult, title: str) -> str:
    left_out = f", {result.left_out:,} left out as outliers" if result.left_out else ""
    return (
        f"{title} fitted to {counted(result.reviews, 'review')} of {counted(result.cards, 'card')}: "
        f"{result.scored:,} {'is' if result.scored == 1 else 'are'} scored ({_scored(result)}){left_out}."
    )


def _how_good(result: FitResult, judged: bool) -> str:
    change = result.log_loss - result.log_loss_default
    gain = f"{abs(change):.4f} {'lower' if change < 0 else 'higher'} than" if abs(change) >= 5e-5 else "as"
    ours, defaults = (100 * exp(-loss) for loss in (result.log_loss, result.log_loss_default))
    return (
        f"Log loss {result.log_loss:.4f}, {gain} with the default parameters "
        f"({result.log_loss_default:.4f}; lower is better). Put plainly: on (geometric) average it gave what "
        f"really happened a probability of {ours:.1f} %, with the default parameters {defaults:.1f} %. These "
        "are the reviews it was fitted to"
        + ("." if judged else "; how it predicts reviews it has not seen is another question.")
    )


def _search(result: FitResult) -> str:
    training = result.options.get("training")
    if training is not None:
        return (
            f"Trained as published: {counted(training['epochs'], 'epoch')} over the reviews, "
            f"{counted(result.iterations, 'step')}. Such a training does not look for the best set of "
            "parameters and has no standard errors."
        )
    starts = counted(result.starts, "starting point")
    end = (
        "No better set of parameters was found"
        if result.converged
        else "The search stopped at its limit; the best set of parameters found is given"
    )
    return f"{end} from {starts}. That is not proof that none exists."


def _unsure(result: FitResult) -> list[str]:
    lines = []
    names = result.model.parameter_names
    held = set(result.at_bounds)
    if held:
        lines.append(
            f"At the end of the allowed range: {_listed(result.at_bounds)}. "
            'The reviews would push further; read the value as "at least" or "at most".'
        )
    table = result.model.parameter_table
    unbounded = {
        p.name
        for p, (low, high) in zip(table, result.intervals, strict=True)
        if low <= p.low and high >= p.high
    }
    vague = [
        name
        for name, share in zip(names, result.learned, strict=True)
        if (share < LITTLE_LEARNED or name in unbounded) and name not in held
    ]
    if len(vague) == len(names):
        lines.append(
            "These reviews say little about any parameter: all values are mostly what was assumed before "
            "looking."
        )
    elif vague:
        lines.append(
            f"Barely known from these reviews: {_listed(vague)}. "
            "Their values are mostly what was assumed before looking."
        )
    return lines


def _next(result: FitResult) -> str:
    if result.status == "small_sample":
        return "Next: keep the defaults, or use these with care; fit again when there are more reviews."
    if result.log_loss >= result.log_loss_default:
        return (
            "Next: evaluate the model on later reviews before using these; on this log they are no better "
            "than the defaults."
        )
    return (
        "Next: evaluate the model on later reviews (held out), then use it; fit again every few weeks of use."
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
