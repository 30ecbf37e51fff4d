"""The dashboard of a run draws what the run says."""

from __future__ import annotations

import pytest

from repetita.simulation import simulate

pytest.importorskip("matplotlib")


def test_the_dashboard_has_four_panels():
    from repetita.report.figures import simulation_figure

    run = simulate(days=40, deck=60, short_term="steps", seed=1)
    figure = simulation_figure(run)
    counts, minutes, retention, presses = figure.axes
    assert counts.lines[0].get_ydata().tolist() == run.reviews.tolist()
    assert f"{run.minutes_per_day:.1f}" in minutes.get_title(loc="left")
    assert "%" in retention.get_title(loc="left")
    assert sum(len(line.get_xdata()) for line in presses.lines) == len(run.events)
    assert "seed 1" in figure.get_supxlabel()


def test_a_run_without_log_or_reviews_is_drawn_too():
    from repetita.report.figures import simulation_figure

    figure = simulation_figure(simulate(days=3, deck=5, events=False, new_limit=0))
    assert "not kept" in figure.axes[3].texts[0].get_text()
