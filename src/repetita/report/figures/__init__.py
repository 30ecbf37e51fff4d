"""Figures, drawn with matplotlib from numbers that can also be had without it. Nothing is shown or saved.

Each function returns a `matplotlib.figure.Figure`. The numbers behind it come from `repetita.report`:
`funnel_bars`, `forgetting_curves`, `calibration_points`, `parameter_panel`, `state_histograms`. matplotlib is
the extra ``plot``; without it every function here raises `repetita.errors.MissingExtra`.
"""

from repetita.report.figures.backtest import backtest_figure
from repetita.report.figures.by_user import best_retentions_figure, short_loops_figure
from repetita.report.figures.calibration import calibration_figure, draw_calibration
from repetita.report.figures.candidates import candidates_figure
from repetita.report.figures.canvas import require_matplotlib
from repetita.report.figures.daily import daily_curves_figure
from repetita.report.figures.dominance import dominance_figure
from repetita.report.figures.equivalence import equivalence_figure, pairs_figure
from repetita.report.figures.forgetting import draw_forgetting, forgetting_figure
from repetita.report.figures.funnel import draw_funnel, funnel_figure
from repetita.report.figures.graphics_memory import graphics_memory_figure
from repetita.report.figures.parameters import draw_parameters, parameters_figure
from repetita.report.figures.retention import retention_figure
from repetita.report.figures.simulation import simulation_figure
from repetita.report.figures.states import draw_states, states_figure
from repetita.report.figures.trade_off import draw_trade_off, trade_off_figure

__all__ = [
    "backtest_figure",
    "best_retentions_figure",
    "calibration_figure",
    "candidates_figure",
    "daily_curves_figure",
    "dominance_figure",
    "draw_calibration",
    "draw_forgetting",
    "draw_funnel",
    "draw_parameters",
    "draw_states",
    "draw_trade_off",
    "equivalence_figure",
    "forgetting_figure",
    "funnel_figure",
    "graphics_memory_figure",
    "pairs_figure",
    "parameters_figure",
    "require_matplotlib",
    "retention_figure",
    "short_loops_figure",
    "simulation_figure",
    "states_figure",
    "trade_off_figure",
]
