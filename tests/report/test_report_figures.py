"""Figures are drawn from the numbers, and nothing in them overlaps or leaves the paper."""

from __future__ import annotations

import re
import sys
from itertools import combinations

import pytest

from repetita.errors import MissingExtra
from repetita.memory_model import model
from repetita.report import figures
from repetita.report.figures.canvas import RATING_COLORS, VARIABLES, to_svg
from repetita.reviews import ReviewLog

pytest.importorskip("matplotlib")
NAMES = ("funnel", "forgetting", "calibration", "parameters", "states")


@pytest.fixture(scope="module")
def drawn(log, fitted, evaluation):
    return {
        "funnel": figures.funnel_figure(log),
        "forgetting": figures.forgetting_figure(log, fitted.model),
        "calibration": figures.calibration_figure(evaluation),
        "parameters": figures.parameters_figure(fitted),
        "states": figures.states_figure(log, fitted.model),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_comes_back_and_nothing_was_shown(drawn, name):
    from matplotlib.figure import Figure

    assert isinstance(drawn[name], Figure)
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_on_the_paper_and_apart(drawn, name):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    figure = drawn[name]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    width, height = canvas.get_width_height()
    hidden = hidden_tick_labels(figure)
    boxes = []
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden:
            boxes.append((text.get_text(), text.get_window_extent(renderer)))
    assert len(boxes) > 5
    for said, box in boxes:
        assert box.x0 >= -1, said
        assert box.x1 <= width + 1, said
        assert box.y0 >= -1, said
        assert box.y1 <= height + 1, said
    for (a, one), (b, other) in combinations(boxes, 2):
        overlap = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(overlap) <= 2, (a, b)


def hidden_tick_labels(figure) -> set[int]:
    """Labels of ticks that are kept for later use or lie outside the scale; they are not drawn."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.majorTicks, *axis.minorTicks):
                if not (axes.axison and axes.get_visible() and low <= tick.get_loc() <= high):
                    hidden |= {id(tick.label1), id(tick.label2)}
            if not (axes.axison and axes.get_visible()):
                hidden.add(id(axis.label))
    return hidden


@pytest.mark.parametrize("name", NAMES)
def test_svg_stands_alone_and_colors_are_variables(drawn, name):
    svg = to_svg(drawn[name], name, title='a "picture" <b>')
    assert svg.startswith("<svg viewBox=")
    assert svg.rstrip().endswith("</svg>")
    assert "<title>a &quot;picture&quot; &lt;b&gt;</title>" in svg
    assert "http" not in svg
    assert "<metadata" not in svg
    for identifier in re.findall(r'\bid="([^"]*)"', svg):
        assert identifier.startswith(f"{name}-")
    bare = re.sub(r"var\([^)]*\)", "", svg).lower()
    for color in VARIABLES:
        assert color not in bare
    assert not re.search(r"(fill|stroke): #000000", bare)


def test_the_same_picture_is_the_same_text(drawn):
    first, second = (to_svg(drawn["states"], "states", title="t") for _ in range(2))
    assert first == second


def test_a_rating_has_its_color_wherever_it_is_drawn():
    m = model("fsrs6")
    for rating, color in RATING_COLORS.items():
        only = ReviewLog.from_histories([[(0, rating), (3, 3)]] * 9)
        svg = to_svg(figures.forgetting_figure(only, m), "one", title="t")
        assert color in svg.lower()
        assert not any(other in svg.lower() for other in RATING_COLORS.values() if other != color)


@pytest.mark.parametrize("histories", [[], [[(0, 3)]], [[(0, 1), (1, 3)]], [[(0, 4), (400, 1)]] * 2])
def test_small_logs_are_drawn_too(histories):
    log = ReviewLog.from_histories(histories)
    m = model("fsrs6")
    funnel, forgetting, states = (
        to_svg(figure, "one", title="t")
        for figure in (
            figures.funnel_figure(log),
            figures.forgetting_figure(log, m),
            figures.states_figure(log, m),
        )
    )
    assert ">rows read<" in funnel
    assert ("no card was reviewed again on a later day" in forgetting) == (not log.scored.any())
    assert "stability: median" in states


def test_without_matplotlib_the_extra_is_named(log, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r'pip install "repetita\[plot\]"'):
        figures.funnel_figure(log)
