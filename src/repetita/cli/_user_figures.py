"""Lists and figures of trade-offs, for all users together or for each, drawn by several workers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repetita.cli._comparing import Files
from repetita.cli._fan_out import WorkersTally, cuda_devices, tells_of_workers, worker_environment
from repetita.cli._figures import figure_bytes
from repetita.cli._target import Target
from repetita.cli._terminal import Manner
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.executors import Outcome
    from repetita.sweeps import Pareto

FORMAT = ".png"


@dataclass(frozen=True, slots=True)
class DrawnUser:
    """The figure of a user as a job: its bytes, by the user's number."""

    found: Pareto
    labels: bool

    def __call__(self, user: int | None) -> bytes:
        """The picture."""
        from repetita.report.figures import trade_off_figure

        return figure_bytes(trade_off_figure(self.found, user_id=user, labels=self.labels), f"user{FORMAT}")


@dataclass(frozen=True, slots=True)
class UserFigures:
    """What a comparison writes.

    Attributes:
        found: The comparison.
        files: Where lists and figures go.
        labels: Whether settings are written beside points.
    """

    found: Pareto
    files: Files
    labels: bool

    def names(self, users: Sequence[int | None] | None) -> list[str]:
        """Files that would be written: of each of some users, or of all together."""
        found = []
        for suffix in [""] if users is None else map(_suffix, users):
            if self.files.results_path is not None:
                found.append(str(self.files.list_path(suffix)))
            if self.files.plot_dir is not None:
                found.append(str(Path(self.files.plot_dir) / f"pareto{suffix}{FORMAT}"))
        return found

    def write(self) -> None:
        """List and figure of all users together."""
        from repetita.report.figures import trade_off_figure

        self.files.save_list(self.found.records())
        self.files.save_figure(lambda: trade_off_figure(self.found, labels=self.labels), "pareto")

    def write_users(
        self, users: Sequence[int | None], work: Mapping[str, Any], manner: Manner
    ) -> tuple[WorkersTally, list[dict[str, Any]]]:
        """List and figure of each user; what each worker did, and users whose figure failed.

        Raises:
            OutputExists: One of them is there already.
            UsageError: One failed, and the first is to end it.
        """
        from repetita.sweeps import BatchDone

        for name in self.names(users):
            Target(name, force=self.files.force).check()
        records = self.found.records()
        for user in users:
            mine = [record for record in records if record["user_id"] == user]
            self.files.save_list(mine, suffix=_suffix(user))
        failures: list[dict[str, Any]] = []
        with manner.progress("users", workers=tells_of_workers(work, work["workers"] or 1)) as tell:
            tally = WorkersTally(tell)
            for done, outcome in enumerate(self._outcomes(users, work), start=1):
                tell(done, len(users))
                tally.note(BatchDone(outcome.worker, 1, int(outcome.failure is not None), outcome.seconds))
                if outcome.failure is None:
                    self.files.save_picture(outcome.value, f"pareto{_suffix(outcome.key)}{FORMAT}")
                    if work["sleep_seconds"] and done < len(users):
                        time.sleep(work["sleep_seconds"])
                    continue
                failures.append({"user_id": outcome.key, "failure": outcome.failure.reason})
                if work["fail_fast"]:
                    raise UsageError(
                        f"the figure of user {outcome.key} failed: {outcome.failure.reason}",
                        where="--fail-fast",
                    )
        return tally, failures

    def _outcomes(self, users: Sequence[int | None], work: Mapping[str, Any]) -> Iterator[Outcome]:
        if self.files.plot_dir is None:
            return
        from repetita.executors import Task
        from repetita.sweeps.workforce import workforce

        several = work["workers"] is not None and work["workers"] > 1
        crew = workforce(
            "processes" if several else None,
            work["workers"],
            cuda_devices=cuda_devices(work),
            worker_environment=worker_environment(work),
        )
        yield from crew.executor.run(DrawnUser(self.found, self.labels), [Task(user, user) for user in users])


def _suffix(user: int | None) -> str:
    return f"_user_{'none' if user is None else user}"
