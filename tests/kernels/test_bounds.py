"""Every kernel once with index checks: without them a wrong index reads whatever lies there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import numpy as np
from repetita import model
from repetita.kernels.elementwise import SHORT, interval, next_states, retrievability
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.rendering import SEGMENT
from repetita.kernels.replay import _kernel, predict, replay
from repetita.reviews import ReviewLog

m = model("fsrs6")
for lengths in ([], [1], [1, 2], [3] * 16, [2] * 17, [2 * SEGMENT + 1, 5, SEGMENT]):
    log = ReviewLog.from_histories([[(0, 3)] + [(i % 5, 1 + i % 4) for i in range(n - 1)] for n in lengths])
    objective = Objective("fsrs6", "default", pack(log), log.scored.astype(float))
    objective.value_and_gradient(m.parameters)
    objective.card_scores(m.parameters)
    objective.fisher(m.parameters)
    predict(m, log)
    replay(m, log)
many = np.full(SHORT, 5.0)
retrievability(m, (many, many), many)
interval(m, (many, many), 0.9)
next_states(m, (many, many), many, 3)

# that checks are on at all
packed, kernel = pack(log), _kernel("fsrs6")[0]
vectors = [np.array(v) for v in (m.parameters, m.prepared, m.options)]
inputs = packed.starts, packed.lengths, packed.rows, packed.ratings, packed.days
short, no_states = np.zeros(3), np.empty((1, 0))
try:
    kernel(0, 1, *inputs, *vectors, short, short, no_states)
except IndexError:
    print("checked")
"""


@pytest.mark.slow
def test_no_index_is_out_of_range(tmp_path):
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "REPETITA_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "checked"), done.stderr
