from __future__ import annotations

import json

import numpy as np
import pytest

from repetita.reviews import FunnelBuilder


def test_a_funnel_counts_names_and_shows() -> None:
    builder = FunnelBuilder(10)
    builder.drop("first", "for one reason", np.array([3, 4]), {"row": 3, "value": np.float64("nan")})
    builder.drop("second", "for another", [])
    builder.drop("third", "for a third", [9])
    builder.guess("something")
    builder.guess("something")
    funnel = builder.build()
    assert funnel.kept == builder.remaining == 7
    assert [(step.name, step.dropped, step.remaining) for step in funnel.steps] == [
        ("first", 2, 8),
        ("second", 0, 8),
        ("third", 1, 7),
    ]
    assert funnel.guesses == ("something",)
    step = funnel.step_of(4)
    assert step is not None
    assert step.name == "first"
    assert funnel.step_of(5) is None
    assert "second" not in str(funnel)
    assert "-2 first: for one reason (row 3, value nan)" in str(funnel)
    assert json.loads(json.dumps(funnel.to_dict(), allow_nan=False))["steps"][0]["example"]["value"] == "nan"
    assert funnel.to_frame()["remaining"].to_list() == [8, 8, 7]
    with pytest.raises(ValueError, match="read-only"):
        step.dropped_ids[0] = 1
