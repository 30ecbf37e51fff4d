"""Many independent jobs on one machine or many: what runs where, and what happens when a worker dies.

    tasks        `Task` in, `Outcome` out; the job never brings the run down
    serial       in this process, one after the other
    processes    worker processes on this machine
    ray_cluster  workers of a Ray cluster (extra ``cluster``)

Every executor has one method, ``run(job, tasks)``, which yields one outcome a task, longest task first, in
the order in which they end. The job is a function that can be pickled by its name.

Example:
    >>> from repetita.executors import Task, executor
    >>> [outcome.value for outcome in executor("serial").run(abs, [Task("a", -2), Task("b", -3)])]
    [2, 3]
"""

from repetita.executors.choose import EXECUTORS, executor
from repetita.executors.tasks import Executor, Outcome, Task, longest_first

__all__ = ["EXECUTORS", "Executor", "Outcome", "Task", "executor", "longest_first"]
