"""``repetita advise``: sentences, a table, a document, a figure."""

from __future__ import annotations

from pathlib import Path

import pytest

SHORT = ("--days", "90", "--new-per-day", "2", "--runs", "10", "--world", "none", "--range", "0.85", "0.90")


@pytest.fixture(scope="module")
def short_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from repetita.reviews import simulate_log, write_reviews

    path = tmp_path_factory.mktemp("advise") / "log.parquet"
    write_reviews(simulate_log(cards=80, days=90, seed=3), path)
    return path


def test_says_what_to_set_and_writes_what_was_asked_for(run, short_log, tmp_path):
    pytest.importorskip("matplotlib")
    table, figure = tmp_path / "all.csv", tmp_path / "all.png"
    result = run("advise", short_log, "--minutes", "100", *SHORT, "--csv", table, "--figure", figure)
    assert result.exit_code == 0
    assert result.stdout.startswith("Set desired retention to 90 %.\n")
    assert "Warning: the answer lies at the highest settings" in result.stdout
    assert "90 % *" in result.stdout
    assert table.read_text(encoding="utf-8").count("\n") == 7
    assert figure.read_bytes().startswith(b"\x89PNG")
    again = run("advise", short_log, *SHORT, "--csv", table)
    assert again.exit_code == 2
    assert "--force" in again.stderr


def test_the_document_has_the_answer_and_what_it_rests_on(run_json, short_log):
    code, document = run_json("advise", short_log, "--known", "100", "--world", "fsrs5", *SHORT)
    assert code == 0
    assert document["goal"] == {"kind": "known", "amount": 100, "by": None, "usual": False}
    assert document["met"] is True
    assert document["known"] >= 100
    assert document["summary"][0].startswith("Set desired retention to ")
    assert [world["model"] for world in document["worlds"]] == ["fsrs5"]
    assert len(document["curve"]["minutes_per_day"]) == len(document["bands"]["known"]["low"]) == 6
    assert document["log"]["cards"] == document["cards"] == 80
    assert document["known"] > document["having"]["known"][0] > document["untouched"]
    code, only = run_json("advise", short_log, "--known", "100", "--new-cards-only", *SHORT)
    assert (code, only["cards"], only["having"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--minutes", "10", "--known", "5"), "expected one goal"),
        (("--by", "2027-01-01"), "by is given without known_cards"),
        (("--world", "fsrs6"), "scheduler's own model"),
        (("--figure", "answer.txt"), "expected a file that ends in"),
        (("--range", "0.9", "0.8"), "retention_range is"),
    ],
)
def test_wrong_calls_are_explained(run, short_log, arguments, message):
    result = run("advise", short_log, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.realdata
def test_a_collection_says_when_its_cards_are_due(run, shared):
    path = shared / "anki" / "real_log.colpkg"
    now = ("--now", "2024-10-07T12:00Z")
    result = run("advise", path, *now, *SHORT, "--minutes", "20")
    assert result.exit_code == 0
    assert "The 1,205 cards that you have take" in result.stdout
    assert "real_log.colpkg has them" in result.stdout
