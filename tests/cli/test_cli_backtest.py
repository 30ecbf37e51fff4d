"""``repetita backtest``: the comparison as table, document, series and figure."""

from __future__ import annotations

import polars as pl
import pytest

SMALL = ("--days", "30", "--runs", "3")


def test_says_what_happened_and_whether_it_lies_inside(run, csv_log):
    shown = run("backtest", csv_log, *SMALL)
    assert shown.exit_code == 0
    for words in ("week from", "totals lie in the band", "new cards", "True retention", "The bands hold"):
        assert words in shown.stdout


def test_the_document_has_totals_weeks_and_notes(run_json, csv_log):
    code, document = run_json("backtest", csv_log, *SMALL, "--seed", "5")
    assert code == 0
    assert (document["days"], document["runs"], document["seed"]) == (30, 3, 5)
    assert [entry["metric"] for entry in document["totals"]] == [
        "reviews",
        "new_cards",
        "minutes",
        "retention",
    ]
    assert document["totals"][2]["actual"] is None  # a table without durations
    assert len(document["weeks"]) == 5
    assert document["notes"]


def test_writes_series_and_figure(run_json, csv_log, tmp_path):
    series, figure = tmp_path / "days.csv", tmp_path / "weeks.png"
    code, document = run_json("backtest", csv_log, *SMALL, "--csv", series, "--plot", figure)
    assert code == 0
    assert document["output"] == [str(series), str(figure)]
    frame = pl.read_csv(series)
    assert frame.height == 30
    assert frame["reviews_actual"].sum() == document["totals"][0]["actual"]
    assert figure.read_bytes().startswith(b"\x89PNG")
    again, refused = run_json("backtest", csv_log, *SMALL, "--csv", series)
    assert (again, refused["error"]["code"]) == (2, "output_exists")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--days", "9000"), "expected a whole number from 1 to 3650"),
        (("--days", "3000"), "spans"),
        (("--habits", "pst"), "did you mean 'past'"),
        (("--plot", "x.txt"), ".png"),
        (("--sched", "fsrs66"), "fsrs6"),
    ],
)
def test_refuses(run, csv_log, args, words):
    shown = run("backtest", csv_log, "--runs", "2", *args)
    assert shown.exit_code == 2
    assert words in shown.stderr


def test_a_run_on_one_page(run, tmp_path):
    page = tmp_path / "run.html"
    shown = run("simulate", "--days", "20", "--deck", "30", "--no-progress", "--no-log", "--report", page)
    assert shown.exit_code == 0
    text = page.read_text(encoding="utf-8")
    for words in (
        "Simulation of 20 days",
        "<svg",
        "minutes a day",
        "desired retention",
        "Content-Security-Policy",
    ):
        assert words in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    again = run("simulate", "--days", "20", "--deck", "30", "--no-log", "--report", page)
    assert again.exit_code == 2
    assert page.read_text(encoding="utf-8") == text


def test_a_page_shows_one_run(run, tmp_path):
    shown = run("simulate", "--days", "5", "--seeds", "2", "--no-log", "--report", tmp_path / "x.html")
    assert shown.exit_code == 2
    assert "--seeds" in shown.stderr
