"""The same lanes in Numba's simulator of a graphics processor, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import repetita as rp
from repetita.errors import UsageError
from repetita.simulation import Behavior, ShortTerm

PROGRAM = """
import json, sys, warnings
warnings.simplefilter("error")
sys.path.insert(0, sys.argv[1])
from test_graphics import lanes_on
lanes = lanes_on("cuda", max_lanes_per_batch=int(sys.argv[2]))
logs = [lanes.events[number].to_frame().to_dicts() for number in range(len(lanes))]
print(json.dumps([lanes.to_frame().to_dicts(), logs, lanes.series["memorized"].tolist()]))
"""


def lanes_on(device, **given):
    return rp.simulate_many(
        2,
        schedulers=["fsrs6", "anki_sm2"],
        environments=["fsrs6", "fsrs3"],
        days=25,
        deck=15,
        seeds=3,
        behavior=Behavior(review_limit=6, new_limit=3),
        short_term=ShortTerm(),
        fuzz=True,
        daily=True,
        events=True,
        device=device,
        **given,
    )


@pytest.mark.slow
@pytest.mark.parametrize("most", [3, 100])
def test_a_graphics_processor_has_the_same_events(most):
    environment = os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(Path(__file__).parent), str(most)]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    rows, logs, curves = json.loads(found.stdout)
    lanes = lanes_on("cpu")
    for number, log in enumerate(logs):
        assert log == lanes.events[number].to_frame().to_dicts()
    for row, ours in zip(rows, lanes.to_frame().to_dicts(), strict=True):
        assert row == {
            name: pytest.approx(value, rel=1e-9, nan_ok=True) if isinstance(value, float) else value
            for name, value in ours.items()
        }
    for curve, ours in zip(curves, lanes.series["memorized"].tolist(), strict=True):
        assert curve == pytest.approx(ours, rel=1e-12)


def test_without_a_graphics_processor_it_says_so():
    from numba import cuda

    if cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(UsageError, match="no CUDA device"):
        lanes_on("cuda")
