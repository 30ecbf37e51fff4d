"""A small log as CSV, and the command line run in this process."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from repetita.cli import app
from repetita.executors import Outcome

DAY_MS = 86_400_000
START_MS = 1_700_000_000_000


@pytest.fixture
def run() -> Callable[..., Result]:
    """Runs the command line; whatever happens must not be a traceback."""

    def invoke(*args: object) -> Result:
        result = CliRunner().invoke(app, [str(arg) for arg in args])
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert "Traceback" not in result.stderr
        return result

    return invoke


@pytest.fixture
def run_json(run: Callable[..., Result]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs the command line with --json: exit code and the one document."""

    def invoke(*args: object) -> tuple[int, dict[str, Any]]:
        result = run(*args, "--json")
        assert result.stdout.count("\n") == 1, result.stdout
        return result.exit_code, json.loads(result.stdout, parse_constant=_no_constant)

    return invoke


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


@pytest.fixture(scope="session")
def csv_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of about 1 500 reviews of 220 cards, with every rating and some same-day reviews."""
    path = tmp_path_factory.mktemp("log") / "reviews.csv"
    path.write_text("card_id,review_time,rating\n" + "".join(_rows()), encoding="utf-8")
    return path


def _rows() -> list[str]:
    draw = random.Random(7)
    rows = []
    for card in range(220):
        at = START_MS + draw.randrange(120) * DAY_MS
        gap, rating = 0.0, draw.choices((1, 2, 3, 4), (30, 10, 50, 10))[0]
        for _ in range(draw.randrange(3, 11)):
            at += int(gap * DAY_MS)
            rows.append((at, f"{card},{at},{rating}\n"))
            gap = 0.004 if draw.random() < 0.2 else float(draw.randrange(1, 25))
            rating = 1 if draw.random() > 0.97**gap else draw.choices((2, 3, 4), (1, 8, 1))[0]
    return [row for _, row in sorted(rows)]


class Crew:
    """Worker processes that are none: two take turns, and keep what they were made with."""

    made: list[Crew] = []  # noqa: RUF012

    def __init__(self, workers: int, variables: Any) -> None:
        self.workers, self.variables = workers, variables
        Crew.made.append(self)

    def run(self, job: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Outcome]:
        for place, task in enumerate(tasks):
            yield Outcome(task.key, job(task.payload), None, place % 2, 0.25)


@pytest.fixture
def crews(monkeypatch: pytest.MonkeyPatch) -> list[Crew]:
    """The worker processes that commands ask for; none is started."""
    Crew.made.clear()
    monkeypatch.setattr("repetita.executors.choose.Processes", Crew)
    return Crew.made
