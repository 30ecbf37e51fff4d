"""Recipes and choices of a fit on the command line, against the library."""

from __future__ import annotations

import pytest

import repetita as rp
from repetita.reviews import read_reviews


@pytest.fixture(scope="module")
def log(csv_log):
    return read_reviews(csv_log)


def test_published_training(run, run_json, csv_log, log):
    code, document = run_json("fit", csv_log, "--recipe", "reference")
    assert code == 0
    expected = rp.fit(log, recipe="reference")
    assert document["parameters"] == list(expected.parameters)
    assert document["std_errors"] == [None] * 21
    shown = run("fit", csv_log, "--recipe", "reference").stdout
    assert "Trained as published" in " ".join(shown.split())


def test_a_few_parameters(run_json, csv_log, log):
    code, document = run_json("fit", csv_log, "--only", "decay, growth")
    assert code == 0
    assert document["parameters"] == list(rp.fit(log, only=["decay", "growth"]).parameters)
    code, document = run_json("fit", csv_log, "--only", "initial-stability")
    assert code == 0
    assert document["parameters"][4:] == list(rp.model().parameters[4:])


def test_a_parameter_that_does_not_exist(run, csv_log):
    result = run("fit", csv_log, "--only", "decai")
    assert result.exit_code == 2
    assert "decay" in result.stderr


@pytest.mark.parametrize("outliers", ["fsrs-rs", "fsrs-optimizer"])
def test_rules_of_outliers(run_json, csv_log, log, outliers):
    code, document = run_json("fit", csv_log, "--outliers", outliers)
    assert code == 0
    assert document["parameters"] == list(rp.fit(log, outliers=outliers).parameters)
