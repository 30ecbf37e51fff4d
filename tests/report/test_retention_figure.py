"""The figure of an advice on desired retention shows its numbers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from repetita.report.figures import retention_figure
from repetita.retention_advice import advise_retention
from repetita.reviews import ReviewLog


@pytest.fixture(scope="module")
def advice():
    log = ReviewLog.from_histories([[(0, 3), (2, 3), (6, 1 if card % 5 == 0 else 3)] for card in range(40)])
    return advise_retention(
        log,
        minutes_per_day=1,
        new_per_day=4,
        days=90,
        runs=10,
        worlds=("fsrs5",),
        retention_range=(0.84, 0.9),
    )


def test_lines_are_the_curves_and_nothing_overlaps(advice):
    figure = retention_figure(advice)
    above, below = figure.axes
    np.testing.assert_array_equal(above.lines[0].get_ydata(), advice.curve.minutes_per_day)
    np.testing.assert_array_equal(below.lines[0].get_ydata(), advice.curve.known)
    np.testing.assert_array_equal(below.lines[1].get_ydata(), advice.worlds[0].curve.known)
    assert above.get_title("left").startswith(f"{100 * advice.desired_retention:.0f} %")
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "if memory works as FSRS-5 says" in labels
    assert "time there is" in labels
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent()
    assert not legend.overlaps(below.get_window_extent())
    assert not legend.overlaps(below.xaxis.label.get_window_extent())
