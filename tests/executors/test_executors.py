"""Executors: the same outcomes from all, and a run that survives bad tasks and dead workers."""

from __future__ import annotations

import os
import subprocess
import sys

import executor_jobs as jobs
import pytest

from repetita.errors import UnknownName, UsageError
from repetita.executors import Task, executor, longest_first
from repetita.executors.processes import Processes


def tasks(payloads):
    return [Task(number, payload) for number, payload in enumerate(payloads)]


def by_key(outcomes):
    return {outcome.key: outcome for outcome in outcomes}


@pytest.fixture(params=["serial", "processes"])
def any_executor(request):
    return executor(request.param, workers=None if request.param == "serial" else 2)


def test_every_task_has_one_outcome(any_executor):
    outcomes = list(any_executor.run(jobs.square, tasks(range(7))))
    assert sorted((outcome.key, outcome.value) for outcome in outcomes) == [(n, n * n) for n in range(7)]


def test_no_tasks(any_executor):
    assert list(any_executor.run(jobs.square, [])) == []


def test_a_bad_task_stops_nobody(any_executor):
    found = by_key(any_executor.run(jobs.fragile, tasks([1, -5, 3])))
    assert [found[key].value for key in (0, 2)] == [2, 4]
    assert found[1].failure.code == "internal_error"
    assert found[1].failure.reason == "ValueError: -5 is below 0"


def test_long_tasks_go_first():
    order = [task.key for task in longest_first([Task("a", 0, 1.0), Task("b", 0, 3.0), Task("c", 0, 2.0)])]
    assert order == ["b", "c", "a"]
    keys = [outcome.key for outcome in executor("serial").run(abs, [Task("a", 1, 1.0), Task("b", 2, 2.0)])]
    assert keys == ["b", "a"]


def test_work_is_done_elsewhere():
    found = [outcome.value for outcome in Processes(2).run(jobs.process_of, tasks(range(4)))]
    assert os.getpid() not in found


def test_a_killed_worker_costs_nothing_but_time(tmp_path):
    payloads = [(number, str(tmp_path), 2) for number in range(5)]
    found = by_key(Processes(2).run(jobs.dies_once, tasks(payloads)))
    assert [found[number].value for number in range(5)] == [0, 1, 4, 9, 16]
    assert (tmp_path / "died-2").exists()


def test_workers_have_an_environment_in_turn():
    name = "REPETITA_TOLD"
    asked = executor("processes", workers=3, variables=[{name: "a"}, {name: "b"}])
    outcomes = list(asked.run(jobs.variable_of, tasks([name] * 24)))
    told = {outcome.worker: outcome.value[0] for outcome in outcomes}
    assert {worker: "ab"[worker % 2] for worker in told} == told
    assert len({outcome.value for outcome in outcomes}) == len(told)  # a process a worker
    assert all(outcome.seconds >= 0.02 for outcome in outcomes)
    assert name not in os.environ


def test_who_takes_the_place_of_a_dead_worker_has_its_environment(tmp_path):
    asked = Processes(1, ({"REPETITA_TOLD": "mine"},))
    found = by_key(asked.run(jobs.dies_once_and_tells, tasks([(n, str(tmp_path), 1) for n in range(3)])))
    assert [found[number].value for number in range(3)] == [(n * n, "mine") for n in range(3)]
    assert (tmp_path / "died-1").exists()


def test_threads_have_no_environment_of_their_own():
    with pytest.raises(UsageError, match="no worker processes") as error:
        executor("serial", variables=[{"A": "1"}])
    assert "processes" in error.value.hint
    with pytest.raises(UsageError, match="no turns"):
        executor("ray", variables=[{"A": "1"}, {"A": "2"}])


def test_a_task_that_kills_its_workers_is_given_up():
    found = by_key(Processes(2).run(jobs.dies_always, tasks(range(6))))
    assert found[3].failure.code == "worker_died"
    assert "exit code -9" in found[3].failure.reason
    assert [found[number].value for number in (0, 1, 2, 4, 5)] == [0, 1, 2, 4, 5]


def test_a_script_without_a_guard_is_told(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from repetita.executors import Task, executor\n"
        "list(executor('processes', workers=1).run(abs, [Task(1, -1)]))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert 'under `if __name__ == "__main__":`' in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize(("name", "error"), [("proceses", UnknownName), ("serial:2", UsageError)])
def test_names(name, error):
    with pytest.raises(error, match="processes" if error is UnknownName else "only ray"):
        executor(name)


def test_workers_are_counted():
    with pytest.raises(UsageError, match="workers is 0"):
        executor("processes", workers=0)
