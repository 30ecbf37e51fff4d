"""What each command answers, in both forms, against the library."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tiny_collections import Row, Tiny

import repetita as rp
from repetita.reviews import read_reviews

OURS = ("card_id", "review_time", "rating")
FIT_KEYS = {
    *("model", "parameters", "std_errors", "log_loss", "log_loss_default", "status", "cards", "reviews"),
    *("scored", "funnel", "seconds"),
}


@pytest.fixture(scope="module")
def log(csv_log):
    return read_reviews(csv_log)


@pytest.fixture(scope="module")
def fitted(log):
    return rp.fit(log)


@pytest.fixture
def fit_file(tmp_path, run, csv_log):
    path = tmp_path / "fit.json"
    assert run("fit", csv_log, "-o", path).exit_code == 0
    return path


def test_inspect(run, run_json, csv_log, log):
    code, document = run_json("inspect", csv_log)
    assert code == 0
    assert (document["ok"], document["schema"], document["command"]) == (True, 1, "inspect")
    assert document["format"] == "csv"
    assert document["reviews"] == len(log)
    assert document["funnel"] == log.funnel.to_dict()
    assert document["same_day"] + document["scored"] + document["cards"] == document["reviews"]
    assert sum(document["first_ratings"].values()) == document["cards"]
    assert document["decks"] is None
    first = run("inspect", csv_log).stdout.splitlines()[0]
    assert f"{len(log):,} reviews of {log.cards:,} cards" in first


def test_inspect_shows_dropped_rows_with_an_example_and_explains_one(run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("card_id,review_time,rating\n1,1700000000,3\n1,1700500000,7\n1,1700900000,1\n")
    shown = run("inspect", path).stdout
    assert "invalid rating" in shown
    assert "rating 7" in shown
    why = run("inspect", path, "--why", "2").stdout
    assert why.startswith("review 2 was dropped")
    assert why.count("\n") == 1


def test_one_is_not_many(run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("card_id,review_time,rating\n1,1700000000,3\n1,1700500000,3\n1,1700600000,0\n")
    shown = run("inspect", path).stdout
    assert shown.startswith("log.csv: 2 reviews of 1 card; 1 of them can be scored")
    assert "1 scored review cannot be split" in run("evaluate", path).stderr
    path.write_text("card_id,review_time,rating\n1,1700000000,0\n")
    assert "1 row read" in run("inspect", path).stderr


def test_dropped_rows_are_said_where_they_are_not_shown(run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("card_id,review_time,rating\n1,1700000000,3\n1,1700500000,7\n1,1700900000,1\n")
    said = "note: 1 of 3 rows dropped (invalid rating: 1); repetita inspect shows examples"
    for command in ("fit", "predict"):
        assert said in run(command, path).stderr
    assert "rows dropped" not in run("fit", path, "--quiet").stderr
    assert "rows dropped" not in run("inspect", path).stderr


def test_a_deck_without_reviews_is_no_riddle(run, tmp_path):
    path = Tiny(rows=[Row(0, 3, type=0)], decks={1: {"name": "A"}, 2: {"name": "B"}}).write(
        tmp_path / "c.anki2"
    )
    shown = run("evaluate", path, "--deck", "B")
    assert shown.exit_code == 4
    assert "error: the log holds no reviews: 1 of 1 row dropped (other deck: 1)" in shown.stderr
    assert "nothing to fit, 1 of 1 row dropped (other deck: 1)." in run("fit", path, "--deck", "B").stdout


def test_cards_that_are_gone_are_counted_beside_the_decks(run, tmp_path):
    rows = [Row(0, 3, type=0), Row(1, 3, type=0, card=7)]
    shown = run("inspect", Tiny(rows=rows).write(tmp_path / "c.anki2")).stdout
    assert any(line.split()[-1:] == ["1"] and "that are gone" in line for line in shown.splitlines())


def test_fit_document_is_the_result_of_the_library(run_json, csv_log, log, fitted):
    code, document = run_json("fit", csv_log)
    assert code == 0
    assert set(document) >= FIT_KEYS
    expected = fitted.to_dict()
    for key in FIT_KEYS - {"seconds"}:
        assert document[key] == expected[key], key
    assert document["log"]["scored"] == log.scored.sum()


def test_fit_for_people_starts_with_the_summary_and_ends_with_the_list(run, csv_log, fitted):
    shown = run("fit", csv_log).stdout
    assert shown.startswith(fitted.summary())
    assert ", ".join(f"{value:.4f}" for value in fitted.parameters) in shown
    assert "seed 0" in shown


def test_fit_options_reach_the_fit(run_json, csv_log):
    code, document = run_json(
        *("fit", csv_log, "--prior", "none", "--weights", "uniform", "--outliers", "peer"),
        *("--center", "initial-stability", "--seed", "4", "--threads", "1"),
    )
    assert code == 0
    options = document["options"]
    assert options["seed"] == 4
    assert document["penalty"] == 0.0
    plain = run_json("fit", csv_log)[1]
    assert document["parameters"] != plain["parameters"]
    assert document["log_loss"] < plain["log_loss"]


def test_the_file_of_a_fit_is_read_back(run, run_json, csv_log, fit_file, fitted):
    stored = json.loads(fit_file.read_text())
    assert stored["ok"] is True
    assert stored["parameters"] == list(fitted.parameters)
    code, document = run_json("predict", csv_log, "--parameters", fit_file)
    assert code == 0
    assert document["parameters"] == list(fitted.parameters)
    again = run_json("fit", csv_log, "--parameters", fit_file)[1]
    assert again["objective"] <= stored["objective"] + 1e-6


def test_a_dry_run_writes_nothing(run, run_json, csv_log, tmp_path):
    for command, name in (("fit", "f.json"), ("predict", "p.csv"), ("report", "r.html"), ("demo", "demo")):
        shown = run(command, csv_log, "-o", tmp_path / name, "--dry-run")
        assert shown.exit_code == 0, shown.stderr
        assert f"would write {tmp_path / name}" in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_evaluate_fits_forward_unless_parameters_are_given(run, run_json, csv_log, log, fitted):
    code, held_out = run_json("evaluate", csv_log, "--folds", "3")
    assert code == 0
    assert held_out["held_out"] is True
    assert len(held_out["folds"]) == 3
    assert set(held_out["baselines"]) == {"defaults", "constant"}
    numbers = json.dumps(list(fitted.parameters))
    code, as_given = run_json("evaluate", csv_log, "--parameters", numbers)
    assert as_given["held_out"] is False
    assert as_given["log_loss"] == pytest.approx(rp.evaluate(log, fitted.model).log_loss)
    assert "folds" in run("evaluate", csv_log).stdout.splitlines()[0]


def test_parameters_fitted_on_the_same_log_are_called_flattered(run, run_json, csv_log, fit_file, tmp_path):
    for args in (("evaluate", csv_log, "--parameters", fit_file), ("compare", csv_log, fit_file, "defaults")):
        assert "in-sample" in run(*args).stderr
    assert run_json("evaluate", csv_log, "--parameters", fit_file)[1]["in_sample"] is True
    other = tmp_path / "other.csv"
    other.write_text("".join(csv_log.read_text().splitlines(keepends=True)[:-1]))
    assert "in-sample" not in run("evaluate", other, "--parameters", fit_file).stderr


def test_options_of_a_fit_that_does_not_happen_are_mentioned(run, csv_log, fit_file):
    shown = run("evaluate", csv_log, "--parameters", fit_file, "--weights", "cubic")
    assert "options of the fit are not used" in shown.stderr


def test_compare_is_paired_and_says_it_in_one_sentence(run, run_json, csv_log, log, fitted):
    numbers = json.dumps(list(fitted.parameters))
    code, document = run_json("compare", csv_log, numbers, "defaults")
    assert code == 0
    expected = rp.compare(log, fitted.model, rp.model("fsrs6"))
    assert document["difference"] == pytest.approx(expected.difference)
    assert document["better"] == expected.better == "a"
    shown = run("compare", csv_log, numbers, "defaults").stdout
    assert shown.splitlines()[0] == expected.summary()


def test_compare_require_better_is_an_exit_code(run, run_json, csv_log, fitted):
    numbers = json.dumps(list(fitted.parameters))
    assert run("compare", csv_log, numbers, "defaults", "--require-better").exit_code == 0
    code, document = run_json("compare", csv_log, "defaults", numbers, "--require-better")
    assert code == 1
    assert document["ok"] is True
    assert document["better"] == "b"
    assert run("compare", csv_log, "defaults", "defaults", "--require-better").exit_code == 1


def test_predict_writes_one_row_a_review(run, csv_log, log):
    rows = list(csv.DictReader(io.StringIO(run("predict", csv_log).stdout)))
    expected = rp.model("fsrs6").predict(log)
    assert len(rows) == len(log)
    for row, p in zip(rows, expected[log.time_order], strict=True):
        assert row["retrievability"] == "" if p != p else float(row["retrievability"]) == pytest.approx(p)
    assert {"card_id", "rating", "stability_before", "difficulty_after"} <= set(rows[0])


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_predictions_in_a_file_are_a_log_again(run, csv_log, log, tmp_path, suffix):
    out = tmp_path / f"predictions.{suffix}"
    shown = run("predict", csv_log, "-o", out)
    assert shown.exit_code == 0
    assert shown.stdout == f"wrote {out}: {len(log):,} rows\n"
    assert read_reviews(out) == log


def test_predict_refuses_a_kind_of_file_it_does_not_write(run_json, csv_log, tmp_path):
    code, document = run_json("predict", csv_log, "-o", tmp_path / "x.xlsx")
    assert code == 2
    assert ".parquet" in document["error"]["message"]


@pytest.mark.parametrize(("zone", "scored"), [("America/New_York", 0), ("UTC", 1)])
def test_reader_options_reach_the_reader(run_json, tmp_path, zone, scored):
    path = tmp_path / "log.tsv"
    rows = ["who\twhen\tgrade", "1\t1700000000\t3", "1\t1700010000\t3", "1\t1800000000\t1"]
    path.write_text("\n".join(rows))
    columns = [
        f"--column={ours}={theirs}" for ours, theirs in zip(OURS, ("who", "when", "grade"), strict=True)
    ]
    days = ("--zone", zone, "--rollover-hour", "0", "--now", "2024-01-01")
    code, document = run_json("inspect", path, *columns, "--time-unit", "s", *days)
    assert code == 0, document
    # the third review is after the present; the second is past midnight in Greenwich only
    assert (document["reviews"], document["scored"]) == (2, scored)
    assert document["day_rule"]["zone"] == zone


@pytest.fixture
def collection(tmp_path):
    """Days turn over at 08:00 UTC, which is 17:00 in Tokyo."""
    rows = [Row(0.5, 3, type=0), Row(26, 3), Row(47.5, 3)]
    return Tiny(rows=rows).write(tmp_path / "c.anki2")


@pytest.mark.parametrize(
    ("options", "scored", "kind"),
    [
        ((), 1, "grid"),
        (("--zone", "Asia/Tokyo"), 2, "grid"),
        (("--zone", "Asia/Tokyo", "--rollover-hour", "17"), 1, "zone"),
    ],
)
def test_a_zone_means_anki_s_days_and_with_an_hour_those_of_the_calendar(
    run_json, collection, options, scored, kind
):
    code, document = run_json("inspect", collection, *options)
    assert code == 0, document
    assert (document["scored"], document["day_rule"]["kind"]) == (scored, kind)


def test_an_hour_without_a_zone_is_for_tables(run, run_json, collection, csv_log):
    shown = run("fit", collection, "--rollover-hour", "3")
    assert shown.exit_code == 2
    assert shown.stderr.splitlines() == [
        "error: --rollover-hour needs --zone for an Anki collection, which has an hour of its own",
        "hint: e.g. --zone Europe/Paris --rollover-hour 4 for calendar days there",
    ]
    rule = run_json("inspect", csv_log, "--rollover-hour", "3")[1]["day_rule"]
    assert (rule["zone"], rule["rollover_hour"]) == ("UTC", 3)


def test_options_that_would_do_nothing_are_refused(run, collection, csv_log):
    for path, option in (
        (collection, ("--column", "rating=ease")),
        (collection, ("--time-unit", "ms")),
        (collection, ("--user", "1")),
        (csv_log, ("--skip-suspended",)),
        (csv_log, ("--skip-deleted",)),
        (csv_log, ("--ignore-before", "preset")),
    ):
        shown = run("inspect", path, *option)
        assert shown.exit_code == 2
        assert shown.stderr.startswith(f"error: {option[0]}")


def test_numbers_out_of_bounds_are_refused_or_clipped(run, csv_log, fitted):
    numbers = list(fitted.parameters)
    numbers[20] = 5.0
    refused = run("predict", csv_log, "--parameters", json.dumps(numbers))
    assert refused.exit_code == 2
    assert "--clip" in refused.stderr
    clipped = run("predict", csv_log, "--parameters", json.dumps(numbers), "--clip")
    assert clipped.exit_code == 0
    assert "clipped" in clipped.stderr


def test_report(run, run_json, csv_log, tmp_path):
    pytest.importorskip("matplotlib")
    page = tmp_path / "report.html"
    code, document = run_json("report", csv_log, "-o", page)
    assert code == 0
    assert document["output"] == str(page)
    assert document["verdict"] in page.read_text(encoding="utf-8")
    assert set(document["fit"]) >= FIT_KEYS
    assert run("report", csv_log, "-o", page).exit_code == 2


def test_demo_on_a_simulated_log(run, tmp_path):
    pytest.importorskip("matplotlib")
    out = tmp_path / "deep" / "demo"
    shown = run("demo", "--cards", "150", "--days", "120d", "--folds", "2", "-o", out)
    assert shown.exit_code == 0, shown.stderr
    assert sorted(entry.name for entry in out.iterdir()) == ["fit.json", "report.html", "simulated.csv"]
    assert "true values lie inside" in shown.stdout
    assert "truth" in shown.stdout
    for name in ("fit.json", "report.html", "simulated.csv"):
        assert f"wrote {out / name}" in shown.stdout
    # what the demo wrote is what the other commands read
    assert run("evaluate", out / "simulated.csv", "--parameters", out / "fit.json").exit_code == 0
    assert run("demo", "-o", out).exit_code == 2


def test_demo_on_a_log_of_one_s_own_writes_the_page_asked_for(run_json, csv_log, tmp_path):
    pytest.importorskip("matplotlib")
    page = tmp_path / "out" / "report.html"
    code, document = run_json("demo", csv_log, "-o", page)
    assert code == 0
    assert document["truth"] is None
    assert document["recovery"] is None
    assert [entry.name for entry in page.parent.iterdir()] == ["report.html"]


def test_the_same_seed_simulates_the_same_demo(run_json, tmp_path):
    pytest.importorskip("matplotlib")
    args = ("demo", "--cards", "60", "--days", "90", "--folds", "2")
    documents = [run_json(*args, "--seed", "5", "-o", tmp_path / name)[1] for name in ("a.html", "b.html")]
    assert documents[0]["fit"]["parameters"] == documents[1]["fit"]["parameters"]
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["mixed.apkg", "mixed_collection.anki2", "real_log.colpkg"])
def test_inspect_lists_decks_and_presets_of_a_collection(run, run_json, shared, name):
    code, document = run_json("inspect", shared / "anki" / name)
    assert code == 0
    assert document["format"] == "anki"
    held = document["cards"] - document["deleted_cards"]
    assert sum(deck["cards_with_reviews"] for deck in document["decks"]) == held > 0
    assert sum(preset["cards_with_reviews"] for preset in document["presets"]) == held
    preset = next(p["name"] for p in document["presets"] if p["cards_with_reviews"])
    code, part = run_json("inspect", shared / "anki" / name, "--preset", preset)
    assert code == 0
    assert 0 < part["cards"] <= document["cards"]


@pytest.mark.realdata
def test_an_unknown_deck_is_answered_with_the_nearest(run, shared):
    shown = run("fit", shared / "anki" / "mixed.apkg", "--deck", "Langz")
    assert shown.exit_code == 2
    assert "Langs" in shown.stderr
