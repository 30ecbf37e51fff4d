"""``repetita conformance``: streams, exit codes, words."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

ECHO = (
    "import json, sys\n"
    "for line in sys.stdin:\n"
    "    request = json.loads(line)\n"
    "    print(json.dumps({'id': request['id'], 'ok': True, 'elapsed_days': 1}), flush=True)\n"
)
NOTHING = ECHO.replace("'ok': True, 'elapsed_days': 1", "'ok': False, 'error': {'code': 'unsupported'}")


@pytest.fixture
def program(tmp_path):
    """A command line for a program given as text."""

    def written(text: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(text)
        return shlex.join([sys.executable, str(path)])

    return written


def test_our_own_program_passes(run):
    result = run(
        "conformance", "--run", shlex.join([sys.executable, "-m", "repetita", "next"]), "--only", "rules"
    )
    assert result.exit_code == 0
    assert "requests of 120 are answered right." in result.stdout


def test_the_first_difference_is_said(run, program):
    result = run("conformance", "--run", program(ECHO), "--only", "days")
    assert result.exit_code == 1
    assert "expected 0" in result.stdout
    assert "more):" in result.stdout


def test_differences_as_a_document(run_json, program):
    code, document = run_json("conformance", "--run", program(ECHO), "--only", "rules/days")
    assert (code, document["ok"]) == (1, True)
    (topic,) = document["topics"]
    assert topic["failed"] == len(topic["differences"]) == document["failed"] > 0
    assert topic["differences"][0]["request"]["op"] == "elapsed_days"


def test_a_program_that_supports_nothing(run, program):
    result = run("conformance", "--run", program(NOTHING), "--only", "curve")
    assert result.exit_code == 0
    assert "None of 300 requests is supported." in result.stdout


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("raise SystemExit(7)", 4, "ended with exit code 7"),
        ("print('hello')", 4, "no JSON object: 'hello'"),
        ("import time; time.sleep(30)", 4, "gave no answer for 0.5 s"),
    ],
)
def test_programs_that_do_not_answer(run, program, text, code, said):
    result = run("conformance", "--run", program(text), "--timeout", "0.5" if "sleep" in text else "30")
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--list", "--export", "x"],
        ["--run", "no-such-program"],
        ["--run", ""],
        ["--list", "--only", "fsrs8"],
        ["--run", "x", "--timeout", "0"],
    ],
)
def test_wrong_calls(run, arguments):
    result = run("conformance", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")


def test_list(run, run_json):
    assert "fsrs6/curve" in run("conformance", "--list").stdout
    _, document = run_json("conformance", "--list", "--only", "fsrs7")
    assert {topic["group"] for topic in document["topics"]} == {"fsrs7"}


def test_an_exported_pack_is_asked(run, program, tmp_path):
    folder = tmp_path / "pack"
    assert run("conformance", "--export", folder).exit_code == 0
    assert run("conformance", "--export", folder).exit_code == 2
    assert run("conformance", "--export", folder, "--force").exit_code == 0
    path = folder / "vectors" / "rules" / "days.json"
    path.write_text(path.read_text().replace('"elapsed_days": 0', '"elapsed_days": 1'))
    path.write_text(path.read_text().replace('"elapsed_days": 182', '"elapsed_days": 1'))
    path.write_text(path.read_text().replace('"elapsed_days": 2', '"elapsed_days": 1'))
    result = run("conformance", "--run", program(ECHO), "--only", "days", "--pack", folder)
    assert result.exit_code == 0
    assert run("conformance", "--list", "--pack", tmp_path / "nowhere").exit_code == 4


def test_the_pack_needs_no_repository(run_json):
    import repetita.conformance

    folder = Path(repetita.conformance.__file__).parent
    assert (folder / "schema.json").is_file()
    _, document = run_json("conformance", "--list")
    assert sum(topic["vectors"] for topic in document["topics"]) > 1400
