"""Forecasts held against what happened: a simulation that starts in the person's past.

daily       what a log says of each day: reviews, new cards, passes, time
past        a log cut in two, and when its cards were due
habits      how the person learns, from the earlier part
running     `backtest`: fit, start, simulate many times
result      `Backtest`: bands beside the truth, in numbers and in words
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.backtesting.daily import Daily as Daily
    from repetita.backtesting.habits import Habits as Habits
    from repetita.backtesting.past import review_intervals as review_intervals
    from repetita.backtesting.result import Backtest as Backtest
    from repetita.backtesting.result import Forecast as Forecast
    from repetita.backtesting.running import backtest as backtest

_HOMES = {
    "Backtest": "result",
    "Daily": "daily",
    "Forecast": "result",
    "Habits": "habits",
    "backtest": "running",
    "review_intervals": "past",
}
__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
