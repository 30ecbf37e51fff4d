"""Streams, exit codes and errors: what every command promises."""

from __future__ import annotations

import json
import sys

import pytest

from repetita import __version__, errors
from repetita.cli._app import COMMANDS

OF_RESULTS = [
    *("pareto", "aggregate", "dominance", "export"),
    *("plot short-loops", "plot daily-curves", "plot max-retention"),
]
OF_NO_LOG = ("next", "conformance", "report simulation", "plot gpu-memory")
# the others talk to programs
OF_FILES = [
    command
    for command in COMMANDS
    if command not in ("simulate", "sweep", "merge", *OF_RESULTS, "next", "conformance")
]


def error_of(document):
    assert document["ok"] is False
    assert document["schema"] == 1
    assert set(document["error"]) == {"code", "message", "hint", "where"}
    return document["error"]


def test_version(run):
    assert run("--version").stdout == f"repetita {__version__}\n"


def test_help_lists_every_command_and_exit_code(run):
    shown = run("--help")
    assert shown.exit_code == 0
    for word in (*COMMANDS, "130", "70"):
        assert word in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_sections(run, command):
    shown = run(command, "--help")
    assert shown.exit_code == 0
    sections = {"plan": "Cards:", "simulate": "Simulation:", "sweep": "What is swept:", "merge": "Output:"}
    sections |= dict.fromkeys((*OF_RESULTS, "report sweep"), "Choosing runs:")
    begins = sections.get(command, "Reading the log:")
    assert (begins in shown.stdout) == (command not in OF_NO_LOG)
    assert ("--json" in shown.stdout) == (command != "next")  # which speaks JSON anyway
    assert not shown.stderr


def test_nothing_given_shows_help_as_an_error(run):
    shown = run()
    assert shown.exit_code == 2
    assert not shown.stdout
    assert "Commands:" in shown.stderr


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("fti", "x.csv"), "did you mean 'fit'"),
        (("fit", "x.csv", "--sede", "1"), "did you mean '--seed'"),
        (("fit", "x.csv", "--prior", "publishd"), "did you mean 'published'"),
        (("fit", "x.csv", "--recipe", "pear"), "did you mean 'peer'"),
        (("inspect", "x.csv", "--format", "cvs"), "did you mean 'csv'"),
        (("inspect", "x.csv", "--zone", "Europe/Pariss"), "did you mean 'Europe/Paris'"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_match(run, args, hint):
    shown = run(*args)
    assert shown.exit_code == 2
    assert not shown.stdout
    assert hint in shown.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("fti",),
        ("fit",),
        ("fit", "x.csv", "--sede", "1"),
        ("fit", "x.csv", "--seed", "one"),
        ("fit", "x.csv", "--weights", "-3"),
        ("fit", "x.csv", "--weights", "cubical"),
        ("inspect", "x.csv", "--column", "rating"),
        ("inspect", "x.csv", "--rollover-hour", "24"),
        ("inspect", "x.csv", "--now", "soon"),
        ("inspect", "x.csv", "--ignore-before", "12 parsecs"),
        ("inspect", "x.csv", "--ignore-before", "9999y"),
        ("evaluate", "x.csv", "--folds", "1"),
        ("compare", "x.csv", "fsrs66"),
        ("demo", "--days", "long"),
    ],
)
def test_usage_errors_are_documents_too(run_json, args):
    code, document = run_json(*args)
    assert code == 2
    assert error_of(document)["message"]


def test_json_after_a_double_dash_is_a_file_name(run, tmp_path):
    shown = run("inspect", "--", "--json")
    assert shown.exit_code == 4
    assert not shown.stdout


@pytest.mark.parametrize("command", OF_FILES)
def test_a_missing_file_is_unusable_input(run_json, tmp_path, command):
    before = {"plan": ("postpone",)}.get(command, ())
    after = ("-o", tmp_path / "out.html") if command in ("report", "demo") else ()
    code, document = run_json(command, *before, tmp_path / "missing.csv", *after)
    assert code == 4
    assert error_of(document)["code"] == "input_missing"
    assert document["command"] == command
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"  \n \n"),
        ("latin.csv", b"card_id,review_time,rating\n\xe9\xff\xfe,1,1\n"),
        ("header.csv", b"card_id,review_time,rating\n"),
        ("columns.csv", b"a,b\n1,2\n"),
        ("noise.colpkg", bytes(range(256)) * 8),
        ("noise.parquet", b"PAR1" + bytes(200)),
        ("collection.anki2", b"SQLite format 3\x00" + bytes(300)),
        ("ratings.csv", b"card_id,review_time,rating\n1,1700000000,0\n1,1700000000,9\n1,1700000000,x\n"),
    ],
)
def test_hostile_files_are_clear_errors(run, run_json, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    code, document = run_json("fit", path)
    assert code == 4, document
    assert error_of(document)["message"]
    shown = run("fit", path)
    assert shown.exit_code == 4
    assert shown.stderr.splitlines()[0].startswith("error: ")
    assert path.read_bytes() == content
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("command", ["inspect", "fit", "evaluate", "compare", "predict", "demo"])
def test_an_empty_path_is_no_file(run_json, command):
    code, document = run_json(command, "")
    assert (code, error_of(document)["code"]) == (4, "input_missing")


def test_a_folder_is_unusable_input(run_json, tmp_path):
    code, document = run_json("inspect", tmp_path)
    assert (code, error_of(document)["code"]) == (4, "input_missing")


def test_existing_output_is_left_alone_without_force(run, run_json, csv_log, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("mine")
    code, document = run_json("predict", csv_log, "-o", out)
    assert (code, error_of(document)["code"]) == (2, "output_exists")
    assert "--force" in error_of(document)["hint"]
    assert out.read_text() == "mine"
    assert run("predict", csv_log, "-o", out, "--force").exit_code == 0
    assert out.read_text() != "mine"


def test_an_output_that_cannot_be_written_is_found_before_the_work(run_json, csv_log, tmp_path, monkeypatch):
    monkeypatch.setattr("repetita.reviews.read_reviews", None)
    for out in (tmp_path, tmp_path / "nowhere" / "fit.json"):
        code, document = run_json("fit", csv_log, "-o", out)
        assert (code, error_of(document)["code"]) == (6, "output_failed")


def test_a_fault_of_ours_is_one_line_and_details_on_request(run, run_json, csv_log, monkeypatch):
    def broken(*args, **options):
        raise ZeroDivisionError("a secret\nof two lines")

    monkeypatch.setattr("repetita.reviews.sniff.detect_format", broken)
    shown = run("inspect", csv_log)
    assert shown.exit_code == 70
    assert shown.stderr.splitlines() == [
        "error: internal error: ZeroDivisionError: a secret of two lines",
        "hint: this is a fault in repetita, not in your data; run again with --debug for details to report",
    ]
    code, document = run_json("inspect", csv_log)
    assert (code, error_of(document)["code"]) == (70, "internal_error")


def test_debug_shows_where_an_error_came_from(csv_log, monkeypatch):
    from click.testing import CliRunner

    from repetita.cli import app

    monkeypatch.setattr("repetita.reviews.sniff.detect_format", lambda *args: 1 / 0)
    shown = CliRunner().invoke(app, ["inspect", str(csv_log), "--debug"])
    assert "Traceback" in shown.stderr
    assert "detect_format" in shown.stderr


def test_interruption_in_this_process(run_json, csv_log, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("repetita.reviews.read_reviews", interrupted)
    code, document = run_json("fit", csv_log)
    assert (code, error_of(document)["code"]) == (130, "interrupted")


def test_out_of_memory_is_said(run_json, csv_log, monkeypatch):
    def greedy(*args, **options):
        raise MemoryError

    monkeypatch.setattr("repetita.reviews.read_reviews", greedy)
    code, document = run_json("fit", csv_log)
    assert code == 70
    assert "memory" in error_of(document)["message"]


@pytest.mark.parametrize("command", ["report", "demo"])
def test_without_matplotlib_the_extra_is_named_before_any_work(
    run_json, csv_log, tmp_path, monkeypatch, command
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr("repetita.fitting.fit", None)
    code, document = run_json(command, csv_log, "-o", tmp_path / "page.html")
    assert (code, error_of(document)["code"]) == (5, "missing_extra")
    assert error_of(document)["hint"] == 'pip install "repetita[plot]"'
    assert not list(tmp_path.iterdir())


def test_notes_go_to_standard_error_and_quiet_stops_them(run, csv_log):
    assert "note: assumed" in run("predict", csv_log).stderr
    assert not run("predict", csv_log, "--quiet").stderr
    assert "note:" not in run("predict", csv_log).stdout


def test_every_error_has_a_documented_exit_code(run):
    documented = run("--help").stdout
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.RepetitaError)} - {1}
    for code in codes:
        assert f"\n    {code} " in documented


def test_options_of_the_library_are_named_as_options(run, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("user_id,card_id,review_time,rating\n1,1,1700000000,3\n2,1,1700000000,3\n")
    shown = run("inspect", path)
    assert shown.exit_code == 2
    assert "--user" in shown.stderr
    assert "user=" not in shown.stderr


def test_documents_hold_no_numbers_that_json_lacks(run_json, csv_log):
    code, document = run_json("predict", csv_log)
    assert code == 0
    assert None in document["predictions"]["retrievability"]
    json.dumps(document, allow_nan=False)
