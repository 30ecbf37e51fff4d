"""Grids of stability and difficulty, on which the probability of a card's state is spread.

A row is a difficulty (and, for rules of intervals, a rung of theirs), its nodes are stabilities. Where the
interval of a policy jumps from one whole day to the next, a row has two nodes, one a side, and nothing is
interpolated across: so the jumps, which no smooth rule of interpolation follows, cost no accuracy. Mass
between nodes goes to four of them in each of four rows, by Lagrange's polynomials of third degree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.expectation import RUN

__all__ = ["Box", "Grid", "Policy", "grid_of", "reachable", "whole_days"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CLUSTERING = 1.5  # exponent: difficulties lie closer together at the upper end, where lapses drive cards
HALVINGS = 30  # of the logarithmic distance of two nodes, until a jump is found
SAMPLES = 128  # of stability, where the bounds of states are sought
MARGIN = 1e-6
NEAREST = 1e-3  # of the distance of two nodes
CENTRED = 0.05  # days from a whole number


class Policy(Protocol):
    """What a grid asks of a policy.

    Attributes:
        layers: Number of rungs; 1 for a policy of the state alone.
        flat: Whether intervals do not depend on difficulty.
        smooth: Whether intervals of a layer are all alike, so that there are no jumps.
    """

    layers: int
    flat: bool
    smooth: bool

    def days(self, layer: int, stability: FloatArray, difficulty: FloatArray) -> FloatArray:
        """Intervals as the policy asks for them, not rounded."""

    def slopes(self, layer: int, stability: FloatArray, difficulty: FloatArray) -> FloatArray:
        """Derivatives of the intervals by the desired retention."""

    def first_layer(self, rating: int) -> int:
        """The rung after an introduction."""

    def next_layer(self, layer: int, rating: int) -> int:
        """The rung after a press."""


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds of what states can be reached: stability in days, and difficulty."""

    stability_low: float
    stability_high: float
    difficulty_low: float
    difficulty_high: float


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """Nodes, row after row.

    Attributes:
        difficulties: Difficulty of the rows of a layer, shape (rows,), ascending.
        starts: First cell of each row of each layer, and the number of cells, shape (layers * rows + 1,).
        stability: Of each cell; ascending within a row, with equal pairs at jumps of the interval.
        difficulty: Of each cell.
        days: Interval of each cell, not rounded.
        whole: Interval of each cell in whole days.
        low: First cell of the segment between two jumps that a cell is in.
        high: Last cell of it.
    """

    difficulties: FloatArray
    starts: IntArray
    stability: FloatArray
    difficulty: FloatArray
    days: FloatArray
    whole: IntArray
    low: IntArray
    high: IntArray

    @property
    def cells(self) -> int:
        """Number of cells, with some at the end that stay empty, so that no run reaches past it."""
        return len(self.stability) + RUN

    @property
    def alike(self) -> bool:
        """Whether all rows have the same stabilities."""
        size = int(self.starts[1])
        rows = len(self.starts) - 1
        return len(self.stability) == size * rows and bool(
            (self.stability.reshape(rows, size) == self.stability[:size]).all()
            and (np.diff(self.low.reshape(rows, size), axis=0) == size).all()
        )

    def placed(
        self, layers: IntArray, stability: FloatArray, difficulty: FloatArray
    ) -> tuple[NDArray[np.uint32], FloatArray]:
        """Runs of cells that states are spread over, and their shares.

        Args:
            layers: Layer of each state, shape (n,).
            stability: Shape (n,), in days.
            difficulty: Shape (n,).

        Returns:
            First cells, shape (n, RUN), one a difficulty; shares, shape (n, RUN, RUN), which add up to 1.
        """
        count = len(self.difficulties)
        inside = np.clip(difficulty, self.difficulties[0], self.difficulties[-1])
        place = np.clip(np.searchsorted(self.difficulties, inside, side="right") - 2, 0, count - RUN)
        rows = place[:, None] + np.arange(RUN)
        across = lagrange(self.difficulties[rows], inside)
        all_rows = count * layers[:, None] + rows
        if self.alike:  # one search serves all rows
            first, along = self._along(0 * layers[:, None], np.log(stability))
            first = first + self.starts[all_rows]
        else:
            first, along = self._along(all_rows, np.log(stability))
        return first.astype(np.uint32), along * across[:, :, None]

    def _along(self, rows: IntArray, position: FloatArray) -> tuple[IntArray, FloatArray]:
        """First cells in rows, shape (n, k), and shares of runs, at logarithms of stability, shape (n,)."""
        logs = np.log(self.stability)
        wanted = np.broadcast_to(position[:, None], rows.shape)
        left = np.empty(rows.shape, dtype=np.int64)
        for row in np.unique(rows).tolist():
            where = rows == row
            nodes = logs[self.starts[row] : self.starts[row + 1]]
            left[where] = self.starts[row] + np.searchsorted(nodes, wanted[where], side="right") - 1
        left = np.clip(left, self.starts[rows], self.starts[rows + 1] - 1)
        low, high = self.low[left], self.high[left]
        first = np.maximum(np.minimum(left - 1, high - RUN + 1), low)
        cells = first[..., None] + np.arange(RUN)
        # beyond a short segment there are no nodes, and their shares are 0
        logs = np.concatenate([logs, np.full(RUN, np.nan)])
        nodes = np.where(cells <= high[..., None], logs[cells], np.nan)
        return first, lagrange(nodes, np.clip(wanted, logs[low], logs[high]))


def lagrange(nodes: FloatArray, x: FloatArray) -> FloatArray:
    """Weights of the values at nodes in the polynomial through them, at ``x``; NaN stands for no node.

    Args:
        nodes: Shape (..., k).
        x: Shape (...).

    Example:
        >>> lagrange(np.array([0.0, 1.0, 2.0, 3.0]), np.array(1.5)).tolist()
        [-0.0625, 0.5625, 0.5625, -0.0625]
    """
    weights = np.where(np.isnan(nodes), 0.0, 1.0)
    for i in range(nodes.shape[-1]):
        for k in range(nodes.shape[-1]):
            if i != k:
                factor = (x - nodes[..., k]) / (nodes[..., i] - nodes[..., k])
                weights[..., i] *= np.where(np.isnan(factor), 1.0, factor)
    return weights


def whole_days(days: FloatArray, maximum: float) -> IntArray:
    """Intervals in whole days; the rule is `rules.settle` without fuzz, for arrays."""
    return np.clip(np.floor(days + 0.5), 1.0, min(maximum, 2.0**31)).astype(np.int64)


Successor = Callable[[FloatArray, FloatArray, FloatArray, int], tuple[FloatArray, FloatArray]]


def reachable(
    policy: Policy, successor: Successor, first: Sequence[tuple[float, float]], days: int, maximum: float
) -> Box:
    """Bounds of the states that a card can reach while another press is due in the run.

    Args:
        policy: The policy.
        successor: State after a press: of stability, difficulty, days, rating.
        first: States after introductions.
        days: Length of the run.
        maximum: Longest interval.
    """
    stabilities, difficulties = zip(*first, strict=True)
    box = Box(min(stabilities), max(stabilities), min(difficulties), max(difficulties))
    for _ in range(100):
        s, d = (
            side.ravel()
            for side in np.meshgrid(
                np.geomspace(box.stability_low, box.stability_high, SAMPLES),
                np.linspace(box.difficulty_low, box.difficulty_high, SAMPLES // 8),
            )
        )
        found = [box]
        for layer in range(policy.layers):
            delay = whole_days(policy.days(layer, s, d), maximum)
            live = delay < days
            if live.any():
                after = [successor(s[live], d[live], delay[live].astype(np.float64), r) for r in (1, 2, 3, 4)]
                s_all, d_all = (np.concatenate(parts) for parts in zip(*after, strict=True))
                found.append(Box(s_all.min(), s_all.max(), d_all.min(), d_all.max()))
        wider = Box(
            min(b.stability_low for b in found),
            max(b.stability_high for b in found),
            min(b.difficulty_low for b in found),
            max(b.difficulty_high for b in found),
        )
        settled = (
            wider.stability_high < box.stability_high * 1.001
            and wider.stability_low > box.stability_low * 0.999
            and wider.difficulty_high - wider.difficulty_low
            < (box.difficulty_high - box.difficulty_low) * 1.001 + MARGIN
        )
        box = wider
        if settled:
            break
    return box


def grid_of(
    policy: Policy, box: Box, stabilities: int, difficulties: int, maximum: float, *, jumps: bool
) -> Grid:
    """A grid over the states of a box.

    Args:
        policy: The policy.
        box: Bounds.
        stabilities: Nodes of a row, those at jumps of the interval not counted; at least 4.
        difficulties: Rows of a layer, at least 4.
        maximum: Longest interval.
        jumps: Whether rows are cut where the interval in whole days jumps.
    """
    low, high = box.difficulty_low, max(box.difficulty_high, box.difficulty_low + MARGIN)
    rows = high - (high - low) * np.linspace(1.0, 0.0, difficulties) ** CLUSTERING
    even = np.geomspace(box.stability_low * (1.0 - MARGIN), box.stability_high * (1.0 + MARGIN), stabilities)
    parts: list[tuple[FloatArray, FloatArray, IntArray, IntArray]] = []
    for layer in range(policy.layers):
        for place, difficulty in enumerate(rows.tolist()):
            if policy.flat and place:
                parts.append(parts[-1])
            else:
                parts.append(_row(policy, layer, even, difficulty, maximum, jumps))
    lengths = [len(part[0]) for part in parts]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    stability, days, whole, segment = (np.concatenate(column) for column in zip(*parts, strict=True))
    row = np.repeat(np.arange(len(parts)), lengths)
    names = segment + (segment.max() + 1) * row
    edges = np.concatenate([[0], np.nonzero(np.diff(names))[0] + 1, [len(names)]])
    low_cell, high_cell = np.repeat(edges[:-1], np.diff(edges)), np.repeat(edges[1:] - 1, np.diff(edges))
    return Grid(rows, starts, stability, rows[row % difficulties], days, whole, low_cell, high_cell)


def _row(
    policy: Policy, layer: int, even: FloatArray, difficulty: float, maximum: float, jumps: bool
) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """Stabilities, intervals, whole intervals, and numbers of segments of a row."""

    def asked(stability: FloatArray) -> FloatArray:
        return policy.days(layer, stability, np.full(len(stability), difficulty))

    days = asked(even)
    whole = whole_days(days, maximum)
    steps = np.abs(np.diff(whole))
    if jumps and steps.max(initial=0) > 1:
        even = _centred(asked, even, days, whole, steps)
        days = asked(even)
    at = np.nonzero(steps == 1)[0] if jumps else np.empty(0, dtype=np.int64)
    if not len(at):
        return even, days, whole, np.zeros(len(even), dtype=np.int64)
    log_even = np.log(even)
    left, right = log_even[at], log_even[at + 1]
    before = whole[at]
    for _ in range(HALVINGS):
        middle = 0.5 * (left + right)
        same = whole_days(asked(np.exp(middle)), maximum) == before
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    # a node so close to another one would make the polynomial through both inexact
    near = NEAREST * (log_even[1] - log_even[0])
    edge = np.exp(np.clip(left, log_even[at] + near, log_even[at + 1] - near))
    edge_days = asked(edge)
    places = np.repeat(at + 1, 2)
    return (
        np.insert(even, places, np.repeat(edge, 2)),
        np.insert(days, places, np.repeat(edge_days, 2)),
        np.insert(whole, places, np.stack([before, whole[at + 1]], axis=1).ravel()),
        np.insert(
            np.searchsorted(at, np.arange(len(even)) - 1, side="right"),
            places,
            np.stack([np.arange(len(at)), np.arange(len(at)) + 1], axis=1).ravel(),
        ),
    )


def _centred(
    asked: Callable[[FloatArray], FloatArray],
    even: FloatArray,
    days: FloatArray,
    whole: IntArray,
    steps: IntArray,
) -> FloatArray:
    """Nodes moved to where the interval is a whole number, if jumps lie closer together than they do.

    A node stands for the states around it, whose intervals are rounded up as often as down.
    """
    far = np.concatenate([[False], (steps[:-1] > 1) & (steps[1:] > 1), [False]])
    moved = np.where(far, even * whole / days, even)
    moved = np.where(far, moved * whole / asked(moved), moved)
    good = (
        far
        & (np.abs(asked(moved) - whole) < CENTRED)
        & (np.abs(np.log(moved / even)) < 0.5 * np.log(even[1] / even[0]))
    )
    return np.where(good, moved, even)
