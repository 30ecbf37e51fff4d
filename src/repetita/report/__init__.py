"""A log and a model in pictures: figures, the numbers behind them, and one page with everything.

    overview                                        what is in a log, in numbers
    funnel forgetting calibration parameters states the numbers behind each figure, and what they say in words
    figures                                         the same, drawn (needs matplotlib, the extra ``plot``)
    recovery                                        a fit beside the truth of a simulated log
    page                                            `make_report`: one HTML page that works offline
    simulation_page                                 the same of a simulated run
    sweep_report                                    `make_sweep_report`: the same of a sweep

Nothing here needs matplotlib until something is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.report.calibration import calibration_points as calibration_points
    from repetita.report.forgetting import forgetting_curves as forgetting_curves
    from repetita.report.funnel import funnel_bars as funnel_bars
    from repetita.report.overview import Overview as Overview
    from repetita.report.overview import log_overview as log_overview
    from repetita.report.page import Report as Report
    from repetita.report.page import make_report as make_report
    from repetita.report.parameters import parameter_panel as parameter_panel
    from repetita.report.parameters import parameter_text as parameter_text
    from repetita.report.recovery import Recovery as Recovery
    from repetita.report.recovery import recovered as recovered
    from repetita.report.simulation_page import simulation_page as simulation_page
    from repetita.report.states import state_histograms as state_histograms
    from repetita.report.sweep_report import SweepReport as SweepReport
    from repetita.report.sweep_report import make_sweep_report as make_sweep_report

_HOMES = {
    "Overview": "overview",
    "Recovery": "recovery",
    "Report": "page",
    "SweepReport": "sweep_report",
    "calibration_points": "calibration",
    "forgetting_curves": "forgetting",
    "funnel_bars": "funnel",
    "log_overview": "overview",
    "make_report": "page",
    "make_sweep_report": "sweep_report",
    "parameter_panel": "parameters",
    "parameter_text": "parameters",
    "recovered": "recovery",
    "simulation_page": "simulation_page",
    "state_histograms": "states",
}
__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
