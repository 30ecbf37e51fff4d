"""Texts beside points that cover neither each other nor the points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, Any

from repetita.report.figures.canvas import MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["place_labels"]

MOST_LABELS = 40
FONT_POINTS = 7.0
DISTANCES = (7.0, 12.0, 19.0, 28.0, 40.0, 55.0)  # pixels from the point to the nearest edge of the text
DIRECTIONS = 16
LEADER_FROM = 15.0  # pixels from which on a line leads to the point
MARK = 4.0  # half the size of a mark in pixels
GAP = 1.5

Box = tuple[float, float, float, float]


def place_labels(axes: Axes, points: Sequence[tuple[float, float, str]]) -> int:
    """Writes texts beside points where there is room; how many were written.

    Each text takes the nearest place around its point that is inside the axes and free of marks and of texts
    written before. One that finds none is left out; of more than `MOST_LABELS` an even choice is written.

    Args:
        axes: With everything else drawn and its limits final.
        points: Place on both axes, and the text.
    """
    figure: Any = axes.get_figure(root=True)
    figure.draw_without_rendering()  # the layout moves axes, and places are in pixels
    to_pixels, inside = axes.transData.transform, axes.get_window_extent()
    frame = (inside.x0, inside.y0, inside.x1, inside.y1)
    centers = [tuple(map(float, to_pixels((x, y)))) for x, y, _ in points]
    taken: list[Box] = [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in centers]
    legend = axes.get_legend()
    if legend is not None:
        box = legend.get_window_extent()
        taken.append((box.x0, box.y0, box.x1, box.y1))
    curves = _along_lines(axes)
    written = 0
    every = max(1, -(-len(points) // MOST_LABELS))
    for (x, y), (_, _, text) in list(zip(centers, points, strict=True))[::every]:
        drawn: Any = axes.text(0.0, 0.0, text, fontsize=FONT_POINTS, ha="center", va="center")
        extent = drawn.get_window_extent()
        size = (extent.width, extent.height)
        # off the curves where there is room, else on them
        place = _free_place(x, y, *size, [*taken, *curves], frame) or _free_place(x, y, *size, taken, frame)
        if place is None:
            drawn.remove()
            continue
        center_x, center_y, distance = place
        drawn.set_position(axes.transData.inverted().transform((center_x, center_y)))
        taken.append(_box(center_x, center_y, extent.width, extent.height))
        written += 1
        if distance >= LEADER_FROM:
            ends = axes.transData.inverted().transform([(x, y), (center_x, center_y)])
            (line,) = axes.plot(ends[:, 0], ends[:, 1], color=MUTED, linewidth=0.5, zorder=1.5)
            line.set_label("_leader")
            drawn.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85})
    return written


def _along_lines(axes: Axes) -> list[Box]:
    """Small boxes along everything that is drawn as a line, bars of intervals included."""
    from matplotlib.collections import LineCollection

    paths = [line.get_xydata() for line in axes.lines if line.get_linestyle() != "None"]
    for collection in axes.collections:
        paths += collection.get_segments() if isinstance(collection, LineCollection) else []
    boxes: list[Box] = []
    for path in paths:
        ends = axes.transData.transform(path)
        for (x1, y1), (x2, y2) in pairwise(ends.tolist()):
            wide, high = abs(x2 - x1), abs(y2 - y1)
            # one box covers an upright or level line; others need many small ones
            steps = 1 if min(wide, high) < 1.0 else max(1, int(hypot(wide, high) / MARK))
            reach_x, reach_y = (wide / 2.0, high / 2.0) if steps == 1 else (0.0, 0.0)
            for step in range(steps if steps == 1 else steps + 1):
                share = 0.5 if steps == 1 else step / steps
                x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
                boxes.append((x - reach_x - 1.0, y - reach_y - 1.0, x + reach_x + 1.0, y + reach_y + 1.0))
    return boxes


def _free_place(
    x: float, y: float, width: float, height: float, taken: Sequence[Box], frame: Box
) -> tuple[float, float, float] | None:
    for distance in DISTANCES:
        for step in range(DIRECTIONS):
            # above right first, then alternately to both sides of it
            turn = (step + 1) // 2 * (1 if step % 2 else -1)
            angle = pi / 4.0 + 2.0 * pi * turn / DIRECTIONS
            center_x = x + cos(angle) * (distance + width / 2.0)
            center_y = y + sin(angle) * (distance + height / 2.0)
            box = _box(center_x, center_y, width, height)
            if _within(box, frame) and not any(_overlap(box, other) for other in taken):
                return center_x, center_y, distance
    return None


def _box(x: float, y: float, width: float, height: float) -> Box:
    half_width, half_height = width / 2.0 + GAP, height / 2.0 + GAP
    return x - half_width, y - half_height, x + half_width, y + half_height


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _within(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
