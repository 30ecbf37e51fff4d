"""Jobs for worker processes, which must be importable there."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def square(number):
    return number * number


def fragile(number):
    if number < 0:
        raise ValueError(f"{number} is below 0")
    return number + 1


def dies_once(asked):
    """Kills its own process the first time it gets to the number."""
    number, folder, victim = asked
    marker = Path(folder) / f"died-{number}"
    if number == victim and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def dies_always(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def troublesome(number):
    return fragile(dies_always(number))


def process_of(_):
    return os.getpid()


class KilledOnce:
    """A job whose process is killed the first time that it is called."""

    def __init__(self, job, marker):
        self.job, self.marker = job, marker

    def __call__(self, payload):
        try:
            open(self.marker, "x").close()
        except FileExistsError:
            return self.job(payload)
        os.kill(os.getpid(), signal.SIGKILL)


def variable_of(name):
    """What a variable is in a worker, and its process."""
    time.sleep(0.02)  # so that no worker does all the work
    return os.environ.get(name), os.getpid()


def dies_once_and_tells(asked):
    return dies_once(asked), os.environ.get("REPETITA_TOLD")
