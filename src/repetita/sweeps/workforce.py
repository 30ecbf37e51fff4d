"""Who runs the batches of a sweep: threads, worker processes, a cluster, graphics processors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from repetita.arguments import whole_number
from repetita.errors import UsageError, unknown_name
from repetita.executors import Executor
from repetita.executors import executor as executor_of
from repetita.executors.ray_cluster import RayCluster
from repetita.kernels.threads import thread_count

__all__ = ["DEVICES", "Workforce", "workforce"]

DEVICES = ("cpu", "cuda", "auto")
VISIBLE_DEVICES = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce:
    """Who runs batches.

    Attributes:
        executor: Where they run.
        workers: How many at once.
        threads: Of each; None: one a core.
        device: "cpu" or "cuda".
        cuda_devices: Graphics processors that workers take in turn; empty: whichever there is.
    """

    executor: Executor
    workers: int
    threads: int | None
    device: str
    cuda_devices: tuple[str, ...] = ()

    def require_device(self) -> None:
        """Nothing, if the graphics processors that are asked for are there; a cluster has its own.

        Raises:
            UsageError: They are not.
        """
        if self.device == "cuda" and not isinstance(self.executor, RayCluster):
            from repetita.kernels.graphics import require_devices

            require_devices(self.cuda_devices)


def workforce(
    executor: str | Executor | None,
    workers: int | None,
    *,
    device: str = "cpu",
    cuda_devices: Sequence[int | str] | None = None,
    worker_environment: Mapping[str, str] | None = None,
) -> Workforce:
    """Who runs batches, how many at once, and threads of each: workers are the parallelism, or threads.

    Args:
        executor: Name of one, or one; None: worker processes where something is asked of them, else threads.
        workers: How many, or threads; default: one a core, or one a graphics processor.
        device: "cpu", "cuda", or "auto" for "cuda" where there is one.
        cuda_devices: Numbers of graphics processors (or what else ``CUDA_VISIBLE_DEVICES`` takes), which
            worker processes take in turn.
        worker_environment: Variables of the environment of workers.

    Raises:
        UnknownName: A name that does not exist.
        UsageError: Parts that do not go together.

    Example:
        >>> found = workforce(None, None, cuda_devices=[0, 1])
        >>> found.executor, found.device, found.cuda_devices
        (Processes(workers=2), 'cuda', ('0', '1'))
    """
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    if workers is not None:
        whole_number(workers, "workers", low=1)
    shared = dict(worker_environment or {})
    devices = _devices(cuda_devices, shared)
    if executor is None:
        executor = "processes" if devices or shared else "serial"
    if not isinstance(executor, str):
        if devices or shared:
            raise UsageError("an executor that is made already has its own workers", where="executor")
        return _of(executor, workers or thread_count(None), 1, device)
    if devices and executor != "processes":
        raise UsageError(
            f"executor is {executor!r}: only worker processes take graphics processors in turn",
            hint="executor='processes'",
            where="cuda_devices",
        )
    if executor == "serial":
        return _of(executor_of("serial", variables=[shared] if shared else ()), 1, workers, device)
    if devices:
        workers = workers or len(devices)
        each = [{**shared, VISIBLE_DEVICES: one} for one in devices]
        made = executor_of(executor, workers=workers, variables=each)
        return _of(made, workers, 1, "cuda", devices)
    made = executor_of(executor, workers=workers, variables=[shared] if shared else ())
    return _of(made, workers or thread_count(None), 1, device)


def _of(
    executor: Executor, workers: int, threads: int | None, device: str, devices: tuple[str, ...] = ()
) -> Workforce:
    if device == "auto":
        from repetita.kernels.graphics import any_device

        device = "cuda" if any_device() else "cpu"
    return Workforce(executor=executor, workers=workers, threads=threads, device=device, cuda_devices=devices)


def _devices(given: Sequence[int | str] | None, shared: Mapping[str, str]) -> tuple[str, ...]:
    devices = tuple(str(one).strip() for one in given or ())
    if given is not None and (not devices or not all(devices) or len(set(devices)) < len(devices)):
        raise UsageError(
            f"cuda_devices is {', '.join(devices) or 'empty'}, expected different numbers such as 0,1",
            where="cuda_devices",
        )
    if devices and VISIBLE_DEVICES in shared:
        raise UsageError(
            f"{VISIBLE_DEVICES} is given beside cuda_devices, which sets it", where="cuda_devices"
        )
    return devices
