"""Durations of steps, read and written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from repetita.advice import duration_text, step_seconds
from repetita.advice.durations import step_text
from repetita.errors import UsageError


def test_the_display_rule_changes_unit_just_above_five():
    shown = {0.4: "0s", 59.5: "60s", 300.0: "300s", 300.1: "5m", 18_000.0: "300m", 18_001.0: "5h", 1e5: "28h"}
    assert {seconds: duration_text(seconds) for seconds in shown} == shown


@pytest.mark.parametrize(
    "steps", ["1m 10m 1d", "60s, 600s,24h", ["1M", 600, timedelta(days=1)], (60.0, "10m", "1d")]
)
def test_steps_are_read_in_every_form(steps):
    assert step_seconds(steps, name="steps") == (60.0, 600.0, 86_400.0)


@pytest.mark.parametrize("steps", ["", [], ()])
def test_no_steps_are_no_steps(steps):
    assert step_seconds(steps, name="steps") == ()


@pytest.mark.parametrize(
    "bad", ["10", "1x", "-1m", ["0m"], [0], [float("nan")], [True], [None], 5, [10**400]]
)
def test_what_is_no_step_is_refused_with_an_example(bad):
    with pytest.raises(UsageError, match="expected a duration such as 45s, 10m, 6h or 1d"):
        step_seconds(bad, name="learning_steps")


def test_text_of_a_step_reads_back():
    for text in ("45s", "1m", "90s", "10m", "6h", "1d"):
        (seconds,) = step_seconds(text, name="steps")
        assert step_text(seconds) == text
