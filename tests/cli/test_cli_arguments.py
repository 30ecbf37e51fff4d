"""Durations, moments and models as written on a command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from repetita.cli import _options, _reading
from repetita.cli._arguments import days, moment
from repetita.cli._model_text import contestant, model_text
from repetita.errors import InputMissing, UnsupportedInput, UsageError
from repetita.memory_model import model

DEFAULTS = model("fsrs6").parameters
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90.0), ("90d", 90.0), ("12W", 84.0), ("1y", 365.25), ("1.5 w", 10.5)]
)
def test_days(text, expected):
    assert days(text, name="--days") == expected


@pytest.mark.parametrize("text", ["", "d", "-3d", "3h", "1e3", "nan", "3 days"])
def test_what_is_no_duration(text):
    with pytest.raises(UsageError, match="--days"):
        days(text, name="--days")


def test_moments():
    assert moment("2026-11-22", name="--now") == datetime(2026, 11, 22, tzinfo=UTC)
    assert moment("2026-11-22T10:00+02:00", name="--now") == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert moment("30d", name="--ignore-before", age_from=NOW) == NOW - timedelta(days=30)
    with pytest.raises(UsageError, match="--now"):
        moment("30d", name="--now")


@pytest.mark.parametrize(
    "text",
    [
        ", ".join(map(str, DEFAULTS)),
        json.dumps(DEFAULTS),
        " ".join(map(str, DEFAULTS)),
        "[" + ",".join(f"{value:.4f}" for value in DEFAULTS) + "]",
    ],
)
def test_numbers_in_every_usual_form(text):
    assert model_text(text, "fsrs6").parameters == DEFAULTS


def test_files(tmp_path):
    file = tmp_path / "fit.json"
    for content in (
        json.dumps({"ok": True, "model": "fsrs6", "parameters": DEFAULTS, "log": {"cards": 3}}),
        json.dumps(DEFAULTS),
        "\n".join(map(str, DEFAULTS)) + "\n",
    ):
        file.write_text(content)
        assert model_text(str(file), "fsrs6").parameters == DEFAULTS
    file.write_text(json.dumps({"model": "other", "parameters": [1.0], "log": {"cards": 3}}))
    read = model_text(str(file), "fsrs6")
    assert (read.name, read.parameters, read.fitted_on) == ("other", (1.0,), {"cards": 3})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"parameters": "x"}',
        b'{"parameters": [true]}',
        b'{"parameters": []}',
        b"\xff",
        b"w",
    ],
)
def test_files_without_parameters(tmp_path, content):
    file = tmp_path / "fit.json"
    file.write_bytes(content)
    with pytest.raises(UnsupportedInput, match=r"fit\.json"):
        model_text(str(file), "fsrs6")


def test_neither_numbers_nor_a_file(tmp_path):
    with pytest.raises(InputMissing, match="neither"):
        model_text(str(tmp_path / "none.json"), "fsrs6")


def test_contestants():
    known = ("fsrs6", "hlr")
    assert contestant("hlr", model="fsrs6", known=known) == "hlr"
    assert contestant("defaults", model="fsrs6", known=known).name == "fsrs6"
    assert contestant("hlr:defaults", model="fsrs6", known=known).name == "hlr"
    assert contestant("1, 2", model="hlr", known=known).parameters == (1.0, 2.0)
    with pytest.raises(UsageError, match="neither") as caught:
        contestant("fsrs66", model="fsrs6", known=known)
    assert "'fsrs6'" in str(caught.value.hint)


def test_names_spelled_out_for_speed_are_those_of_the_library():
    """Importing them would load numpy for ``--help``."""
    from repetita.fitting.recipe import RECIPES
    from repetita.fitting.weights import SCHEMES
    from repetita.reviews.sniff import FORMATS
    from repetita.reviews.times import TIME_UNITS

    assert _reading.FORMATS == FORMATS
    assert _reading.TIME_UNITS == TIME_UNITS
    assert tuple(SCHEMES) == _options.WEIGHTS
    assert (*RECIPES, "reference") == _options.RECIPES
