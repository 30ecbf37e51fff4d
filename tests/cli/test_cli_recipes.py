"""Recipes and choices of a fit on the command line, against the library."""

from __future__ import annotations

import pytest

import repetita as rp
from repetita.reviews import read_reviews

BARE = ",".join(str(value) for value in rp.model().parameters)


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


def test_two_buttons(run_json, csv_log, log):
    code, document = run_json("fit", csv_log, "--binary")
    assert code == 0
    assert document["parameters"] == list(rp.fit(log, ratings="binary").parameters)
    code, document = run_json("evaluate", csv_log, "--parameters", BARE, "--binary")
    assert code == 0
    expected = rp.evaluate(log.two_buttons(), rp.model())
    assert document["log_loss"] == pytest.approx(expected.log_loss, rel=1e-12)


def test_by_seconds(run, run_json, csv_log, log):
    exact = log.scored_by("seconds")
    code, document = run_json("fit", csv_log, "--model", "fsrs7", "--secs")
    assert code == 0
    assert document["scored"] == int(exact.scored.sum()) > int(log.scored.sum())
    assert document["parameters"] == list(rp.fit(exact, "fsrs7").parameters)
    code, document = run_json("evaluate", csv_log, "--model", "fsrs7", "--secs", "--folds", "2")
    assert code == 0
    assert document["reviews"] == 2 * (int(exact.scored.sum()) // 3)
    code, document = run_json("compare", csv_log, "defaults", BARE, "--secs")
    assert code == 0
    assert document["reviews"] == int(exact.scored.sum())
    refused = run("fit", csv_log, "--secs")
    assert refused.exit_code == 2
    assert "fsrs6 counts whole days" in refused.stderr


def test_a_fit_for_every_deck(run, run_json, tmp_path, log):
    path = tmp_path / "decks.csv"
    decks = log.card_ids % 2 + 7
    log.frame.with_columns(deck_id=decks[log.card_index]).write_csv(path)
    by_deck = read_reviews(path)
    code, document = run_json("fit", str(path), "--by", "deck", "-o", str(tmp_path / "fits.json"))
    assert code == 0
    assert list(document["groups"]) == ["7", "8"]
    expected = rp.fit_by(by_deck, "deck")
    for deck, fitted in expected.items():
        assert document["groups"][str(deck)]["parameters"] == list(fitted.parameters)
    assert (tmp_path / "fits.json").is_file()
    assert "deck 7:" in run("fit", str(path), "--by", "deck").stdout
    refused = run("fit", str(path), "--by", "preset")
    assert refused.exit_code == 2
    assert "preset" in refused.stderr
