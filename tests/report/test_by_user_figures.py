"""Figures of users and of days: what is drawn is what was found, and texts cover nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest

pytest.importorskip("matplotlib")

from repetita.errors import UsageError
from repetita.report.figures import best_retentions_figure, daily_curves_figure, short_loops_figure
from repetita.simulation import simulate
from repetita.sweeps import BestRetentions, ShortLoops, daily_curves


def loops(users):
    values = np.random.default_rng(1).gamma(2.0, size=users)
    table = pl.DataFrame({"user_id": np.arange(users) * 977, "loops": values})
    return ShortLoops("fsrs6", "fsrs6", "DR=90%", "avg", table, ())


@pytest.mark.parametrize("users", [1, 60])
def test_loops_have_a_bar_a_user_and_ticks_that_do_not_meet(users):
    figure = short_loops_figure(loops(users), max_user_ticks=12)
    figure.draw_without_rendering()
    above, below = figure.axes
    assert sum(bar.get_height() for bar in above.patches) == users
    assert len(below.patches) == users
    labels = [label.get_window_extent() for label in below.get_xticklabels()]
    assert len(labels) == min(users, 12)
    # turned labels are wider than what they cover
    assert below.get_xticklabels()[0].get_rotation() or not any(
        a.overlaps(b) for a, b in combinations(labels, 2)
    )


def test_the_curves_of_days_are_drawn():
    found = daily_curves([simulate(days=40, deck=60, desired_retention=r, seed=1) for r in (0.8, 0.9)])
    for scale in ("symlog", "linear", "log"):
        figure = daily_curves_figure(found, review_scale=scale)
        assert figure.axes[1].get_yscale() == scale
        assert [line.get_ydata().tolist() for line in figure.axes[2].lines] == [
            curve.memorized.tolist() for curve in found.curves
        ]
        levels = {line.get_ydata()[0] for line in figure.axes[3].lines if len(line.get_ydata()) == 2}
        assert levels == {0.8, 0.9}
        assert figure.axes[3].get_xlabel() == "day"
    figure.draw_without_rendering()
    with pytest.raises(UsageError, match="did you mean 'log'"):
        daily_curves_figure(found, review_scale="loge")


def test_a_run_without_reviews_is_drawn():
    for scale in ("symlog", "log"):
        figure = daily_curves_figure(daily_curves(simulate(days=1, deck=5)), review_scale=scale)
        figure.draw_without_rendering()
        assert [text.get_text() for text in figure.axes[1].texts] == ["no reviews"]


def test_best_retentions_have_a_bar_each_and_say_who_is_at_an_end():
    users = pl.DataFrame(
        {"user_id": [1, 2, 3], "desired_retention": [0.8, 0.8, 0.9]},
    ).with_columns(memorized_average=1.0, memorized_per_minute=1.0)
    found = BestRetentions("fsrs6", "fsrs6", "memorized_average", users, (0.7, 0.8, 0.9))
    (axes,) = best_retentions_figure(found).axes
    assert [bar.get_height() for bar in axes.patches] == [0, 2, 1]
    assert "1 user at an end of the range" in axes.get_title(loc="left")
    (axes,) = best_retentions_figure(
        BestRetentions("fsrs6", "fsrs6", "memorized_average", users[2:], (0.9,))
    ).axes
    assert len(axes.patches) == 1
