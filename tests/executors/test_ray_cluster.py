"""A real Ray cluster: the process pool's outcomes, also when a worker is killed in the middle."""

from __future__ import annotations

import importlib.util
import sys

import executor_jobs as jobs
import pytest

from repetita.errors import MissingExtra
from repetita.executors import Task, executor
from repetita.executors.processes import Processes
from repetita.registration import register_model

there = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(not there, reason="Ray is not installed: pip install repetita[cluster]")
# Ray's own modules warn about their dependencies and leave sockets to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

LEAST = """
from math import exp
from repetita.equations import Parameter

STATE = ("stability",)
PARAMETERS = (Parameter("start", 30.0, 0.1, 90.0, 9.0, "days", "stability", "log", sd=1.0),)

def prepare(w, o):
    return ()

def first(w, c, o, rating):
    return (w[0],)

def recall(w, c, o, state, days):
    return exp(-0.1 * days / state[0])

def after(w, c, o, state, days, rating):
    return state
"""


VARIABLES = {"REPETITA_TOLD": "so"}


@pytest.fixture
def cluster():
    return executor("ray", workers=2, variables=[VARIABLES])


def by_key(outcomes):
    return {outcome.key: outcome for outcome in outcomes}


@needs_ray
@pytest.mark.slow
def test_a_worker_killed_in_the_middle(cluster, tmp_path):
    payloads = [(number, str(tmp_path), 5) for number in range(12)]
    tasks = [Task(number, payload) for number, payload in enumerate(payloads)]
    theirs = by_key(cluster.run(jobs.dies_once_and_tells, tasks))
    assert (tmp_path / "died-5").exists()
    assert theirs[3].value == (9, "so")
    assert theirs == by_key(Processes(2, (VARIABLES,)).run(jobs.dies_once_and_tells, tasks))


@needs_ray
@pytest.mark.slow
def test_bad_tasks_and_deadly_ones(cluster):
    found = by_key(cluster.run(jobs.troublesome, [Task(number, number) for number in range(-1, 6)]))
    assert found[-1].failure.reason == "ValueError: -1 is below 0"
    assert found[3].failure.code == "worker_died"
    assert [found[number].value for number in (0, 1, 2, 4, 5)] == [1, 2, 3, 5, 6]


class Deadly:
    """Runs tasks on a cluster, and kills the worker that takes up the first of them."""

    def __init__(self, cluster, marker):
        self.cluster, self.marker = cluster, marker

    def run(self, job, tasks):
        yield from self.cluster.run(jobs.KilledOnce(job, str(self.marker)), tasks)


@needs_ray
@pytest.mark.slow
def test_benchmark_rows_are_the_process_pool_s_though_a_worker_is_killed(cluster, tmp_path):
    from repetita.benchmarking import benchmark
    from repetita.reviews import simulate_log

    (tmp_path / "equations.py").write_text(LEAST)
    register_model("on_a_cluster", tmp_path / "equations.py")
    logs = {user: simulate_log(cards=100, days=200, seed=user) for user in range(1, 5)}
    found = [
        benchmark(logs, ["fsrs6:default", "on_a_cluster:default", "average"], executor=how, workers=2)
        for how in (Deadly(cluster, tmp_path / "killed"), "processes")
    ]
    assert (tmp_path / "killed").exists()
    ours, theirs = ([{**row, "seconds": 0} for row in result.rows] for result in found)
    assert ours == theirs
    assert len(ours) == 12


def test_without_ray(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match="Ray is not installed"):
        list(executor("ray").run(abs, [Task(1, 1)]))
