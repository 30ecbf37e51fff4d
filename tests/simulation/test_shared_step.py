"""A scheduler that believes what is true takes the step of the world, and nothing else changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import repetita as rp
from repetita.simulation.schedulers import ModelScheduler


class Apart(ModelScheduler):
    """The same scheduler, asked at every press: an engine cannot know what a class of one's own does."""

    asked = 0

    def after(self, *given: Any) -> Any:
        self.asked += 1
        return super().after(*given)


@pytest.mark.parametrize("name", ["fsrs6", "fsrs7", "hlr"])
def test_a_shared_step_gives_the_same_run(name: str) -> None:
    memory = rp.model(name)
    kinds = [kind(memory, policy=(1.0, 0.85)) for kind in (ModelScheduler, Apart)]
    one, other = (
        rp.simulate(days=60, deck=60, environment=name, scheduler=kind, fuzz=True, seed=3) for kind in kinds
    )
    assert kinds[1].asked > 60  # type: ignore[attr-defined]
    assert one.events is not None
    assert other.events is not None
    for column, expected in vars(other.events).items():
        np.testing.assert_array_equal(getattr(one.events, column), expected)
    np.testing.assert_array_equal(one.memorized, other.memorized)


def test_a_belief_with_other_parameters_takes_its_own_step() -> None:
    memory = rp.model("fsrs6")
    other = rp.model("fsrs6", [*memory.parameters[:8], memory.parameters[8] * 1.1, *memory.parameters[9:]])
    runs = [
        rp.simulate(days=60, deck=30, environment="fsrs6", scheduler=kind(other, policy=(1.0, 0.9)), seed=3)
        for kind in (ModelScheduler, Apart)
    ]
    assert runs[0].events is not None
    assert runs[1].events is not None
    np.testing.assert_array_equal(runs[0].events.interval_days, runs[1].events.interval_days)
    same = rp.simulate(days=60, deck=30, environment="fsrs6", scheduler="fsrs6", seed=3)
    assert same.events is not None
    assert same.events.interval_days.tolist() != runs[0].events.interval_days.tolist()
