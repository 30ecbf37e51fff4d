"""Switches of the reference, each alone."""

from __future__ import annotations

import pytest

import repetita as rp
from repetita.simulation.reference import environment_with
from repetita.simulation.switches import Switches


def test_a_target_of_difficulty_in_bounds_works_alone():
    """FSRS-6 reverts to a first Easy's difficulty, about -4.8; the reference moves it to 1 first."""
    memory = rp.model("fsrs6")
    usual, clamped = (
        environment_with(memory, Switches(difficulty_target_clamped=on)) for on in (False, True)
    )
    target = memory.parameters[4] - 2.718281828459045 ** (3.0 * memory.parameters[5]) + 1.0
    before = usual.first(3)
    ours, theirs = (world.after(before, 3.0, 3)[1] for world in (usual, clamped))
    assert target < 1.0
    assert theirs - ours == pytest.approx(memory.parameters[7] * (1.0 - target), rel=1e-9)
