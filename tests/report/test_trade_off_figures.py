"""Figures of frontiers and of equivalence: what is drawn, and that texts cover nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest

pytest.importorskip("matplotlib")

from repetita.report.figures import dominance_figure, equivalence_figure, pairs_figure, trade_off_figure
from repetita.report.figures.canvas import house_style, new_figure
from repetita.report.figures.labels import MOST_LABELS, place_labels
from repetita.sweeps import aggregate, dominance, pareto


def runs(users=3):
    random, rows = np.random.default_rng(1), []
    for user in range(users):
        for name, cost in (("fsrs6", 1.0), ("fsrs3", 1.05)):
            for retention in np.linspace(0.7, 0.96, 14).round(2).tolist():
                memorized = 1000 * (0.5 + retention / 2) * random.uniform(0.99, 1.01)
                minutes = cost * 2 / (1.02 - retention)
                rows.append(("fsrs6", name, retention, user, memorized, minutes))
        rows += [("fsrs6", name, None, user, 930.0, 14.0) for name in ("anki_sm2", "memrise")]
    names = ("environment", "scheduler", "desired_retention", "user_id", "memorized_average", "time_average")
    return pl.DataFrame(rows, schema=names, orient="row")


def boxes(figure):
    figure.draw_without_rendering()
    (axes,) = figure.axes
    return axes, [text.get_window_extent() for text in axes.texts]


@pytest.mark.parametrize("user", [0, 2])
def test_texts_overlap_neither_each_other_nor_marks(user):
    found = pareto(runs(), replicates=10)
    axes, extents = boxes(trade_off_figure(found, user_id=user))
    assert len(extents) > 20
    assert not any(a.overlaps(b) for a, b in combinations(extents, 2))
    points = found.points.filter(pl.col("user_id") == user).select("memorized", "minutes").to_numpy()
    marks = axes.transData.transform(points)
    assert not any(box.contains(*mark) for box in extents for mark in marks)
    frame = axes.get_window_extent()
    assert all(frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1) for box in extents)


def test_frontiers_are_lines_and_dominated_points_open_marks():
    found = pareto(runs(), replicates=10)
    figure = trade_off_figure(found, user_id=1, labels=False)
    (axes,) = figure.axes
    assert not axes.texts
    named = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
    assert set(named) == {"fsrs6", "fsrs3", "anki_sm2", "memrise"}
    front = found.points.filter((pl.col("user_id") == 1) & (pl.col("line") == "fsrs6") & pl.col("frontier"))
    assert sorted(named["fsrs6"].get_xdata()) == pytest.approx(sorted(front["memorized"].to_list()))
    assert np.all(np.diff(named["fsrs6"].get_ydata()) >= 0)


def lightness(color):
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_single_points_have_marks_and_colors_of_their_own():
    found = pareto(runs(), replicates=10)
    (axes,) = trade_off_figure(found, user_id=1, labels=False).axes
    named = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
    assert [named[name].get_marker() for name in ("anki_sm2", "memrise", "fsrs6")] == ["^", "s", "o"]
    colors = {name: line.get_color() for name, line in named.items()}
    assert len(set(colors.values())) == len(colors)
    # the two are told apart without seeing any hue, and lie above the marks of curves
    assert abs(lightness(colors["anki_sm2"]) - lightness(colors["memrise"])) > 0.05
    assert named["memrise"].get_zorder() > named["fsrs6"].get_zorder()


def test_without_a_user_means_are_drawn():
    found = pareto(runs(), replicates=10)
    (axes,) = trade_off_figure(found, labels=False).axes
    assert "mean of 3 users" in axes.get_title(loc="left")


def test_crowded_points_leave_texts_out():
    with house_style():
        figure = new_figure(3.0)
        axes = figure.subplots()
        places = np.random.default_rng(2).normal(0.5, 0.005, size=(300, 2))
        axes.plot([0.0, 1.0], [0.0, 1.0], "none", linestyle="none")
        written = place_labels(axes, [(x, y, "DR=90%") for x, y in places.tolist()])
    assert written <= MOST_LABELS
    _, extents = boxes(figure)
    assert len(extents) == written
    assert not any(a.overlaps(b) for a, b in combinations(extents, 2))


def test_equivalence_has_six_panels_and_pairs_a_box_a_setting():
    found = aggregate(runs(9), pairs=[("fsrs3", "fsrs6")])
    figure = equivalence_figure(found.equivalences[0])
    assert len(figure.axes) == 6
    figure.draw_without_rendering()
    pairs = pairs_figure(found.pairs)
    shown = [one for one in found.pairs if one.users]
    assert len(pairs.axes[0].get_xticks()) == len(shown)
    pairs.draw_without_rendering()


def test_no_match_is_said_in_the_figure():
    frame = runs(2).filter(pl.col("scheduler").is_in(["fsrs6", "memrise"]))
    frame = frame.with_columns(
        pl.when(pl.col("scheduler") == "memrise")
        .then(5000.0)
        .otherwise("memorized_average")
        .alias("memorized_average")
    )
    figure = equivalence_figure(aggregate(frame).equivalences[0])
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == ["no user has a match"] * 6


def test_bars_of_dominance_add_up_to_all_users():
    found = dominance(runs(40), [("fsrs6@0.9", "memrise"), ("fsrs3@0.7", "fsrs6@0.7")])
    figure = dominance_figure(found)
    (axes,) = figure.axes
    for row, one in enumerate(found):
        bars = [bar for bar in axes.patches if abs(bar.get_y() + bar.get_height() / 2 - row) < 1e-9]
        assert [bar.get_width() for bar in bars] == pytest.approx(
            [100.0 * one.counts[name] / 40 for name in ("a_dominates", "a_b_tradeoff", "neither")]
            + [100.0 * one.counts[name] / 40 for name in ("b_a_tradeoff", "b_dominates")]
        )
        assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(100.0)
    _, extents = boxes(figure)
    assert not any(a.overlaps(b) for a, b in combinations(extents, 2))
