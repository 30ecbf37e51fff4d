"""Executors by name, as options spell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from repetita.errors import UsageError, unknown_name
from repetita.executors.processes import Processes
from repetita.executors.ray_cluster import RayCluster
from repetita.executors.serial import Serial
from repetita.executors.tasks import Executor

__all__ = ["EXECUTORS", "executor"]

EXECUTORS = ("serial", "processes", "ray")


def executor(
    name: str, *, workers: int | None = None, variables: Sequence[Mapping[str, str]] = ()
) -> Executor:
    """The executor of a name.

    Args:
        name: "serial", "processes", "ray" (a cluster on this machine) or "ray:ADDRESS" (one that runs).
        workers: How many processes, or processors of a cluster on this machine; None means one a processor.
        variables: Of the environment of workers: a mapping for each worker process in turn; the workers of
            Ray all have the same.

    Raises:
        UnknownName: Another name.
        UsageError: An option that does not fit.

    Example:
        >>> executor("processes", workers=2), executor("ray:auto")
        (Processes(workers=2), RayCluster(address='auto', workers=None))
    """
    kind, colon, address = name.partition(":")
    if kind not in EXECUTORS:
        raise unknown_name("executor", name, [*EXECUTORS, "ray:ADDRESS"])
    if colon and (kind != "ray" or not address):
        raise UsageError(f"executor is {name!r}: only ray takes an address, as in 'ray:auto'")
    if kind == "processes":
        return Processes(workers, tuple(variables))
    if kind == "ray":
        if len(variables) > 1:
            raise UsageError("workers of Ray have no turns: they all have one environment", where="executor")
        return RayCluster(address or None, workers, dict(*variables))
    if variables:
        raise UsageError(
            "an environment of workers is given, and there are no worker processes",
            hint="executor='processes' has them",
            where="executor",
        )
    return Serial()
