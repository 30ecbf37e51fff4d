"""The page of a sweep: what it says and shows, its tables that sort, and folders that hold no sweep."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

import numpy as np
import polars as pl
import pytest
from test_report_page import parsed

from repetita.errors import CorruptInput, InputError, InputMissing, UnsupportedInput, UsageError
from repetita.report import make_sweep_report
from repetita.report.html import document, sorting_table
from repetita.sweeps import write_results
from repetita.sweeps.results import SCHEMA

pytest.importorskip("matplotlib")

RETENTIONS = (0.7, 0.8, 0.9, 0.95)


def runs(users=8, worlds=("fsrs6",), seeds=(1,), schedulers=("fsrs6", "fsrs7", "memrise")):
    """Curves of two schedulers, the second better by a tenth, and a point of Memrise."""
    random, rows = np.random.default_rng(5), []
    for user in range(1, users + 1):
        deck, effort = random.uniform(500, 900), random.uniform(3, 9)
        for world in worlds:
            for seed in seeds:
                shared = {"environment": world, "user_id": user, "seed": seed, "days": 365, "deck_size": 1000}
                for name, factor in (("fsrs6", 1.0), ("fsrs7", 0.9)):
                    rows += [
                        shared
                        | {"scheduler": name, "desired_retention": r}
                        | {
                            "memorized_average": deck * (0.4 + 0.6 * r) * random.uniform(0.999, 1.001),
                            "time_average": factor * effort / (1.02 - r),
                        }
                        for r in RETENTIONS
                    ]
                point = {"memorized_average": 0.85 * deck, "time_average": 5.0 * effort}
                rows.append(shared | {"scheduler": "memrise", "desired_retention": None} | point)
    table = pl.DataFrame(rows, infer_schema_length=None)
    return table.filter(pl.col("scheduler").is_in(schedulers))


def folder_of(path, table, *, failures=()):
    """The folder of a sweep with that table."""
    path.mkdir(exist_ok=True)
    write_results(table, path / "results.parquet")
    asked = 'kind = "sweep"\nschedulers = ["fsrs6", "fsrs7"]\n\n[command]\ndays = 365\n'
    (path / "run.toml").write_text(asked, encoding="utf-8")
    for name, content in (("environment", {"python": "3.11", "packages": {"numpy": "2"}}), ("summary", {})):
        (path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (path / "inputs.json").write_text(json.dumps({"users.jsonl": "sha256:ab<c"}), encoding="utf-8")
    if failures:
        text = "".join(json.dumps(failure) + "\n" for failure in failures)
        (path / "failures.jsonl").write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    failures = [{"user": 9, "scheduler": "fsrs6", "reason": "parameters are <b>no</b> numbers"}]
    return folder_of(tmp_path_factory.mktemp("sweep"), runs(), failures=failures)


@pytest.fixture(scope="module")
def report(folder):
    return make_sweep_report(folder, replicates=200)


@pytest.fixture(scope="module")
def page(report):
    return report.html()


def test_the_page_needs_nothing_and_runs_one_script(page):
    checker = parsed(page)
    tags = [tag for tag, _ in checker.seen]
    assert tags.count("script") == 1
    assert not {"iframe", "object", "embed", "form", "base"} & set(tags)
    for _, attributes in checker.seen:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href", "xlink:href", "action", "srcset"}:
                assert value.startswith(("#", "data:"))
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert f"script-src 'sha256-{digest}'" in page
    assert not re.search(r"https?:|@import|url\((?!#)", page)
    identifiers = [a["id"] for _, a in checker.seen if "id" in a]
    assert len(identifiers) == len(set(identifiers))


def test_what_was_found_is_there(page, report):
    (first, _) = report.pareto.candidates
    saved = first.figures["minutes_saved_percent"]
    said = f"saves {saved.value:.1f} [{saved.low:.1f}, {saved.high:.1f}] % of the minutes, over "
    assert saved.value == pytest.approx(10.0, abs=1.0)
    assert f"fsrs7 is better than fsrs6 in fsrs6 (8 users): at equal memory it {said}" in page
    point = report.pareto.candidates[1]
    assert (first.judged_by, point.judged_by) == ("hypervolume", "equal memory")
    saved = point.figures["minutes_saved_percent"]
    assert saved.users == 8
    said = f"memrise is {point.verdict} than fsrs6 in fsrs6, at the one point that one of them has"
    assert f"{said}: at equal memory" in page
    assert "(8 of 8 users)" in page
    assert [one.line for one in report.curves] == ["fsrs7"]
    for heading in (
        *("Memory against time", "What is gained", "At equal memory", "Who dominates whom"),
        *("User by user", "Runs without a result", "What was run, and how to run it again"),
    ):
        assert f"<h2>{heading}</h2>" in page
    assert "parameters are &lt;b&gt;no&lt;/b&gt; numbers" in page
    assert "ab&lt;c" in page
    assert "repetita sweep --config" in page
    assert "schedulers = [&quot;fsrs6&quot;, &quot;fsrs7&quot;]" in page
    assert {(one.left, one.right) for one in report.dominance} == {
        ("fsrs6@0.9", "fsrs7@0.9"),
        ("fsrs6@0.9", "memrise"),
        ("fsrs7@0.9", "memrise"),
    }
    assert [one.baseline for one in report.aggregate.equivalences] == ["memrise"]
    assert {one.baseline for one in report.aggregate.pairs} == {"fsrs7"}
    json.dumps(report.to_dict(), allow_nan=False)


def test_every_user_is_in_a_table_that_sorts(page):
    tables = re.findall(r'<table class="sorts">.*?</table>', page, re.DOTALL)
    assert len(tables) == 3
    against, _, points = tables
    assert against.count("<tr>") == 1 + 8
    assert points.count("<tr>") == 1 + 8 * 9


def test_intervals_are_those_of_users(report):
    means = report.pareto.means
    assert means.height == 9
    for row in means.to_dicts():
        assert row["memorized_low"] < row["memorized"] < row["memorized_high"]
        assert row["minutes_low"] < row["minutes"] < row["minutes_high"]
    point = means.row(by_predicate=pl.col("label") == "Memrise", named=True)
    own = report.run.table.filter(pl.col("scheduler") == "memrise")["time_average"].to_numpy()
    assert point["minutes"] == pytest.approx(own.mean())
    # the interval of a mean of users by Student's distribution, within the noise of few replicates
    half = 2.365 * own.std(ddof=1) / np.sqrt(8)
    assert (point["minutes_high"] - point["minutes_low"]) / 2 == pytest.approx(half, rel=0.25)


@pytest.mark.parametrize(
    ("table", "pictures", "says"),
    [
        (runs(1, schedulers=("fsrs6", "fsrs7")), 4, "1 user"),
        (runs(2, seeds=(1, 2), schedulers=("fsrs6",)), 1, "There is nothing to compare"),
        (
            runs(3, schedulers=("fsrs6", "memrise"), worlds=("fsrs6", "lstm")),
            5,
            "fsrs6 in lstm, at the one point that one of them has",
        ),
    ],
)
def test_small_sweeps_have_pages(tmp_path, table, pictures, says):
    page = make_sweep_report(folder_of(tmp_path / "run", table), replicates=50).html()
    parsed(page)
    assert page.count("<svg") >= pictures
    assert says in page


def test_texts_of_results_cannot_become_html(tmp_path):
    hostile = runs(2, schedulers=("fsrs6", "memrise"))
    hostile = hostile.with_columns(pl.col("scheduler").replace("memrise", "<script>alert(1)</script>"))
    page = make_sweep_report(folder_of(tmp_path / "run", hostile), replicates=20).html()
    parsed(page)
    assert page.count("<script>") == 1
    assert "<script>alert" not in page


def test_choices_are_taken(folder):
    found = make_sweep_report(
        folder, baseline="fsrs7", pairs=[("memrise", "fsrs6@0.7")], users=(2, 5), replicates=20
    )
    assert found.pareto.baseline == "fsrs7"
    assert [(one.left, one.right, one.users) for one in found.dominance] == [("memrise", "fsrs6@0.7", 4)]
    with pytest.raises(UsageError, match="did you mean 'fsrs7'"):
        make_sweep_report(folder, baseline="fsrs77")
    with pytest.raises(UsageError, match="unknown setting"):
        make_sweep_report(folder, pairs=[("memrise", "fsrs6@0.5")], replicates=20)


def test_users_without_everything_leave_equivalence_out(tmp_path):
    table = runs(3).filter(~((pl.col("user_id") != 1) & (pl.col("scheduler") == "memrise")))
    table = table.filter(~((pl.col("user_id") == 1) & (pl.col("scheduler") == "fsrs7")))
    found = make_sweep_report(folder_of(tmp_path / "run", table), replicates=20)
    assert found.aggregate is None
    assert any("nothing is compared at equal memory" in note for note in found.notes)


def test_folders_that_hold_no_sweep(tmp_path, folder):
    with pytest.raises(InputMissing, match="no folder"):
        make_sweep_report(tmp_path / "nothing")
    with pytest.raises(InputMissing, match=r"has no run\.toml"):
        make_sweep_report(tmp_path)
    (tmp_path / "run.toml").write_text("days = 3\n")
    with pytest.raises(InputMissing, match="not finished"):
        make_sweep_report(tmp_path)
    (tmp_path / "results.jsonl").write_text("{}\n")
    with pytest.raises(UnsupportedInput, match="of a benchmark"):
        make_sweep_report(tmp_path)
    (tmp_path / "run.toml").write_text('kind = "benchmark"\n')
    with pytest.raises(UnsupportedInput, match="folder of a benchmark, expected one of a sweep"):
        make_sweep_report(tmp_path)
    (tmp_path / "run.toml").write_text("days = \n")
    with pytest.raises(CorruptInput, match="no TOML"):
        make_sweep_report(tmp_path)
    (tmp_path / "run.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CorruptInput, match="no text"):
        make_sweep_report(tmp_path)


@pytest.mark.parametrize("name", ["environment.json", "inputs.json", "summary.json", "failures.jsonl"])
def test_records_that_are_none(tmp_path, name):
    path = folder_of(tmp_path / "run", runs(1))
    (path / name).write_text("[1]\n")
    with pytest.raises(CorruptInput, match="is not a JSON object"):
        make_sweep_report(path)
    (path / name).unlink()
    make_sweep_report(path, replicates=5)


def test_a_sweep_in_which_all_failed_says_why(tmp_path):
    empty = pl.DataFrame(schema=SCHEMA)
    path = folder_of(tmp_path / "run", empty, failures=[{"user": 1, "reason": "bad weights"}])
    with pytest.raises(InputError, match=r"no results, and 1 failure; the first: .*bad weights"):
        make_sweep_report(path)


def test_a_sweep_from_python_with_much_to_say(tmp_path, monkeypatch):
    monkeypatch.setattr("repetita.report.sweep_page.MOST_POINTS", 3)
    path = folder_of(tmp_path / "run", runs(1, schedulers=("fsrs6",)))
    (path / "run.toml").write_text("days = 365\n", encoding="utf-8")
    inputs = {"users": list(range(500)), "files": {f"file {n}": "x" for n in range(300)}}
    (path / "inputs.json").write_text(json.dumps(inputs), encoding="utf-8")
    page = make_sweep_report(path, replicates=5).html()
    assert "It was run from Python" in page
    assert "18, 19 and 480 more" in page
    assert "And 103 further lines in inputs.json." in page
    assert "The 4 points of all users are too many" in page


def test_cells_carry_what_they_are_sorted_by():
    cells = sorting_table(["name", "n", "x"], [["a<b", 12345, 1234.5678], ["c", None, float("nan")]])
    assert "<td>a&lt;b</td>" in cells
    assert '<td class="right" data-value="12345">12345</td>' in cells
    assert '<td class="right" data-value="1234.5678">1,234.57</td>' in cells
    assert cells.count('data-value=""') == 2
    assert "<script>" not in document("a", cells)


DOM = """
const rows = [["b", "3"], ["a", ""], ["C", "-20"], ["a10", "1"], ["a2", "2"]].map((texts) => ({
  cells: [
    { dataset: {}, textContent: texts[0] }, { dataset: { value: texts[1] }, textContent: "x" },
  ],
}));
const body = { rows, appendChild(row) { rows.splice(rows.indexOf(row), 1); rows.push(row); } };
function element(text) {
  return {
    textContent: text, attributes: {}, children: [], appendChild(child) { this.children.push(child); },
    setAttribute(name, value) { this.attributes[name] = value; },
    getAttribute(name) { return this.attributes[name] ?? null; },
    removeAttribute(name) { delete this.attributes[name]; },
    addEventListener(name, act) { this.click = act; },
  };
}
const headings = [element("name"), element("n")];
const table = { tBodies: [body], tHead: { rows: [{ cells: headings }] } };
globalThis.document = { querySelectorAll: () => [table], createElement: () => element("") };
const shown = () => rows.map((row) => row.cells[0].textContent).join(" ");
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_script_sorts_rising_then_falling_and_empty_cells_last():
    script = files("repetita.report").joinpath("sort.js").read_text("utf-8")
    clicks = """
    const click = (column) => { headings[column].children[0].click(); return shown(); };
    console.log(JSON.stringify([click(1), click(1), click(0), headings.map((h) => h.attributes),
      headings.map((h) => h.children[0].textContent)]));
    """
    done = subprocess.run(
        ["node", "-e", DOM + script.replace('"use strict";', "") + clicks],
        capture_output=True,
        text=True,
        check=True,
    )
    rising, falling, names, marks, headings = json.loads(done.stdout)
    assert rising == "C a10 a2 b a"
    assert falling == "b a2 a10 C a"
    assert names == "a a2 a10 b C"
    assert marks == [{"aria-sort": "ascending"}, {}]
    assert headings == ["name", "n"]
