"""The report: everything known about one log and one model, on one page that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from repetita import __version__
from repetita.equations import declared
from repetita.errors import NoReviews
from repetita.plurals import counted
from repetita.report.calibration import calibration_points
from repetita.report.forgetting import forgetting_curves
from repetita.report.funnel import funnel_bars
from repetita.report.html import code, document, lines, number_tiles, paragraph, picture, section, title_line
from repetita.report.numbers import (
    calibration_table,
    forgetting_table,
    funnel_table,
    parameter_table,
    states_table,
)
from repetita.report.overview import Overview, log_overview
from repetita.report.parameters import ParameterPanel, parameter_panel, parameter_rows, parameter_text
from repetita.report.recovery import recovered
from repetita.report.states import state_histograms

if TYPE_CHECKING:
    from repetita.evaluation import Evaluation
    from repetita.evaluation.predictors import Progress
    from repetita.fitting import FitResult
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog


@dataclass(frozen=True, eq=False)
class Report:
    """A log, a model, and what is known of both. Made by `make_report`.

    Attributes:
        log: The reviews.
        model: The model that the figures show.
        fit: How its parameters were found, or None where they were given.
        evaluation: How well it predicts, or None where that cannot be judged.
        unjudged: Why it cannot, in words; empty otherwise.
        truth: What the log was simulated from, where that is known.
    """

    log: ReviewLog
    model: MemoryModel
    fit: FitResult | None = None
    evaluation: Evaluation | None = None
    unjudged: str = ""
    truth: Sequence[float] | None = None

    @property
    def title(self) -> str:
        """What the page is called."""
        return f"Reviews of {PurePath(self.log.source).name}"

    def verdict(self) -> str:
        """One sentence: do these parameters predict better than the published defaults?"""
        judged = self.evaluation
        title = self.model.equations.TITLE
        if judged is None:
            return f"How well {title} predicts cannot be judged yet: {self.unjudged}."
        gain, around = judged.gains["defaults"]
        where = f"on {counted(judged.reviews, 'held-out review' if judged.held_out else 'review')}"
        whose = f"{title} fitted to earlier reviews" if judged.held_out else f"{title} with these parameters"
        if around is None or 0.0 in around:
            return (
                f"{whose} predicts about as well as with the published defaults {where}: no clear difference."
            )
        verb = "better" if gain < 0.0 else "worse"
        low, high = sorted(abs(end) for end in around)
        return (
            f"{whose} predicts {verb} than with the published defaults {where}: log loss "
            f"{'lower' if gain < 0.0 else 'higher'} by {abs(gain):.4f} [{low:.4f}, {high:.4f}] a review."
        )

    def fit_summary(self) -> str:
        """The fit in words; it advises to judge the fit only where that has not been done."""
        from repetita.fitting.wording import summary

        return "" if self.fit is None else summary(self.fit, judged=self.evaluation is not None)

    def html(self) -> str:
        """The page: one HTML document with everything inside, readable without a network.

        Raises:
            MissingExtra: matplotlib is not installed.
        """
        return document(self.title, _body(self))


def make_report(
    log: ReviewLog,
    model: str | MemoryModel = "fsrs6",
    *,
    folds: int = 5,
    seed: int = 0,
    fit_options: Mapping[str, Any] | None = None,
    truth: Sequence[float] | None = None,
    progress: Progress | None = None,
) -> Report:
    """A report on a log.

    Args:
        log: A review log.
        model: A model name is fitted, and judged on held-out reviews; a `MemoryModel` is shown and judged
            as it is.
        folds: Forward folds of the judgment.
        seed: Of every random draw.
        fit_options: Further arguments of `repetita.fit`.
        truth: What the log was simulated from, where that is known; it is marked among the parameters.
        progress: Called with the number of folds done and of all folds.

    Raises:
        MissingExtra: matplotlib is not installed; said before any work is done.
        UnknownName: An option that a fit does not have.
    """
    from repetita.evaluation import evaluate
    from repetita.fitting import fit
    from repetita.fitting.options import checked_options
    from repetita.report.figures import require_matplotlib

    require_matplotlib()
    options = checked_options(fit_options)
    if isinstance(model, str):
        result = fit(log, model, seed=seed, **options)
        shown = result.model
    else:
        result, shown = None, model
    try:
        evaluation = evaluate(log, model, folds=folds, seed=seed, fit_options=options, progress=progress)
    except NoReviews as error:
        return Report(log, shown, result, None, error.message, truth)
    return Report(log, shown, result, evaluation, "", truth)


def _body(report: Report) -> str:
    seen = log_overview(report.log)
    parts = [title_line(report.title), _answer(report), _tiles(report, seen), _fit(report)]
    parts += [_funnel(report), _forgetting(report), _calibration(report)]
    if declared(report.model.equations).kind != "network":  # whose numbers mean nothing one by one
        parts += [_parameters(report), _states(report)]
    return "".join([*parts, _footer(seen)])


def _answer(report: Report) -> str:
    details = lines(report.evaluation.summary()) if report.evaluation else ""
    return paragraph(report.verdict(), role="answer") + details


def _tiles(report: Report, seen: Overview) -> str:
    tiles = [
        ("reviews", f"{seen.reviews:,}"),
        ("cards", f"{seen.cards:,}"),
        ("scored reviews", f"{seen.scored:,}"),
        ("observed recall", "none yet" if seen.recalled is None else f"{100 * seen.recalled:.1f} %"),
    ]
    if seen.begins and seen.ends:
        tiles.append(("from", seen.begins[:10]))
        tiles.append(("to", seen.ends[:10]))
    if report.evaluation is not None:
        tiles.append(("log loss", f"{report.evaluation.log_loss:.4f}"))
        tiles.append(("RMSE (bins)", f"{report.evaluation.rmse_bins:.4f}"))
    return number_tiles(tiles)


def _fit(report: Report) -> str:
    title = report.model.equations.TITLE
    if report.fit is None:
        said = paragraph(f"The parameters of {title} were given, not fitted to this log.")
    else:
        said = lines(report.fit_summary())
    preset = declared(report.model.equations).anki_preset
    use = "To paste into the FSRS parameters of a preset:" if preset else "The parameters, to copy:"
    paste = paragraph(use, role="muted")
    return section("The fit", said, paste, code(parameter_text(report.model.parameters)))


def _funnel(report: Report) -> str:
    from repetita.report.figures.funnel import draw_funnel

    bars = funnel_bars(report.log)
    return section(
        "From rows to reviews",
        _drawn(draw_funnel(bars), "funnel", bars.sentence()),
        funnel_table(bars),
        *(paragraph(f"Assumed while reading: {guess}", role="muted") for guess in _guesses(report)),
    )


def _guesses(report: Report) -> list[str]:
    # how to assume something else concerns the reader of the log, not the reader of the page
    return [re.sub(r" \([^)]*=[^)]*\)|; .*", "", guess) for guess in report.log.funnel.guesses]


def _forgetting(report: Report) -> str:
    from repetita.report.figures.forgetting import draw_forgetting

    curves = forgetting_curves(report.log, report.model)
    drawn = _drawn(draw_forgetting(curves), "forgetting", curves.sentence())
    return section("Forgetting after the first day", drawn, forgetting_table(curves))


def _calibration(report: Report) -> str:
    heading = "Predicted and observed recall"
    if report.evaluation is None:
        return section(heading, paragraph(f"Nothing to judge yet: {report.unjudged}.", role="means"))
    from repetita.report.figures.calibration import draw_calibration

    points = calibration_points(report.evaluation)
    drawn = _drawn(draw_calibration(points), "calibration", points.sentence())
    return section(heading, drawn, calibration_table(points))


def _parameters(report: Report) -> str:
    from repetita.report.figures.parameters import draw_parameters

    panel = _panel(report)
    sentence = panel.sentence()
    if report.fit and report.truth:
        sentence = f"{recovered(report.fit, report.truth).sentence()} {sentence}"
    drawn = _drawn(draw_parameters(panel), "parameters", sentence)
    return section("Parameters among other learners", drawn, parameter_table(panel))


def _panel(report: Report) -> ParameterPanel:
    if report.fit is not None:
        return parameter_panel(report.fit, report.truth)
    unknown = [(float("nan"), float("nan"))] * len(report.model.parameters)
    return parameter_rows(report.model.name, report.model.parameters, unknown)


def _states(report: Report) -> str:
    from repetita.report.figures.states import draw_states

    states = state_histograms(report.log, report.model)
    if not states.histograms:
        title = report.model.equations.TITLE
        said = f"{title} keeps no state but the history of each card, so there is none to show."
        return section("The cards after their last review", paragraph(said, role="means"))
    drawn = _drawn(draw_states(states), "states", states.sentence())
    return section("The cards after their last review", drawn, states_table(states))


def _drawn(figure: Any, name: str, sentence: str) -> str:
    from repetita.report.figures.canvas import to_svg

    return picture(to_svg(figure, name, title=sentence)) + paragraph(sentence, role="means")


def _footer(seen: Overview) -> str:
    said = (
        f"Made by repetita {__version__} from {PurePath(seen.source).name}; {seen.day_rule}. Intervals are "
        "95 %. This page holds everything it shows, loads nothing and sends nothing."
    )
    return f"<footer>\n{paragraph(said)}</footer>\n"
