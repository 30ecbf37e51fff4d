"""A real Ray cluster: the process pool's outcomes, also when a worker is killed in the middle."""

from __future__ import annotations

import importlib.util

import executor_jobs as jobs
import pytest

from repetita.errors import MissingExtra
from repetita.executors import Task, executor
from repetita.executors.processes import Processes

there = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(not there, reason="Ray is not installed: pip install repetita[cluster]")
# Ray's own modules warn about their dependencies and leave sockets to the garbage collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def cluster():
    return executor("ray", workers=2)


def by_key(outcomes):
    return {outcome.key: outcome for outcome in outcomes}


@needs_ray
@pytest.mark.slow
def test_a_worker_killed_in_the_middle(cluster, tmp_path):
    payloads = [(number, str(tmp_path), 5) for number in range(12)]
    tasks = [Task(number, payload) for number, payload in enumerate(payloads)]
    theirs = by_key(cluster.run(jobs.dies_once, tasks))
    assert (tmp_path / "died-5").exists()
    assert theirs == by_key(Processes(2).run(jobs.dies_once, tasks))


@needs_ray
@pytest.mark.slow
def test_bad_tasks_and_deadly_ones(cluster):
    failed = by_key(cluster.run(jobs.fragile, [Task(0, 1), Task(1, -1)]))
    assert failed[0].value == 2
    assert failed[1].failure.reason == "ValueError: -1 is below 0"
    found = by_key(cluster.run(jobs.dies_always, [Task(number, number) for number in range(6)]))
    assert found[3].failure.code == "worker_died"
    assert [found[number].value for number in (0, 1, 2, 4, 5)] == [0, 1, 2, 4, 5]


@needs_ray
@pytest.mark.slow
def test_benchmark_rows_are_the_process_pool_s(cluster):
    from repetita.benchmarking import benchmark
    from repetita.reviews import simulate_log

    logs = {user: simulate_log(cards=100, days=200, seed=user) for user in range(1, 5)}
    found = [
        benchmark(logs, ["fsrs6:default", "average"], executor=how, workers=2)
        for how in (cluster, "processes")
    ]
    ours, theirs = ([{**row, "seconds": 0} for row in result.rows] for result in found)
    assert ours == theirs
    assert len(ours) == 8


@pytest.mark.skipif(there, reason="Ray is installed")
def test_without_ray():
    with pytest.raises(MissingExtra, match="Ray is not installed"):
        list(executor("ray").run(abs, [Task(1, 1)]))
