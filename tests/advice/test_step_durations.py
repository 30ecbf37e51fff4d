"""The display rule of durations."""

from __future__ import annotations

from repetita.advice import duration_text


def test_the_display_rule_changes_unit_just_above_five():
    shown = {0.4: "0s", 59.5: "60s", 300.0: "300s", 300.1: "5m", 18_000.0: "300m", 18_001.0: "5h", 1e5: "28h"}
    assert {seconds: duration_text(seconds) for seconds in shown} == shown
