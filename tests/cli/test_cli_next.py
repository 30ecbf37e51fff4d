"""``repetita next`` as other programs start it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys

import pytest

NEXT = [sys.executable, "-m", "repetita", "next"]
REVIEW = b'{"id": 1, "op": "review", "card": null, "rating": 3, "at": "2026-11-28T09:30:00Z"}\n'


def test_answers_and_goes_on_after_errors():
    lines = [REVIEW, b"nonsense\n", b"\xff\n", b"\n", b'{"id": 2, "op": "nxet"}\n', REVIEW.rstrip()]
    done = subprocess.run(NEXT, input=b"".join(lines), capture_output=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, False, False, False, True]
    assert [answer["id"] for answer in answers] == [1, None, None, 2, 1]
    assert done.stderr == b""


def test_an_answer_comes_while_the_input_is_open():
    with subprocess.Popen(NEXT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(REVIEW.replace(b'"id": 1', f'"id": {number}'.encode()))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(20) == 0


def test_no_input_no_answer():
    done = subprocess.run(NEXT, input=b"", capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_reader_that_goes_away_is_no_failure():
    with subprocess.Popen(
        NEXT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(REVIEW * 10)
        process.stdin.close()
        assert (process.wait(20), process.stderr.read()) == (0, b"")


def test_the_longest_line_is_an_option():
    done = subprocess.run(
        [*NEXT, "--longest-line", "1000"], input=b"x" * 2000 + b"\n" + REVIEW, capture_output=True, check=True
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert "at most 1,000 are read" in first["error"]["message"]
    assert second["ok"]


def test_the_first_answer_needs_the_standard_library_only():
    code = (
        "import os, sys\n"
        "from repetita.json_lines import Answering\n"
        f"assert b'\"ok\":true' in Answering().answer({REVIEW!r})\n"
        "ours = {name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(sorted(name for name in ours if getattr(sys.modules[name], '__file__', None)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=_paths()
    )
    found = [name for name in ast.literal_eval(done.stdout) if not name.startswith("_sysconfigdata")]
    assert found == ["repetita"]


def _paths() -> dict[str, str]:
    """Only the folder of the package is searched, so that nothing else can be found."""
    import repetita

    source = os.path.dirname(os.path.dirname(repetita.__file__))
    return {**os.environ, "PYTHONPATH": source}


@pytest.mark.skipif(sys.platform == "win32", reason="needs the processor time of children")
def test_the_first_answer_comes_at_once():
    # processor time, because other work on the machine is not ours
    import resource

    spent = []
    for _ in range(7):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(NEXT, input=REVIEW, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.25
