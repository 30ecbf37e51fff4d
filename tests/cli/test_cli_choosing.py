"""Options that choose runs and ways to compare: what each leaves, and what it draws."""

from __future__ import annotations

import json

import polars as pl
import pytest

BASE = {"environment": "fsrs6", "seed": 1, "days": 365, "fuzz": False, "short_term": False}
BASE |= {"short_term_source": None, "engine": "lanes", "priority": "new-first"}
CURVES = {"fsrs6": 1.0, "fsrs3": 1.1, "fsrs6_default": 1.2, "fsrs3_default": 1.3}
RETENTIONS = (0.7, 0.8, 0.9)


def rows_of(users=(1, 2, 3), effort=1.0, dip=None, **changed):
    """Runs of four curves and two points; the curve of a user with a dip does not rise."""
    for user in users:
        for place, retention in enumerate(RETENTIONS):
            memorized = 500.0 + 100 * place - (150 if user == dip and place == 1 else 0)
            for scheduler, factor in CURVES.items():
                minutes = effort * factor * (5.0 + 2 * place)
                numbers = {"memorized_average": memorized, "time_average": minutes}
                told = {"scheduler": scheduler, "user_id": user, "desired_retention": retention}
                yield BASE | changed | told | numbers
        for scheduler, minutes in (("anki_sm2", 9.0 + user), ("memrise", 8.0)):
            told = {"scheduler": scheduler, "user_id": user, "desired_retention": None}
            yield BASE | changed | told | {"memorized_average": 650.0, "time_average": effort * minutes}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Tables of runs that differ in one thing each."""
    folder = tmp_path_factory.mktemp("results")
    steps = {"short_term": True, "short_term_source": "steps"}
    tables = {
        "plain": [rows_of()],
        "worlds": [rows_of(), rows_of(environment="lstm", effort=2.0)],
        "fuzz": [rows_of(), rows_of(fuzz=True, effort=2.0)],
        "short": [rows_of(), rows_of(**steps, effort=2.0)],
        "engines": [rows_of(), rows_of(engine="event", effort=2.0)],
        "priorities": [rows_of(), rows_of(priority="review-first", effort=2.0)],
        "dip": [rows_of(dip=2)],
    }
    for name, parts in tables.items():
        rows = [row for part in parts for row in part]
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(folder / f"{name}.parquet")
    return folder


def minutes(document, **where):
    """Minutes of FSRS-6 at 80 %, which tell the tables' parts apart."""
    wanted = {"scheduler": "fsrs6", "desired_retention": 0.8, "user_id": 1} | where
    points = document["points"]
    return sorted(p["time_average"] for p in points if all(p[key] == wanted[key] for key in wanted))


@pytest.mark.parametrize(
    ("table", "args", "expected"),
    [
        ("worlds", ("--env", "fsrs6"), [7.0]),
        ("worlds", ("--env", "lstm"), [14.0]),
        ("worlds", (), [7.0, 14.0]),
        ("fuzz", ("--fuzz", "on"), [14.0]),
        ("fuzz", ("--fuzz", "off"), [7.0]),
        ("fuzz", ("--compare-fuzz",), [7.0, 14.0]),
        ("short", ("--short-term", "on"), [14.0]),
        ("short", ("--short-term", "off"), [7.0]),
        ("short", ("--short-term-source", "steps"), [14.0]),
        ("short", ("--compare-short-term",), [7.0, 14.0]),
        ("engines", (), [7.0]),
        ("engines", ("--engine", "event"), [14.0]),
        ("engines", ("--compare-engine",), [7.0, 14.0]),
        ("priorities", ("--where", "priority=review-first"), [14.0]),
        ("plain", ("--end-retention", "0.75"), []),
        ("plain", ("--start-retention", "0.75"), [7.0]),
        ("plain", ("--sched", "fsrs3"), []),
        ("plain", ("--start-user", "2"), []),
        ("plain", ("--user-id", "1"), [7.0]),
    ],
)
def test_which_runs_are_left(run_json, results, table, args, expected):
    code, document = run_json("pareto", results / f"{table}.parquet", *args)
    assert code == 0, document
    assert minutes(document) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("table", "hint"), [("fuzz", "differ in fuzz"), ("short", "short_term"), ("priorities", "priority")]
)
def test_what_differs_in_more_is_refused(run, results, table, hint):
    shown = run("pareto", results / f"{table}.parquet")
    assert shown.exit_code == 2
    assert hint in shown.stderr


def ratios(document, kind="equivalence"):
    matched = [one for one in document[kind] if one["ratio"] is not None]
    return {(one["baseline"], one["target"]): one["ratio"]["median"] for one in matched}


def test_targets_and_baselines_at_equal_memory(run_json, results):
    plain = results / "plain.parquet"
    assert set(ratios(run_json("aggregate", plain)[1])) == {("anki_sm2", "fsrs6"), ("memrise", "fsrs6")}
    found = ratios(run_json("aggregate", plain, "--equiv-report", "fsrs3")[1])
    assert found[("memrise", "fsrs3")] == pytest.approx(8.0 / (1.1 * 8.0))
    found = ratios(run_json("aggregate", plain, "--equiv-baselines", "memrise")[1])
    assert set(found) == {("memrise", "fsrs6")}
    assert run_json("aggregate", plain, "--equiv-baselines", "off")[1]["equivalence"] == []


@pytest.mark.parametrize(
    ("flag", "pair", "ratio"),
    [
        ("--fsrs3-vs-fsrs6-boxplot", ("fsrs3", "fsrs6"), 1.1),
        ("--fsrs6-default-vs-fsrs6-boxplot", ("fsrs6_default", "fsrs6"), 1.2),
    ],
)
def test_pairs_by_their_own_flags(run, run_json, results, tmp_path, flag, pair, ratio):
    pytest.importorskip("matplotlib")
    asked = ("aggregate", results / "plain.parquet", "--equiv-baselines", "off", flag)
    code, document = run_json(*asked, "--plot-dir", tmp_path / "drawn")
    assert code == 0
    assert ratios(document, "pairs") == {pair: pytest.approx(ratio)}
    assert [path.name for path in (tmp_path / "drawn").iterdir()] == [f"pairs_fsrs6_{pair[1]}_{pair[0]}.png"]
    assert run(*asked, "--plot-dir", tmp_path / "none", "--no-plot").exit_code == 0
    assert not (tmp_path / "none").exists()


def test_users_that_are_left_out_of_aggregates(run_json, results, tmp_path):
    dip = results / "dip.parquet"

    def users(*args):
        found = run_json("aggregate", dip, "--equiv-baselines", "memrise", *args)[1]
        return found["user_count"], found["equivalence"][0]["users"], found

    assert users()[:2] == (3, 3)
    assert users("--equiv-require-monotonic")[1] == 2
    (tmp_path / "result").mkdir()
    rows = "".join(json.dumps({"user": user, "size": 100 * user}) + "\n" for user in (1, 2, 3))
    (tmp_path / "result" / "sizes.jsonl").write_text(rows)
    sized = ("--benchmark-root", tmp_path, "--benchmark-result-base", "sizes")
    assert users("--max-size", "200", *sized)[0] == 2
    assert users("--min-size", "150", "--max-size", "250", *sized)[0] == 1
    low = users("--equiv-report-low-ratio", "1.01")[2]["low_ratio"]
    assert {row["baseline"] for row in low} == {"memrise"}


def test_files_of_aggregates(run, results, tmp_path):
    asked = ("aggregate", results / "plain.parquet", "--results-path", tmp_path / "list.json")
    assert run(*asked, "--equiv-report-path", tmp_path / "equal.json").exit_code == 0
    assert len(json.loads((tmp_path / "list.json").read_text())) == 4 * 3 + 2
    assert {one["baseline"] for one in json.loads((tmp_path / "equal.json").read_text())} == {
        *("anki_sm2", "memrise")
    }
    assert "--force" in run(*asked).stderr


def outcomes(document):
    return {one["pair"]: one["counts"] for one in document["dominance"]}


def test_who_dominates_whom(run_json, results):
    plain = results / "plain.parquet"
    found = outcomes(run_json("dominance", plain)[1])
    assert len(found) == 6  # all pairs of the four usual ones
    named = outcomes(run_json("dominance", plain, "--pairs", "fsrs6_default:memrise")[1])
    assert named == {"fsrs6_default@0.9:memrise": found["fsrs6_default@0.9:memrise"]}
    retentions = ("--fsrs6-default-dr", "0.7", "--fsrs3-default-dr", "0.8")
    lower = outcomes(run_json("dominance", plain, *retentions)[1])
    assert {pair for pair in lower if "default" in pair} >= {"fsrs6_default@0.7:memrise"}
    assert any("fsrs3_default@0.8" in pair for pair in lower)
    tie = outcomes(run_json("dominance", plain, "--pairs", "anki_sm2:memrise", "--epsilon", "1e6")[1])
    assert tie["anki_sm2:memrise"]["neither"] == 3
    some = outcomes(run_json("dominance", plain, "--sched", "anki_sm2,memrise")[1])
    assert some["anki_sm2:memrise"]["b_dominates"] == 3
    both = results / "priorities.parquet"
    assert run_json("dominance", both)[0] == 2
    chosen = ("--priority", "review-first", "--sched", "anki_sm2,memrise")
    chosen = outcomes(run_json("dominance", both, *chosen)[1])
    assert chosen["anki_sm2:memrise"]["b_dominates"] == 3
